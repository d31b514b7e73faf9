import { OverdampedError } from '../../errors.js'
import type { PointSet, States } from '../../physics/network/states.js'

/** What data are drawn from. */
export interface DataLaw {
  /** numbers in a state */
  readonly units: number
  /** independent draws; `draw` numbers the set, so that sets do not share numbers (0 training, 1 held out) */
  sample(count: number, seed: number, draw: number): PointSet
}

/** A law of units with states, and of continuous ones beside them, that is known exactly. */
export interface KnownLaw extends DataLaw {
  /** the values of each unit, [units]; null where it is continuous */
  readonly states: readonly (readonly number[] | null)[]
  /** -⟨log p⟩ in nats, p a density in the continuous units: no model has a smaller mean of -log q */
  readonly entropy: number
  /** states with weights [batch], Σ w f(state) = ⟨f⟩ for any f that is quadratic in the continuous units given the others */
  readonly average: States & { readonly weights: Float64Array }
  /** how it is drawn: each state of `average` lies in a cell of a square grid with these points along either axis */
  readonly plane?: { readonly x: Float64Array; readonly cells: Int32Array }
}

/**
 * Data of a law to learn from, and half as many held out.
 *
 * @throws E_DATA where its draws are no such table
 */
export function drawSets(law: DataLaw, count: number, seed = 1): { train: PointSet; heldOut: PointSet } {
  const drawn = (rows: number, draw: number) => {
    const set = law.sample(rows, seed, draw)
    requireTable(set, law.units, `draw ${draw} of the data law`)
    if (set.count !== rows) throw dataError(`expected ${rows} rows, got ${set.count}`, `draw ${draw} of the data law`)
    return set
  }
  return { train: drawn(count, 0), heldOut: drawn(Math.ceil(count / 2), 1) }
}

/** @throws E_DATA for a table that is not [count, units] of finite numbers, for so many units; `where` names it */
export function requireTable({ points, count, units }: PointSet, expected: number, where: string): void {
  if (units !== expected) throw dataError(`expected ${expected} units in each row, got ${units}`, where)
  if (!(count > 0) || points.length !== count * units)
    throw dataError(`expected count × units = ${count} × ${units} numbers, got ${points.length}`, where)
  const bad = points.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) throw dataError(`row ${Math.floor(bad / units)}, unit ${bad % units} is ${points[bad]}`, where)
}

function dataError(text: string, where: string): OverdampedError {
  return new OverdampedError('E_DATA', `${text}. Data are a table { points, count, units }, row by row.`, where)
}
