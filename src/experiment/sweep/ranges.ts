import { usageError } from '../../errors.js'
import { mostPoints } from './sweep-grid.js'

/** Digits of values that are computed: they are readable, and the same wherever a shard of the grid runs. */
const digits = 12

/** A computed number as a value of a grid: whole ones stay whole, others have twelve digits. */
export function tidy(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(digits))
}

/**
 * `count` numbers from one to another, ends included, at equal distances: `from + (to - from)·i/(count - 1)`.
 *
 * @param where - for messages
 * @throws E_USAGE unless the ends are finite and differ, and `count` is whole, from 2 to 10,000; where twelve digits do not tell the values apart
 */
export function evenly(from: number, to: number, count: number, where = 'evenly'): number[] {
  return between(from, to, count, (share) => from + (to - from) * share, where)
}

/** The same at equal ratios: `from·(to/from)^(i/(count - 1))`. @throws E_USAGE also for an end that is not above 0 */
export function geometrically(from: number, to: number, count: number, where = 'geometrically'): number[] {
  if (!(from > 0 && to > 0)) throw usageError(`expected ends above 0, got ${from} and ${to}.`, where)
  return between(from, to, count, (share) => from * (to / from) ** share, where)
}

function between(from: number, to: number, count: number, at: (share: number) => number, where: string): number[] {
  if (!Number.isFinite(from) || !Number.isFinite(to)) throw usageError('expected finite ends.', where)
  if (from === to)
    throw usageError(`it begins where it ends, at ${from}. Give one value, or two ends that differ.`, where)
  if (!Number.isInteger(count) || count < 2 || count > mostPoints)
    throw usageError(
      `expected a whole number of values from 2 to ${mostPoints.toLocaleString('en')}, got ${count}.`,
      where,
    )
  const values = Array.from({ length: count }, (_, n) =>
    n === 0 ? from : n === count - 1 ? to : tidy(at(n / (count - 1))),
  )
  if (new Set(values).size < count)
    throw usageError(
      `${count} values between ${from} and ${to} are not told apart by ${digits} digits. Ask for fewer.`,
      where,
    )
  return values
}
