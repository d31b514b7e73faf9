import { OverdampedError } from '../../errors.js'
import type { PointSet } from '../../physics/network/states.js'

/** A column of a table. */
export type Column = {
  readonly name: string
  /** [rows]: numbers as they are, or the number of each row's category */
  readonly values: Float64Array
} & ({ readonly kind: 'real' } | { readonly kind: 'category'; readonly categories: readonly string[] })

/** The unit that a column is learned by. */
type TableUnit = { readonly name: string } & (
  | {
      /** continuous: (value - mean)/deviation, of the rows that are learned from */
      readonly states: null
      readonly mean: number
      readonly deviation: number
    }
  | {
      /** 0 … S - 1, the numbers of its categories */
      readonly states: readonly number[]
      readonly categories: readonly string[]
    }
)

/** A table to learn from, a unit for each column. */
export interface TableSets {
  readonly units: readonly TableUnit[]
  readonly train: PointSet
  readonly heldOut: PointSet
  /** categories that held-out rows have and none that is learned from: a model gives them next to nothing */
  readonly unseen: readonly { readonly column: string; readonly category: string; readonly rows: number }[]
}

/** Rows that must be on either side. */
const fewest = 2

/**
 * Makes a table of columns data for units: every n-th row (index mod n = n - 1) is held out, and real columns are standardised by what is learned
 * from, so that each has mean 0 and variance 1 there.
 *
 * @param period - n
 * @param source - the file's name, for messages
 * @throws E_DATA for too few rows, or a real column that is the same in all rows
 */
export function tableSets(columns: readonly Column[], period: number, source: string): TableSets {
  const count = columns[0]?.values.length ?? 0
  const heldOutCount = Math.floor(count / period)
  if (Math.min(heldOutCount, count - heldOutCount) < fewest)
    throw new OverdampedError(
      'E_DATA',
      `has ${count} ${count === 1 ? 'row' : 'rows'}, of which every ${period}-th is held out: ${heldOutCount}. Expected at least ${fewest * period} rows.`,
      source,
    )
  const isHeldOut = (row: number) => row % period === period - 1
  const wide = columns.length
  const train = { points: new Float64Array((count - heldOutCount) * wide), count: count - heldOutCount, units: wide }
  const heldOut = { points: new Float64Array(heldOutCount * wide), count: heldOutCount, units: wide }
  const units = columns.map((column, n) => {
    const unit = unitOf(column, isHeldOut, source)
    let [learned, kept] = [0, 0]
    column.values.forEach((value, row) => {
      const scaled = unit.states === null ? (value - unit.mean) / unit.deviation : value
      if (isHeldOut(row)) heldOut.points[kept++ * wide + n] = scaled
      else train.points[learned++ * wide + n] = scaled
    })
    return unit
  })
  return { units, train, heldOut, unseen: columns.flatMap((column) => unseenIn(column, isHeldOut)) }
}

/** Deviations smaller than this share of the values are what rounding leaves. */
const rounding = 1e-12

function unitOf(column: Column, isHeldOut: (row: number) => boolean, source: string): TableUnit {
  const { name, values } = column
  if (column.kind === 'category')
    return { name, states: column.categories.map((_, state) => state), categories: column.categories }
  const learned = values.filter((_, row) => !isHeldOut(row))
  // Over the largest one, so that no square overflows.
  const largest = learned.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const mean = learned.reduce((sum, value) => sum + value / learned.length, 0)
  const variance = learned.reduce((sum, value) => sum + (value / largest - mean / largest) ** 2, 0) / learned.length
  const deviation = largest * Math.sqrt(variance)
  if (!(Number.isFinite(deviation) && deviation > rounding * largest))
    throw new OverdampedError(
      'E_DATA',
      `column ${JSON.stringify(name)} is ${values[0]} in all rows that are learned from, so that it can't be standardised. Leave it out (data.columns: { ${name}: ignore }), or make it a category.`,
      source,
    )
  return { name, states: null, mean, deviation }
}

function unseenIn(column: Column, isHeldOut: (row: number) => boolean): TableSets['unseen'][number][] {
  if (column.kind === 'real') return []
  const seen = new Set(column.values.filter((_, row) => !isHeldOut(row)))
  const rows = new Map<number, number>()
  column.values.forEach((value, row) => {
    if (isHeldOut(row) && !seen.has(value)) rows.set(value, (rows.get(value) ?? 0) + 1)
  })
  return [...rows].map(([value, count]) => ({
    column: column.name,
    category: column.categories[value]!,
    rows: count,
  }))
}
