import { type FirstPassage, type FirstPassageTimes, firstPassage } from '../../physics/observe/first-passage.js'
import { hessian } from '../../physics/potential/potential.js'
import { energyOfUnit, kramersTime } from '../../physics/truth/escape.js'
import { isUncoupledAtRest, type Problem } from '../system/problem.js'
import { pointStart } from '../system/start.js'

/** First crossings of `firstPassage.to`, in units of time. */
export interface FirstPassageResults extends FirstPassage {
  readonly unit: number
  readonly to: number
  /** Kramers' estimate, where a barrier stands between start and target of an uncoupled unit */
  readonly kramers?: number
}

/** Statistics of the first-passage times of a plain simulation. */
export function firstPassageResults(problem: Problem, { times }: FirstPassageTimes): FirstPassageResults {
  const { firstPassage: watched, protocol } = problem.scenario
  if (watched === undefined || protocol === undefined) throw new Error('first-passage times are of a plain simulation')
  const { warning, ...found } = firstPassage(times, protocol.duration)
  const kramers = kramersOf(problem, watched.unit, watched.to)
  return { ...watched, ...found, ...(kramers === null ? {} : { kramers }), warning }
}

/** Points at which the landscape between start and target is looked at. */
const looks = 2000

/**
 * Kramers' time over the barrier between a point start and the target: from the lowest place before the highest one.
 *
 * @returns null where there is no barrier inside, or the unit is coupled, driven or starts spread out
 */
function kramersOf(problem: Problem, unit: number, to: number): number | null {
  const { potential, given, bath } = problem
  const from = pointStart(problem.scenario, unit)
  if (from === null || given === undefined || !isUncoupledAtRest(problem)) return null
  const energy = energyOfUnit(potential, given.theta, unit)
  const place = (n: number) => from + ((to - from) * n) / looks
  const energies = Float64Array.from({ length: looks + 1 }, (_, n) => energy(place(n)))
  const top = energies.reduce((best, u, n) => (u > energies[best]! ? n : best), 0)
  const bottom = energies.subarray(0, top + 1).reduce((best, u, n) => (u < energies[best]! ? n : best), 0)
  const curvature = (n: number) => {
    const state = new Float64Array(potential.network.units)
    state[unit] = place(n)
    return hessian(potential, given.theta, state)[unit * potential.network.units + unit]!
  }
  if (top === 0 || top === looks || !(curvature(bottom) > 0) || !(curvature(top) < 0)) return null
  return kramersTime(energies[top]! - energies[bottom]!, curvature(bottom), -curvature(top), bath)
}
