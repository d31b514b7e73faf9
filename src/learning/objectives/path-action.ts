import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import type { Bath } from '../../physics/protocol/bath.js'
import type { Landscape } from './landscape.js'
import { type Paths, statesOf } from './paths.js'

/** Paths seen by a network at θ: how far each step is from what its force makes it. */
export interface PathAction {
  /** r = dx - μhF of each step, [units, frames, paths]; 0 at the last frame, which no step leaves */
  readonly residual: Float64Array
  /** F of each step, likewise */
  readonly force: Float64Array
  /** A, [paths] */
  readonly action: Float64Array
}

/**
 * The Onsager–Machlup action of paths in a network,
 *
 *     A(τ; θ) = Σ_t |dx_t - μhF(x_t; θ)|²/(4μkTh),   ∂A/∂θ_a = Σ_t r_t·∇φ_a(x_t)/2kT
 *
 * so that e^-A is, up to a factor that θ does not change, the law of Euler–Maruyama steps of length h from a given start. What ∂A sums
 * along a path is an eligibility that each parameter gathers where it is.
 *
 * Cost: a force of each frame.
 * Source: Onsager & Machlup, Phys. Rev. 91, 1505 (1953).
 */
export function pathAction(
  landscape: Landscape,
  theta: Float64Array,
  { kT, mobility }: Bath,
  paths: Paths,
  dt: number,
): PathAction {
  const { x, batch } = statesOf(paths)
  const { units, frames, paths: count } = paths
  const force = new Float64Array(x.length)
  landscape.evaluate(theta, x, batch, force, null)
  const residual = new Float64Array(x.length)
  const action = new Float64Array(count)
  const scale = 1 / (4 * mobility * kT * dt)
  for (let i = 0; i < units; i++)
    for (let t = 0; t < frames - 1; t++) {
      const at = (i * frames + t) * count
      for (let n = 0; n < count; n++) {
        const r = x[at + count + n]! - x[at + n]! - mobility * dt * force[at + n]!
        residual[at + n] = r
        action[n]! += scale * r * r
      }
    }
  for (let i = 0; i < units; i++) force.fill(0, ((i + 1) * frames - 1) * count, (i + 1) * frames * count)
  return { residual, force, action }
}

/**
 * Σ_n w_n ∂A(τ_n)/∂θ_a, [size]; w = 1/paths when null.
 *
 * Cost: one statistic of each frame.
 */
export function actionGradient(
  { arithmetic, bath, potential }: Landscape,
  theta: Float64Array,
  paths: Paths,
  { residual }: Pick<PathAction, 'residual'>,
  weights: Float64Array | null,
): Float64Array {
  const { x, batch } = statesOf(paths)
  const count = paths.paths
  const pulls = residual.map((r, n) => (weights === null ? r / count : r * weights[n % count]!))
  const out = new Float64Array(potential.size)
  arithmetic.directional(theta, x, pulls, batch, out)
  return out.map((sum) => sum / (2 * bath.kT))
}

/** The parameters under which paths are likeliest, step by step, and their standard errors, [size] each. */
export interface OneStepLikelihood {
  /** the likeliest parameters */
  readonly theta: Float64Array
  /** of each of them */
  readonly standardError: Float64Array
  /** ∂²⟨A⟩/∂θ_a∂θ_b, of one path */
  readonly curvature: Matrix
}

/**
 * Maximum likelihood of the steps of paths, whose mean action is quadratic in the parameters of a potential that is linear in them: the
 * parameters are -H⁻¹∂⟨A⟩ at θ = 0, H its curvature, and their covariance H⁻¹ over the number of paths.
 *
 * Cost: a force and a statistic of each frame for each parameter.
 */
export function oneStepLikelihood(landscape: Landscape, bath: Bath, paths: Paths, dt: number): OneStepLikelihood {
  const { size } = landscape.potential
  const slopeAt = (theta: Float64Array) =>
    actionGradient(landscape, theta, paths, pathAction(landscape, theta, bath, paths, dt), null)
  const slope = slopeAt(new Float64Array(size))
  const curvature = new Matrix(size, size)
  for (let b = 0; b < size; b++) {
    const at = new Float64Array(size)
    at[b] = 1
    slopeAt(at).forEach((value, a) => {
      curvature.set(a, b, value - slope[a]!)
    })
  }
  const symmetric = Matrix.add(curvature, curvature.transpose()).mul(0.5)
  const inverse = new CholeskyDecomposition(symmetric).solve(Matrix.eye(size))
  return {
    theta: Float64Array.from(inverse.mmul(Matrix.columnVector(slope)).to1DArray(), (value) => -value),
    standardError: Float64Array.from(inverse.diagonal(), (value) => Math.sqrt(value / paths.paths)),
    curvature: symmetric,
  }
}

/**
 * The mobility under which steps are likeliest together with the parameters that go with it: the residuals of the likeliest drift
 * have a variance of 2μkTh, and the drift is μ times the force.
 *
 * Cost: that of oneStepLikelihood, and a force of each frame.
 */
export function likeliestMobility(
  landscape: Landscape,
  bath: Bath,
  paths: Paths,
  dt: number,
): { theta: Float64Array; mobility: number } {
  const { theta } = oneStepLikelihood(landscape, bath, paths, dt)
  const { residual } = pathAction(landscape, theta, bath, paths, dt)
  const steps = paths.units * (paths.frames - 1) * paths.paths
  const variance = residual.reduce((sum, r) => sum + r * r, 0) / steps
  const mobility = variance / (2 * bath.kT * dt)
  return { theta: theta.map((value) => (value * bath.mobility) / mobility), mobility }
}
