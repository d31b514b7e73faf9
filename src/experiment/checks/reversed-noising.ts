import { scheduledAt } from '../../physics/protocol/protocol.js'
import { noisedVariance } from '../../physics/truth/reverse-noising.js'
import type { Problem } from '../system/problem.js'

/** Moments at which the schedule is compared with the reversed noising, and how closely it must follow. */
const probes = 50
const tolerance = 1e-6

/**
 * The variance v0 of the Gaussian data that a plain simulation generates, if it is the time reversal of their noising: one
 * stiffness for every unit, driven with the exact score, from N(0, v(T)):
 *
 *     k(t) = 2kT/v(T - t) - k0,   v(t) = kT/k0 + (v0 - kT/k0) e^(-2μk0t)
 *
 * @returns null when it is not
 */
export function reversedDataVariance({ given, scenario, potential, noising }: Problem): number | null {
  const { stiffness: k0, knots, bath } = noising
  const [longest, shortest] = [knots[0]!, knots.at(-1)!]
  const near = (a: number, b: number) => Math.abs(a - b) <= tolerance * (1 + Math.abs(b))
  if (given === undefined || scenario.protocol === undefined || given.kT !== null) return null
  if (potential.groups.length !== 1 || potential.groups[0]!.name !== 'stiffness') return null
  const { duration } = scenario.protocol
  const { start } = given
  if (start.kind !== 'independent' || [start.mean].flat().some((m) => m !== 0) || !near(duration, longest - shortest))
    return null
  // k(τ) = 2kT/v(t_min) - k0 gives v(t_min), and that v0.
  const last = (2 * bath.kT) / (scheduledAt(given.theta, given.scheduled, duration)[0]! + k0)
  const equilibrium = bath.kT / k0
  const dataVariance = equilibrium + (last - equilibrium) * Math.exp(2 * bath.mobility * k0 * shortest)
  if (!(dataVariance > 0) || !near(start.variance, noisedVariance(noising, dataVariance, longest))) return null
  for (let probe = 0; probe <= probes; probe++) {
    const t = (duration * probe) / probes
    const stiffness = (2 * bath.kT) / noisedVariance(noising, dataVariance, longest - t) - k0
    if (scheduledAt(given.theta, given.scheduled, t).some((k) => !near(k, stiffness))) return null
  }
  return dataVariance
}
