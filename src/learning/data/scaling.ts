import { OverdampedError } from '../../errors.js'
import type { PointSet } from '../../physics/network/states.js'
import { type UnitScales, unitScales } from './scales.js'

/** What each column is learned less, and over. */
export type Scaling = UnitScales

/** Deviations smaller than this share of the values are what rounding leaves. */
const rounding = 1e-12

/**
 * The mean and standard deviation of every column of what is learned from.
 *
 * @param name - of a column, for messages
 * @param source - the file's name, for messages
 * @throws E_DATA for a column that is the same in all rows
 */
export function scalingOf(train: PointSet, name: (unit: number) => string, source: string): Scaling {
  const { mean, deviation } = unitScales(train)
  const constant = deviation.findIndex((value, unit) => !(value > rounding * Math.abs(mean[unit]!)))
  if (constant < 0) return { mean, deviation }
  throw new OverdampedError(
    'E_DATA',
    `column ${name(constant)} is ${train.points[constant]} in all rows that are learned from, so that it can't be standardised. Leave it out of the file, or standardise the others there.`,
    source,
  )
}

/** (x - mean)/deviation; the same set where there is no scaling. */
export function scaled(set: PointSet, scaling: Scaling | null): PointSet {
  if (scaling === null) return set
  const { mean, deviation } = scaling
  return { ...set, points: set.points.map((x, n) => (x - mean[n % set.units]!) / deviation[n % set.units]!) }
}

/** The inverse of `scaled`: mean + deviation x. */
export function unscaled(set: PointSet, scaling: Scaling | null): PointSet {
  if (scaling === null) return set
  const { mean, deviation } = scaling
  return { ...set, points: set.points.map((x, n) => mean[n % set.units]! + deviation[n % set.units]! * x) }
}
