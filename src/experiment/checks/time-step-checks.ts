import { barCheck, type Check } from '../../physics/observe/check.js'
import { scheduledAt } from '../../physics/protocol/protocol.js'
import { type HarmonicContinuumLaw, harmonicContinuumLaw } from '../../physics/truth/harmonic-continuum.js'
import type { HarmonicProtocolLaw } from '../../physics/truth/harmonic-protocol.js'
import { freeEnergyDifference } from '../measurement/free-energy.js'
import { resolvedTimes } from '../sampling/simulation.js'
import { startMoments } from '../sampling/trajectories.js'
import type { CheckContext } from './run-check.js'

/**
 * What a scheme may be off by: this share (steps of .02 relaxation times are off by about 1 %), or this many standard errors where
 * they are more.
 */
const allowed = { share: 0.05, standardErrors: 4 }

/** The law in continuous time, which no step of the run enters. */
export function continuumLaw({ problem, protocol }: Pick<CheckContext, 'problem' | 'protocol'>): HarmonicContinuumLaw {
  const { potential, bath, given } = problem
  const { theta, scheduled } = given!
  const parameters = scheduled.length === 0 ? () => theta : (t: number) => scheduledAt(theta, scheduled, t)
  return harmonicContinuumLaw(potential, parameters, resolvedTimes(problem, protocol), bath, startMoments(problem))
}

/**
 * How far the scheme's own law is from continuous time at the end: the means over √(variance + (largest mean on the way)²), and
 * the variances over their own; the worst unit of each.
 */
export function momentStepChecks(context: CheckContext, scheme: HarmonicProtocolLaw): Check[] {
  const law = continuumLaw(context)
  const { count } = context.observed.ensemble.final
  const units = law.mean.length
  const worst = (of: (i: number, variance: number) => number) =>
    Array.from(law.mean, (_, i) => of(i, law.covariance[i * units + i]!)).reduce((a, b) =>
      Math.abs(b) <= Math.abs(a) ? a : b,
    )
  const mean = worst((i, v) => (scheme.mean[i]! - law.mean[i]!) / Math.sqrt(v + law.farthest[i]! ** 2))
  const variance = worst((i, v) => scheme.covariance[i * units + i]! / v - 1)
  const bar = (standardError: number) => Math.max(allowed.share, allowed.standardErrors * standardError)
  return [
    barCheck('time step: mean off continuous time, over its size', mean, 0, bar(1 / Math.sqrt(count))),
    barCheck('time step: variance over that of continuous time', 1 + variance, 1, bar(Math.sqrt(2 / (count - 1)))),
  ]
}

/**
 * The scheme's mean work beside that of continuous time; and, from equilibrium, above the free-energy difference, the second law,
 * which the law of an unstable scheme breaks.
 */
export function workStepChecks(context: CheckContext, mean: number, standardError: number): Check[] {
  const { kT } = context.problem.bath
  const truth = continuumLaw(context).work / kT
  const bar = (size: number) => Math.max(allowed.share * (1 + Math.abs(size)), allowed.standardErrors * standardError)
  const free = freeEnergyDifference(context.problem)
  const deficit = free === null ? null : Math.max(0, free - mean)
  return [
    barCheck('time step: mean work of the scheme beside continuous time', mean, truth, bar(truth)),
    ...(deficit === null
      ? []
      : [barCheck('second law: ΔF - ⟨W⟩ where it is above 0', deficit, 0, allowed.share * (1 + Math.abs(free!)))]),
  ]
}
