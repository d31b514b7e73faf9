import { unscaled } from '../../learning/data/scaling.js'
import type { PointSet } from '../../physics/network/states.js'
import type { Problem } from '../system/problem.js'

/** States in the units of the data, where these were learned standardised. */
export function inUnits({ data }: Pick<Problem, 'data'>, set: PointSet): PointSet {
  return data?.source === 'array' ? unscaled(set, data.scaling) : set
}
