import type { PointSet } from '../../physics/network/states.js'
import { barCheck, type Check, statisticalCheck } from '../../physics/observe/check.js'
import { meanOf } from '../../physics/observe/estimate.js'
import { covariance as sampleCovariance } from '../../physics/observe/moments.js'
import { hessian } from '../../physics/potential/potential.js'
import { stationaryCovariance } from '../../physics/truth/harmonic.js'
import { harmonicExponentialWork } from '../../physics/truth/harmonic-exponential.js'
import { type HarmonicProtocolLaw, harmonicProtocolLaw } from '../../physics/truth/harmonic-protocol.js'
import { reverseNoisingTotals } from '../../physics/truth/reverse-noising.js'
import { startOf } from '../sampling/ensemble.js'
import { reversedProblem, simulationProtocol } from '../sampling/simulation.js'
import { momentsOf } from '../system/start.js'
import { type CheckContext, subscript } from './check-context.js'
import { reversedDataVariance } from './reversed-noising.js'

/** The exact law of the run's own scheme, not of its continuum limit. */
function exactLaw({ problem, protocol }: CheckContext): HarmonicProtocolLaw {
  const { potential, bath } = problem
  return harmonicProtocolLaw(potential, protocol, bath, momentsOf(startOf(problem), potential.network.units))
}

/** Mean and variance of every unit at the end. */
export function gaussianMoments(context: CheckContext): Check[] {
  const { mean, covariance } = exactLaw(context)
  const { final } = context.observed.ensemble
  return [...mean].flatMap((truth, i) => {
    const variance = covariance[i * final.units + i]!
    const measured = columnMoments(final, i)
    return [
      statisticalCheck(`mean of x${subscript(i)}`, measured.mean, truth, Math.sqrt(variance / final.count)),
      statisticalCheck(
        `variance of x${subscript(i)}`,
        measured.variance,
        variance,
        variance * Math.sqrt(2 / (final.count - 1)),
      ),
    ]
  })
}

/** Covariance of every unit's initial and final positions: the autocorrelation over the whole run. */
export function autocorrelation(context: CheckContext): Check[] {
  const { units } = context.problem.potential.network
  const start = momentsOf(startOf(context.problem), units).covariance
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
}

/** Of so many entries the largest |z| of a right covariance stays below this: 2·10⁵ of them pass it with probability .01. */
const largestZ = 5.5
/** Their mean z² is 1, to this or to four standard errors. */
const meanSquareRange = 0.1

/**
 * All covariances at the end against the stationary ones of the scheme: kT(K - μhK²/2)⁻¹ of Euler–Maruyama, kT K⁻¹ of
 * Leimkuhler–Matthews and exact OU. The standard error of one is √((S_ii S_jj + S_ij²)/(n-1)). Last, the mean variance over
 * that of the continuum, kT K⁻¹: how far off the integrator is.
 */
export function stationaryCovarianceCheck({ problem, observed, protocol }: CheckContext): Check[] {
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
  // Var tr(S) = 2 Σ S_ij²/(n-1).
  const traceError = Math.sqrt((2 * truth.reduce((sum, s) => sum + s * s, 0)) / (count - 1))
  return [
    barCheck(`covariance: largest |z| of ${entries}`, largest, 0, largestZ),
    barCheck(`covariance: mean z² of ${entries}`, squares / entries, 1, range),
    statisticalCheck(
      'covariance: mean variance over kT K⁻¹',
      trace(measured) / trace(continuum),
      trace(truth) / trace(continuum),
      traceError / trace(continuum),
    ),
  ]
}

/** Mean work, in units of kT, against the exact law of the scheme. */
export function workMean(context: CheckContext): Check[] {
  const { kT } = context.problem.bath
  const { work } = exactLaw(context)
  const measured = context.observed.workAndHeat!.work
  const error = Math.sqrt(work.variance / measured.length)
  return [statisticalCheck('mean work', meanOf(measured).value / kT, work.mean / kT, error / kT)]
}

/**
 * Free energies in units of kT against -ln⟨e^(-W/kT)⟩ of the scheme, which differs from ΔF/kT by O(h). The Jarzynski average
 * of n runs has the variance r = (⟨e^(-2W/kT)⟩/⟨e^(-W/kT)⟩² - 1)/n and is about r/2 too large. Bennett's is compared with the
 * mean of the exact averages of both directions; their difference, O(h) too, is allowed for.
 */
export function freeEnergyCheck({ problem, protocol, freeEnergy, observed }: CheckContext): Check[] {
  const { potential, bath } = problem
  const start = momentsOf(startOf(problem), potential.network.units)
  const logMean = harmonicExponentialWork(potential, protocol, bath, start)
  const logSquare = harmonicExponentialWork(potential, protocol, bath, start, 2)
  const variance = Math.expm1(logSquare - 2 * logMean) / observed.workAndHeat!.work.length
  const { jarzynski, bennett } = freeEnergy!
  // Without a second moment there is no error to compare with, and the check must not pass.
  const error = Number.isFinite(variance) ? Math.sqrt(variance) : Number.NaN
  const checks = [statisticalCheck('free energy, Jarzynski', jarzynski.value, -logMean, error, variance / 2)]
  if (bennett === undefined) return checks
  const reverse = reversedProblem(problem, protocol)
  const back = harmonicExponentialWork(
    potential,
    simulationProtocol(reverse),
    bath,
    momentsOf(startOf(reverse), potential.network.units),
  )
  const bias = Math.abs(logMean + back)
  checks.push(
    statisticalCheck('free energy, Bennett', bennett.value, (back - logMean) / 2, bennett.standardError, bias),
  )
  return checks
}

/**
 * Heat and entropy production of generating Gaussian data, per trajectory, against the closed forms. The exact law of the
 * scheme gives what the time step adds, which is allowed for; the entropy of the Gaussian fit of n final states is low by
 * (units/2)(units + 3)/(2n) at most, less than its error.
 */
export function reverseNoisingCheck(context: CheckContext): Check[] {
  const { problem, observed } = context
  const { bath, noising, potential } = problem
  const { units } = potential.network
  const dataVariance = reversedDataVariance(problem)!
  const totals = reverseNoisingTotals(noising, dataVariance)
  const law = exactLaw(context)
  const heat = meanOf(observed.workAndHeat!.heat.map((q) => q / bath.kT))
  const truth = (units * totals.heat) / bath.kT
  const found = law.heat / bath.kT
  const checks = [
    statisticalCheck('heat of generation', heat.value, truth, heat.standardError, Math.abs(found - truth)),
  ]
  if (observed.entropyProduction !== null) {
    const entropy = observed.entropyProduction.mean
    const total = units * totals.entropyProduction
    const start = momentsOf(startOf(problem), units).covariance
    // ΔS = Q/kT + ½ ln(det S_τ/det S_0), for independent units.
    let exact = found
    for (let i = 0; i < units; i++) exact += Math.log(law.covariance[i * units + i]! / start[i * units + i]!) / 2
    checks.push(
      statisticalCheck(
        'entropy production of generation',
        entropy.value,
        total,
        entropy.standardError,
        Math.abs(exact - total),
      ),
    )
  }
  return checks
}

function columnMoments({ points, count, units }: PointSet, column: number): { mean: number; variance: number } {
  let mean = 0
  for (let n = 0; n < count; n++) mean += points[n * units + column]! / count
  let squares = 0
  for (let n = 0; n < count; n++) squares += (points[n * units + column]! - mean) ** 2
  return { mean, variance: squares / (count - 1) }
}
