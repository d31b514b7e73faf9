import type { GaussianMixture } from '../data/mixture.js'
import type { PointSet } from '../data/points.js'
import type { Ensemble } from '../dynamics/ensemble.js'
import type { WorkAndHeat } from '../dynamics/work-and-heat.js'
import { modeStatistics } from '../evaluate/mixture.js'
import { noiseWidth, signal } from '../protocol/noising.js'
import type { Protocol } from '../protocol/protocol.js'
import { boltzmannMoments } from '../truth/boltzmann.js'
import { type HarmonicProtocolLaw, harmonicProtocolLaw } from '../truth/harmonic-protocol.js'
import type { CheckName } from './check-needs.js'
import { startOf } from './ensemble.js'
import type { Problem } from './problem.js'
import { type Check, identityCheck, statisticalCheck } from './results.js'

/** What a run measured, for its checks. */
export interface CheckContext {
  readonly problem: Problem
  readonly ensemble: Ensemble
  readonly thermodynamics: WorkAndHeat | null
  readonly protocol: Protocol
  /** unit roundoff of the backend that ran */
  readonly roundoff: number
  /** samples generated with the exact score, at t_min */
  readonly exactScore: PointSet | null
}

/** Runs the checks that the scenario names; `requireApplicableChecks` has made sure that each of them can. */
export function runChecks(context: CheckContext): Check[] {
  return context.problem.scenario.checks.flatMap((name) => checks[name](context))
}

const checks: Record<CheckName, (context: CheckContext) => Check[]> = {
  'first-law': firstLaw,
  'heat-integral': heatIntegral,
  'gaussian-moments': gaussianMoments,
  autocorrelation,
  'boltzmann-moments': boltzmannCheck,
  'exact-score': exactScoreCheck,
}

/** ΔU = W - Q on every trajectory, to 1e-10 of (|W| + |Q| + 1). */
function firstLaw({ thermodynamics }: CheckContext): Check[] {
  const { work, heat, energyChange } = thermodynamics!
  const worst = energyChange.reduce(
    (most, change, n) =>
      Math.max(most, Math.abs(change - work[n]! + heat[n]!) / (Math.abs(work[n]!) + Math.abs(heat[n]!) + 1)),
    0,
  )
  return [identityCheck('first law: |ΔU - W + Q|', worst, 0, 1e-10)]
}

/**
 * Σ½(F + F')·dx = Q on every trajectory of a harmonic system, to rounding: each step of each unit adds an independent one of
 * its energy, about kT, and the worst of many trajectories is a few standard deviations out.
 */
function heatIntegral({ thermodynamics, protocol, roundoff, ensemble }: CheckContext): Check[] {
  const { heat, heatIntegral: integral } = thermodynamics!
  const worst = heat.reduce((most, q, n) => Math.max(most, Math.abs(q - integral[n]!) / (Math.abs(q) + 1)), 0)
  const tolerance = Math.max(1e-10, 16 * roundoff * Math.sqrt(protocol.dt.length * ensemble.final.units))
  return [identityCheck('heat: |Q - Σ½(F+F′)·dx|', worst, 0, tolerance)]
}

/** The exact law of the run's own scheme, not of its continuum limit. */
function exactLaw({ problem, protocol }: CheckContext): HarmonicProtocolLaw {
  const { potential, bath } = problem
  const { units } = potential.network
  const initial = problem.scenario.initial!
  const given = initial.kind === 'point' ? initial.x : initial.mean
  const variance = initial.kind === 'point' ? 0 : initial.variance
  const mean = Float64Array.from({ length: units }, (_, i) => (typeof given === 'number' ? given : given[i]!))
  const covariance = new Float64Array(units * units)
  for (let i = 0; i < units; i++) covariance[i * units + i] = variance
  return harmonicProtocolLaw(potential, protocol, bath, { mean, covariance })
}

