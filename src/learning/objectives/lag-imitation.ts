import { LuDecomposition, Matrix } from 'ml-matrix'
import { exitCode, OverdampedError } from '../../errors.js'
import { divergenceLimit } from '../../physics/dynamics/divergence.js'
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
  /** μ; changed in place */
  mobility: number
}

/** How a policy learns to imitate. */
export interface LagImitationOptions {
  /** the network, and its bath */
  readonly landscape: Landscape
  /** h, the time of a step */
  readonly dt: number
  /** in steps */
  readonly lags: readonly number[]
  /** ψ of the data: ⟨x_i(t) x_i(t + lag)⟩, [lags, units] */
  readonly target: Float64Array
  /** where the policy's trajectories begin, [units, paths]; they go on from one iteration to the next, and are changed in place */
  readonly chains: States
  /** steps of an iteration, more than the largest lag */
  readonly steps: number
  /** how often the parameters move */
  readonly iterations: number
  /** iterations that are done; none when absent */
  readonly done?: number | undefined
  /** share of a step that is taken at first, and what is left of it at the end, to which it falls by a cosine */
  readonly rate: number
  /** what is left of `rate` at the end, as a share of a step */
  readonly finalRate: number
  /** of the noise of its paths */
  readonly seed: number
}

/** Largest change of a parameter, or of log μ, in one iteration. */
const longest = 0.25

/** Share of a path's whole information that joins what lagged products have of it: where these know little, steps stay short. */
const share = 0.02

/**
 * Imitation by an energy that no local policy has: that of products of a path at two times, E = -kT φ·ψ(τ), ψ the mean of x_i(t)x_i(t + lag).
 * At each iteration the data are told from the policy's own paths. There the logit is 0, and Newton's step
 *
 *     φ = Cov(ψ)⁻¹ (⟨ψ⟩_data - ⟨ψ⟩_policy)
 *
 * The policy, θ and log μ, follows it by g = Jφ, J = Cov(∂ log p(τ), ψ), ∂_θ log p = -∂A: three-factor, the eligibilities that each
 * parameter gathers along a path times one scalar that comes at its end. Steps are (J Cov(ψ)⁻¹ Jᵀ + F/50)⁻¹ g, by the information that ψ has
 * of the parameters, and some of what whole paths have, F. Where g vanishes the policy has the data's ψ, if it can have it at all,
 * whatever its single steps are like.
 *
 * @param policy - changed in place
 * @returns a generator that yields the number of iterations done
 * @throws E_DIVERGED where the policy's trajectories run away
 *
 * Cost of an iteration: the steps of the chains, a force and a statistic of each frame for each parameter, and a statistic for each ψ.
 * Source: reconstructed from the abstract of Jarrett, Bica & van der Schaar, 2311.01388 (2021, TimeGCI).
 */
export function* imitateLags(policy: LocalPolicy, options: LagImitationOptions): Generator<number, void, void> {
  const { landscape, dt, lags, target, chains, steps, iterations, done = 0, seed } = options
  for (let iteration = done; iteration < iterations; iteration++) {
    const bath = { ...landscape.bath, mobility: policy.mobility }
    const recording = { dt, steps, seed, stream: stream.policyPaths, from: iteration * steps }
    const paths = recordPaths(landscape, policy.theta, bath, chains, recording)
    if (!paths.x.every((value) => Math.abs(value) < divergenceLimit))
      throw new OverdampedError(
        'E_DIVERGED',
        `the policy's trajectories ran away in steps of ${dt}, after ${iteration} iterations. Lower the step, or have more policies, or fewer lags.`,
        'objective.step',
        exitCode.failed,
      )
    const seen = pathAction(landscape, policy.theta, bath, paths, dt)
    const { off, gap, covariance } = productsOf(lagProducts(paths, lags), target, paths.paths)
    const J = new Matrix(
      off.map((weights) => policyGradient(landscape, policy.theta, bath, paths, dt, seen, weights)),
    ).transpose()
    const inverse = new LuDecomposition(covariance)
    const gradient = J.mmul(inverse.solve(gap))
    const known = J.mmul(inverse.solve(J.transpose()))
    const metric = known.add(information(landscape, policy.theta, bath, paths, dt, seen).mul(share))
    const step = new LuDecomposition(metric).solve(gradient).to1DArray()
    move(landscape, policy, frameOf(paths, steps), step, annealedRate(options, iteration / iterations))
    yield iteration + 1
  }
}

/** ψ - ⟨ψ⟩ of each path, [ψ] of [paths], how far ⟨ψ⟩ is from its target, and Cov(ψ). */
function productsOf(psi: Float64Array, target: Float64Array, paths: number) {
  const off = Array.from(target, (_, k) => psi.slice(k * paths, (k + 1) * paths))
  const gap = Array.from(target, (wanted, k) => {
    const own = off[k]!
    const mean = own.reduce((sum, value) => sum + value, 0) / paths
    for (let n = 0; n < paths; n++) own[n]! -= mean
    return wanted - mean
  })
  const covariance = off.map((own) =>
    off.map((other) => own.reduce((sum, value, n) => sum + value * other[n]!, 0) / paths),
  )
  return { off, gap: Matrix.columnVector(gap), covariance: new Matrix(covariance) }
}

/**
 * -Σ_n w_n ∂A(τ_n)/paths in θ and, last, in log μ: the gradient of Σ_n w_n log p(τ_n)/paths where the weights sum to 0, since steps of another μ have
 * another normaliser too.
 */
export function policyGradient(
  landscape: Landscape,
  theta: Float64Array,
  { kT, mobility }: Bath,
  paths: Paths,
  dt: number,
  seen: PathAction,
  weights: Float64Array,
): number[] {
  const count = paths.paths
  const shares = weights.map((w) => -w / count)
  const own = actionGradient(landscape, theta, paths, seen, shares)
  // The residual moves with the drift, and its width with √μ.
  let sum = 0
  seen.residual.forEach((r, n) => {
    sum += weights[n % count]! * r * (seen.force[n]! / (2 * kT) + r / (4 * mobility * kT * dt))
  })
  return [...own, sum / count]
}

/** The Fisher information of a path about θ and log μ, [size + 1, size + 1], mean over paths of the policy's own. */
export function information(
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
  const moved = new Float64Array(x.length)
  // Forces are affine in θ: ∇φ_b is what a unit of θ_b takes from them. The last frame has no step.
  for (let b = 0; b < size; b++) {
    const beyond = theta.slice()
    beyond[b]! += 1
    landscape.evaluate(beyond, x, batch, moved, null)
    for (let n = 0; n < moved.length; n++) moved[n] = isLast(n, paths) ? 0 : force[n]! - moved[n]!
    along(moved)
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
function move(landscape: Landscape, policy: LocalPolicy, now: States, step: readonly number[], rate: number): void {
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
