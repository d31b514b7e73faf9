import type { PointSet } from '../../physics/network/states.js'
import { barCheck, notApplicable, statisticalCheck } from '../../physics/observe/check.js'
import { meanOf } from '../../physics/observe/estimate.js'
import { covariance as sampleCovariance } from '../../physics/observe/moments.js'
import { hessian } from '../../physics/potential/potential.js'
import { stationaryCovariance } from '../../physics/truth/harmonic.js'
import { type HarmonicProtocolLaw, harmonicProtocolLaw } from '../../physics/truth/harmonic-protocol.js'
import { measuresEnergies } from '../sampling/observers.js'
import { startMoments } from '../sampling/trajectories.js'
import { isAtRest } from '../system/problem.js'
import { exchangeRounding } from './exchange-checks.js'
import {
  type CheckContext,
  exactLawNeeds,
  isHarmonic,
  type Need,
  oneBath,
  openSpace,
  type RunCheck,
  subscript,
} from './run-check.js'
import { momentStepChecks, workStepChecks } from './time-step-checks.js'

/** The exact law of the run's own scheme, not of its continuum limit. */
export function exactLaw({ problem, protocol }: CheckContext): HarmonicProtocolLaw {
  const { potential, bath } = problem
  return harmonicProtocolLaw(potential, protocol, bath, startMoments(problem))
}

/** Mean and variance of every unit at the end, by the scheme's own law, and how far that is from continuous time. */
export const gaussianMomentsCheck: RunCheck = {
  needs: exactLawNeeds,
  run(context) {
    const law = exactLaw(context)
    const { mean, covariance } = law
    const { final } = context.observed.ensemble
    const ownLaw = [...mean].flatMap((truth, i) => {
      const variance = covariance[i * final.units + i]!
      const error = variance * Math.sqrt(2 / (final.count - 1))
      const measured = columnMoments(final, i)
      return [
        statisticalCheck(`mean of x${subscript(i)}`, measured.mean, truth, Math.sqrt(variance / final.count)),
        statisticalCheck(`variance of x${subscript(i)}`, measured.variance, variance, error),
      ]
    })
    return [...ownLaw, ...momentStepChecks(context, law)]
  },
}

/** Covariance of every unit's initial and final positions: the autocorrelation over the whole run. */
export const autocorrelationCheck: RunCheck = {
  needs: [
    ...exactLawNeeds,
    [({ scenario }) => scenario.initial?.kind !== 'point', 'initial: { kind: gaussian } or { kind: equilibrium }'],
  ],
  run(context) {
    const { units } = context.problem.potential.network
    const start = startMoments(context.problem).covariance
    const { covariance, memory } = exactLaw(context)
    const { initial, final } = context.observed.ensemble
    return Array.from({ length: units }, (_, i) => {
      const diagonal = i * units + i
      // Cov(x_end, x_0) = memory · Cov(x_0).
      let truth = 0
      for (let j = 0; j < units; j++) truth += memory[i * units + j]! * start[j * units + i]!
      const a = columnMoments(initial, i)
      const b = columnMoments(final, i)
      let sum = 0
      for (let n = 0; n < final.count; n++)
        sum += (initial.points[n * units + i]! - a.mean) * (final.points[n * units + i]! - b.mean)
      // Variance of a sample covariance of two Gaussians: (v_a v_b + c²)/(n - 1).
      const error = Math.sqrt((start[diagonal]! * covariance[diagonal]! + truth * truth) / (final.count - 1))
      return statisticalCheck(`autocorrelation of x${subscript(i)}`, sum / (final.count - 1), truth, error)
    })
  },
}

/** Largest network whose covariances are all compared: O(units²) of them, from an eigendecomposition. */
const mostCorrelated = 400
/** Of so many entries the largest |z| of a right covariance stays below this: 2·10⁵ of them pass it with probability .01. */
const largestZ = 5.5
/** Their mean z² is 1, to this or to four standard errors. */
const meanSquareRange = 0.1

/**
 * All covariances at the end against the stationary ones of the scheme: kT(K - μhK²/2)⁻¹ of Euler–Maruyama, kT K⁻¹ of
 * Leimkuhler–Matthews and exact OU. The standard error of one is √((S_ii S_jj + S_ij²)/(n-1)). Last, the mean variance over
 * that of the continuum, kT K⁻¹: how far off the integrator is.
 */
