import { LuDecomposition, Matrix } from 'ml-matrix'
import { arrays, type States } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { annealedRate } from '../rules/descent.js'
import { keepBounds } from '../rules/parameter-scales.js'
import { addWork, type Landscape } from './landscape.js'
import { actionGradient, type PathAction, pathAction } from './path-action.js'
import { frameOf, lagProducts, type Paths, recordPaths, statesOf } from './paths.js'

/** A policy that moves by its own forces: parameters of a network, and its mobility. */
export interface LocalPolicy {
  /** [size]; changed in place */
  readonly theta: Float64Array
  mobility: number
}

/** How a policy learns to imitate. */
export interface LagImitationOptions {
  readonly landscape: Landscape
  /** h, the time of a step */
  readonly dt: number
  readonly lags: readonly number[]
  /** ψ of the data: ⟨x_i(t) x_i(t + lag)⟩, [lags, units] */
  readonly target: Float64Array
  /** where the policy's trajectories begin, [units, paths]; they go on from one iteration to the next, and are changed in place */
  readonly chains: States
  /** steps of an iteration, more than the largest lag */
  readonly steps: number
  readonly iterations: number
  /** share of a natural step that is taken at first, and what is left of it at the end, to which it falls by a cosine */
  readonly rate: number
  readonly finalRate: number
  readonly seed: number
}

/** Largest change of a parameter, or of log μ, in one iteration. */
const longest = 0.25

/**
 * Imitation by an energy that no local policy has: that of products of a path at two times, E = -kT φ·ψ(τ), ψ the mean of x_i(t)x_i(t + lag).
 * At each iteration the data are told from the policy's own paths; there the logit is 0, the gradient in φ ½(⟨ψ⟩_data - ⟨ψ⟩_policy), and a
 * Newton step
 *
 *     φ = ½ Cov(ψ)⁻¹ (⟨ψ⟩_data - ⟨ψ⟩_policy)
 *
 * The policy follows it, θ and log μ by g = Cov(φ·ψ, ∂ log p(τ)), with -∂A for ∂_θ log p: three-factor, the eligibilities that each
 * parameter gathers along a path times one scalar that comes at its end. Steps are natural ones, F⁻¹g, F the information of a path. Where g
 * vanishes the policy has the data's ψ, if it can have it at all, whatever its single steps are like.
 *
 * @param policy - changed in place
 * @returns a generator that yields the number of iterations done
 *
 * Cost of an iteration: the steps of the chains, and a force and a statistic of each frame for each parameter.
 * Source: reconstructed from the abstract of Jarrett, Bica & van der Schaar, 2311.01388 (2021, TimeGCI).
 */
export function* imitateLags(policy: LocalPolicy, options: LagImitationOptions): Generator<number, void, void> {
  const { landscape, dt, lags, target, chains, steps, iterations, seed } = options
  for (let iteration = 0; iteration < iterations; iteration++) {
    const bath = { ...landscape.bath, mobility: policy.mobility }
    const recording = { dt, steps, seed, stream: stream.policyPaths, from: iteration * steps }
    const paths = recordPaths(landscape, policy.theta, bath, chains, recording)
    const seen = pathAction(landscape, policy.theta, bath, paths, dt)
    const weights = judged(lagProducts(paths, lags), target, paths.paths)
    const gradient = policyGradient(landscape, policy.theta, bath, paths, dt, seen, weights)
    const step = solve(information(landscape, policy.theta, bath, paths, dt, seen), gradient)
    move(landscape, policy, frameOf(paths, steps), step, annealedRate(options, iteration / iterations))
    yield iteration + 1
  }
}

/** φ·(ψ - ⟨ψ⟩) of each path, [paths]: what the energy says of it. */
function judged(psi: Float64Array, target: Float64Array, paths: number): Float64Array {
  const count = target.length
  const off = psi.slice()
  const gap = new Float64Array(count)
  for (let k = 0; k < count; k++) {
    const own = off.subarray(k * paths, (k + 1) * paths)
    const mean = own.reduce((sum, value) => sum + value, 0) / paths
    for (let n = 0; n < paths; n++) own[n]! -= mean
    gap[k] = target[k]! - mean
  }
  const covariance = new Matrix(count, count)
  for (let k = 0; k < count; k++)
    for (let l = 0; l < count; l++) {
      let sum = 0
      for (let n = 0; n < paths; n++) sum += off[k * paths + n]! * off[l * paths + n]!
      covariance.set(k, l, sum / paths)
    }
  const phi = solve(covariance, gap)
  return Float64Array.from({ length: paths }, (_, n) =>
    phi.reduce((sum, f, k) => sum + (f / 2) * off[k * paths + n]!, 0),
  )
}