/** Mean and variance of every unit at the end. */
function gaussianMoments(context: CheckContext): Check[] {
  const { mean, covariance } = exactLaw(context)
  const { final } = context.ensemble
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
function autocorrelation(context: CheckContext): Check[] {
  const { variance: startVariance } = startOf(context.problem)
  const { covariance, memory } = exactLaw(context)
  const { initial, final } = context.ensemble
  return Array.from({ length: final.units }, (_, i) => {
    const diagonal = i * final.units + i
    const truth = memory[diagonal]! * startVariance
    const a = columnMoments(initial, i)
    const b = columnMoments(final, i)
    let sum = 0
    for (let n = 0; n < final.count; n++)
      sum += (initial.points[n * initial.units + i]! - a.mean) * (final.points[n * final.units + i]! - b.mean)
    // Variance of a sample covariance of two Gaussians: (v_a v_b + c²)/(n - 1).
    const error = Math.sqrt((startVariance * covariance[diagonal]! + truth * truth) / (final.count - 1))
    return statisticalCheck(`autocorrelation of x${subscript(i)}`, sum / (final.count - 1), truth, error)
  })
}

/** ⟨x²⟩ and ⟨x⁴⟩ of every unit at the end against quadrature of the Boltzmann density. */
function boltzmannCheck({ problem, ensemble, protocol }: CheckContext): Check[] {
  const { potential, bath } = problem
  const { theta } = problem.given!
  const { final } = ensemble
  return Array.from({ length: potential.network.units }, (_, i) => {
    const { moments, secondOrder } = boltzmannMoments(potential, theta, bath, i, protocol.dt.at(-1)!)
    return [2, 4].map((power) => {
      let sum = 0
      for (let n = 0; n < final.count; n++) sum += final.points[n * final.units + i]! ** power
      const truth = moments[power]!
      const error = Math.sqrt((moments[2 * power]! - truth ** 2) / final.count)
      return statisticalCheck(
        `⟨x${subscript(i)}${power === 2 ? '²' : '⁴'}⟩`,
        sum / final.count,
        truth,
        error,
        secondOrder[power]!,
      )
    })
  }).flat()
}

/** Relative error allowed for the O(dt) bias of reverse Euler–Maruyama at μ dt k ≤ .06 (harmonic variance: μ dt k/2). */
const integratorBias = 0.03

/** Weights and widths of the modes generated with the exact score, against the mixture noised to t_min. */
function exactScoreCheck({ exactScore: samples, problem }: CheckContext): Check[] {
  const { data, noising } = problem
  if (samples === null || data?.source !== 'gaussian-mixture') throw new Error('exact-score is for mixtures only')
  const t = noising.knots.at(-1)!
  const m = signal(noising, t)
  const { means, weights, width } = data.mixture
  const mixture: GaussianMixture = {
    ...data.mixture,
    means: means.map((mean) => mean.map((value) => m * value)),
    width: Math.hypot(m * width, noiseWidth(noising, t)),
  }
  return modeStatistics(mixture, samples).flatMap(({ count, fraction, variance }, k) => {
    const weight = weights[k]!
    const truth = mixture.width ** 2
    return [
      statisticalCheck(
        `exact score: weight of mode ${k + 1}`,
        fraction,
        weight,
        Math.sqrt((weight * (1 - weight)) / samples.count),
      ),
      statisticalCheck(
        `exact score: variance of mode ${k + 1}`,
        variance,
        truth,
        truth * Math.sqrt(2 / (count * samples.units)),
        integratorBias * truth,
      ),
    ]
  })
}

function columnMoments({ points, count, units }: PointSet, column: number): { mean: number; variance: number } {
  let mean = 0
  for (let n = 0; n < count; n++) mean += points[n * units + column]! / count
  let squares = 0
  for (let n = 0; n < count; n++) squares += (points[n * units + column]! - mean) ** 2
  return { mean, variance: squares / (count - 1) }
}

function subscript(index: number): string {
  return [...String(index)].map((digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]).join('')
}