export const stationaryCovarianceCheck: RunCheck = {
  needs: [
    openSpace,
    [
      (problem) => isAtRest(problem) && isHarmonic(problem) && problem.potential.network.units <= mostCorrelated,
      `a plain simulation of at most ${mostCorrelated} units in a harmonic potential without schedules`,
    ],
    oneBath,
    [
      ({ scenario: { sampling } }) =>
        ['euler-maruyama', 'leimkuhler-matthews', 'exact-ou'].includes(sampling.integrator),
      'sampling.integrator euler-maruyama, leimkuhler-matthews or exact-ou',
    ],
  ],
  run({ problem, observed, protocol }) {
    const { potential, bath, given, scenario } = problem
    const { final } = observed.ensemble
    const { units, count } = final
    const K = hessian(potential, given!.theta, new Float64Array(units))
    const continuum = stationaryCovariance(K, bath)
    const euler = scenario.sampling.integrator === 'euler-maruyama'
    const truth = euler ? stationaryCovariance(K, bath, protocol.dt[0]!) : continuum
    const measured = sampleCovariance(final)
    const at = (matrix: Float64Array, i: number, j: number) => matrix[i * units + j]!
    let [largest, squares, entries] = [0, 0, 0]
    for (let i = 0; i < units; i++)
      for (let j = 0; j <= i; j++) {
        const error = Math.sqrt((at(truth, i, i) * at(truth, j, j) + at(truth, i, j) ** 2) / (count - 1))
        const z = (at(measured, i, j) - at(truth, i, j)) / error
        largest = Math.max(largest, Math.abs(z))
        squares += z * z
        entries++
      }
    const range = Math.max(meanSquareRange, 4 * Math.sqrt(2 / entries))
    const trace = (matrix: Float64Array) =>
      Array.from({ length: units }, (_, i) => at(matrix, i, i)).reduce((sum, variance) => sum + variance, 0)
    const name = 'covariance: mean variance over kT K⁻¹'
    const ratio = (value: number) => value / trace(continuum)
    // Var tr(S) = 2 Σ S_ij²/(n-1).
    const error = Math.sqrt((2 * truth.reduce((sum, s) => sum + s * s, 0)) / (count - 1))
    const bars = [
      barCheck(`covariance: largest |z| of ${entries}`, largest, 0, largestZ),
      barCheck(`covariance: mean z² of ${entries}`, squares / entries, 1, range),
    ]
    return [
      ...(count < 2 ? bars.map((check) => notApplicable(check, 'a single state has no covariance')) : bars),
      statisticalCheck(name, ratio(trace(measured)), ratio(trace(truth)), ratio(error)),
    ]
  },
}

/** A protocol that does work, which is measured. */
export const driven = (measures: Need[0]): Need => [
  (problem) => problem.given !== undefined && problem.given.scheduled.length > 0 && measures(problem),
  'a schedule in protocol.parameters, and observe: [work]',
]

/** What rounding may do to a work, in units of kT: a protocol that does none leaves nothing else. */
export function workRounding({ problem, protocol, energyScale, roundoff }: CheckContext): number {
  const { network } = problem.potential
  return (energyScale / problem.bath.kT) * exchangeRounding(protocol.dt.length, network.units, roundoff)
}

/** Mean work, in units of kT, against the exact law of the scheme, and that against continuous time and the second law. */
export const workMeanCheck: RunCheck = {
  needs: [...exactLawNeeds, driven(({ scenario }) => measuresEnergies(scenario))],
  run(context) {
    const { kT } = context.problem.bath
    const { work } = exactLaw(context)
    const measured = context.observed.workAndHeat!.work
    const error = Math.sqrt(work.variance / measured.length)
    return [
      statisticalCheck('mean work', meanOf(measured).value / kT, work.mean / kT, error / kT, workRounding(context)),
      ...workStepChecks(context, work.mean / kT, error / kT),
    ]
  },
}

function columnMoments({ points, count, units }: PointSet, column: number): { mean: number; variance: number } {
  let mean = 0
  for (let n = 0; n < count; n++) mean += points[n * units + column]! / count
  let squares = 0
  for (let n = 0; n < count; n++) squares += (points[n * units + column]! - mean) ** 2
  return { mean, variance: squares / (count - 1) }
}
