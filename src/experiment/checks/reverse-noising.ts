import { statisticalCheck } from '../../physics/observe/check.js'
import { meanOf } from '../../physics/observe/estimate.js'
import { scheduledAt } from '../../physics/protocol/protocol.js'
import { noisedVariance, reverseNoisingTotals } from '../../physics/truth/reverse-noising.js'
import { startMoments } from '../sampling/trajectories.js'
import type { Problem } from '../system/problem.js'
import { exactLaw } from './harmonic-checks.js'
import { energies, eulerMaruyama, type RunCheck } from './run-check.js'

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

/**
 * Heat and entropy production of generating Gaussian data, per trajectory, against the closed forms. The exact law of the
 * scheme gives what the time step adds, which is allowed for; the entropy of the Gaussian fit of n final states is low by
 * (units/2)(units + 3)/(2n) at most, less than its error.
 */
export const reverseNoisingCheck: RunCheck = {
  needs: [
    energies,
    eulerMaruyama,
    [
      (problem) => reversedDataVariance(problem) !== null,
      'a plain simulation of the potential [stiffness] that follows 2kT/v(noising.duration - t) - k0 for a time ' +
        'noising.duration - noising.tMin, v(t) the variance of noised Gaussian data, from initial: { kind: gaussian, mean: 0, ' +
        'variance: v(noising.duration) }',
    ],
  ],
  run(context) {
    const { problem, observed } = context
    const { bath, noising, potential } = problem
    const { units } = potential.network
    const totals = reverseNoisingTotals(noising, reversedDataVariance(problem)!)
    const law = exactLaw(context)
    const heat = meanOf(observed.workAndHeat!.heat.map((q) => q / bath.kT))
    const truth = (units * totals.heat) / bath.kT
    const found = law.heat / bath.kT
    const ofHeat = statisticalCheck(
      'heat of generation',
      heat.value,
      truth,
      heat.standardError,
      Math.abs(found - truth),
    )
    if (observed.entropyProduction === null) return [ofHeat]
    const { value, standardError } = observed.entropyProduction.mean
    const total = units * totals.entropyProduction
    const start = startMoments(problem).covariance
    // ΔS = Q/kT + ½ ln(det S_τ/det S_0), for independent units.
    let exact = found
    for (let i = 0; i < units; i++) exact += Math.log(law.covariance[i * units + i]! / start[i * units + i]!) / 2
    const bias = Math.abs(exact - total)
    return [ofHeat, statisticalCheck('entropy production of generation', value, total, standardError, bias)]
  },
}
