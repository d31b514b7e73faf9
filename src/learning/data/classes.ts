import { OverdampedError, shortened } from '../../errors.js'
import { clampedTo, labelUnits } from '../../physics/network/labels.js'
import type { PointSet } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'

/** Which class each datum is of. */
export interface Classes {
  /** what users call them: the digits, the numbers of a mixture's components, or the cells of a table's column */
  readonly names: readonly (number | string)[]
  /** index of each training datum's class, [count] */
  readonly train: Int32Array
  /** of each held-out one */
  readonly heldOut: Int32Array
}

/** Most classes of a table: beyond it a column holds something else. */
export const mostClasses = 100

/**
 * The classes of a table's rows, in the order of their numbers where all are whole numbers, and of their letters elsewhere.
 *
 * @param cells - the class of each row
 * @param source - the file's name, for messages
 * @throws E_DATA for fewer than 2 classes, too many, or one of which no row is on either side of the split
 */
export function classesIn(cells: readonly string[], isHeldOut: (row: number) => boolean, source: string): Classes {
  const different = [...new Set(cells)]
  const areNumbers = different.every((cell) => Number.isSafeInteger(Number(cell)))
  const names = areNumbers ? different.map(Number).sort((a, b) => a - b) : different.sort()
  const place = new Map(names.map((name, index) => [String(name), index]))
  const of = (side: boolean) =>
    Int32Array.from(
      cells.filter((_, row) => isHeldOut(row) === side),
      (cell) => place.get(areNumbers ? String(Number(cell)) : cell)!,
    )
  const classes = { names, train: of(false), heldOut: of(true) }
  const fault = (text: string) => new OverdampedError('E_DATA', text, source)
  if (names.length < 2 || names.length > mostClasses)
    throw fault(`the column of data.classes holds ${names.length} different classes; expected 2 to ${mostClasses}.`)
  const missing = names.findIndex((_, index) => !(classes.train.includes(index) && classes.heldOut.includes(index)))
  if (missing < 0) return classes
  throw fault(
    `class ${shortened(String(names[missing]))} has no row that is learned from, or none that is held out. Give more rows of it.`,
  )
}

/** Data with the label units clamped to their classes: [count, units + labels]. `of`: class of each, [count]. */
export function withLabels({ points, count, units }: PointSet, of: Int32Array, classes: number): PointSet {
  const wide = units + labelUnits(classes)
  const states = new Float64Array(count * wide)
  for (let n = 0; n < count; n++) {
    states.set(points.subarray(n * units, (n + 1) * units), n * wide)
    states.set(clampedTo(of[n]!, classes), n * wide + units)
  }
  return { points: states, count, units: wide }
}

/** 1/φ: its multiples fill the interval most evenly, however many are taken. */
const goldenRatio = (Math.sqrt(5) - 1) / 2

/**
 * Classes for so many samples, in the shares that they have in the data, as evenly as can be: sample n takes the class at
 * the quantile {u + n/φ}, u one random number. Independent draws would add their own scatter to every figure.
 *
 * @param of - classes of the data, [count]
 * @returns index of each sample's class, [samples]
 */
export function drawClasses(of: Int32Array, classes: number, samples: number, seed: number): Int32Array {
  const shares = new Float64Array(classes)
  for (const index of of) shares[index]! += 1 / of.length
  const [start] = drawUniform({ seed, stream: stream.classes, step: 0 }, 1)
  return Int32Array.from({ length: samples }, (_, n) => {
    let left = (start! + n * goldenRatio) % 1
    let index = 0
    while (index + 1 < classes && left >= shares[index]!) left -= shares[index++]!
    return index
  })
}