/** Σ_n w_n ∂ log p(τ_n)/paths in θ and, last, in log μ; the weights sum to 0. */
function policyGradient(
  landscape: Landscape,
  theta: Float64Array,
  { kT, mobility }: Bath,
  paths: Paths,
  dt: number,
  seen: PathAction,
  weights: Float64Array,
): Float64Array {
  const count = paths.paths
  const own = actionGradient(
    landscape,
    theta,
    paths,
    seen,
    weights.map((w) => -w / count),
  )
  // d/d log μ of -A - units·steps·½ log μ: the residual moves with the drift, and its width with √μ.
  let sum = 0
  seen.residual.forEach((r, n) => {
    sum += weights[n % count]! * r * (seen.force[n]! / (2 * kT) + r / (4 * mobility * kT * dt))
  })
  return Float64Array.of(...own, sum / count)
}

/** The Fisher information of a path about θ and log μ. */
function information(
  landscape: Landscape,
  theta: Float64Array,
  { kT, mobility }: Bath,
  paths: Paths,
  dt: number,
  { force }: PathAction,
): Matrix {
  const { size } = landscape.potential
  const { x, batch } = statesOf(paths)
  const count = paths.paths
  const F = new Matrix(size + 1, size + 1)
  const slope = new Float64Array(size)
  const along = (pulls: Float64Array) => landscape.arithmetic.directional(theta, x, pulls, batch, slope)
  const own = new Float64Array(x.length)
  const rest = new Float64Array(x.length)
  // Forces are affine in θ: ∇φ_b is what a unit of θ_b changes. The last frame has no step.
  landscape.arithmetic.forceAndEnergy(theta, x, batch, rest, null)
  for (let b = 0; b < size; b++) {
    const moved = theta.slice()
    moved[b]! += 1
    landscape.arithmetic.forceAndEnergy(moved, x, batch, own, null)
    along(own.map((value, n) => (isLast(n, paths) ? 0 : rest[n]! - value)))
    slope.forEach((value, a) => {
      F.set(a, b, (value * mobility * dt) / (2 * kT * count))
    })
  }
  along(force)
  slope.forEach((value, a) => {
    const cross = (-value * mobility * dt) / (2 * kT * count)
    F.set(a, size, cross)
    F.set(size, a, cross)
  })
  const square = force.reduce((sum, value) => sum + value * value, 0) / count
  const steps = paths.units * (paths.frames - 1)
  F.set(size, size, (mobility * dt * square) / (2 * kT) + steps / 2)
  return F
}

function isLast(n: number, { frames, paths }: Paths): boolean {
  return Math.floor(n / paths) % frames === frames - 1
}

/** Takes a step of θ and log μ within bounds, with the work that it does on the chains. */
function move(landscape: Landscape, policy: LocalPolicy, now: States, step: Float64Array, rate: number): void {
  const { theta } = policy
  const clipped = step.map((value) => Math.max(-longest, Math.min(longest, rate * value)))
  const [before, after] = arrays(2, now.batch)
  landscape.arithmetic.forceAndEnergy(theta, now.x, now.batch, null, before)
  for (let a = 0; a < theta.length; a++) theta[a]! += clipped[a]!
  keepBounds(theta, landscape.potential.lowerBound)
  policy.mobility *= Math.exp(clipped[theta.length]!)
  landscape.arithmetic.forceAndEnergy(theta, now.x, now.batch, null, after)
  addWork(landscape, before, after)
}

function solve(of: Matrix, right: Float64Array): Float64Array {
  return Float64Array.from(new LuDecomposition(of).solve(Matrix.columnVector(right)).to1DArray())
}
