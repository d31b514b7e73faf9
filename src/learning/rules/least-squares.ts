import { invalidValue } from '../../errors.js'
import { directional, eachTerm, forceAndEnergy, type Potential } from '../../physics/potential/potential.js'
import { leastSquaresPreconditioner } from './preconditioner.js'
import type { NoisedBatch } from './rule.js'

/** How a least-squares solve ended. */
export interface LeastSquaresResult {
  /** parameters at the minimum, [size] */
  readonly theta: Float64Array
  /** conjugate-gradient iterations over all active sets */
  readonly iterations: number
  /** whether the bounds hold with multipliers of the right sign */
  readonly converged: boolean
}

/** Conjugate gradients end when an iteration lowers the loss by less than this fraction of it (1e-6 gains .1 % more). */
const lossTolerance = 1e-5
const maxIterations = 400
/** Active sets tried; each solve starts from the one before. */
const maxActiveSets = 30

/**
 * The oracle of a slice: the parameters that minimise ½⟨w|F(x; θ) - F̂|²⟩ over given noised data, subject to lower bounds.
 * With F linear in θ this is a convex quadratic problem. It is solved by preconditioned conjugate gradients on the normal
 * equations, whose matrix A_ab = w⟨∇φ_a·∇φ_b⟩ is never formed: A p is one force and one correlation. The bounds are kept by
 * a primal–dual active set: parameters that would fall below their bound are held there until the gradient pulls them up.
 *
 * Not local: it uses all the data at once. Rules are judged by it.
 * Source: Hintermüller, Ito, Kunisch, SIAM J. Optim. 13, 865 (2002) for the active set.
 *
 * @param start - where to begin, [size]; not changed
 * @param batches - noised data of one time
 * @throws E_INVALID_VALUE for a potential with a term that is not linear in its parameters
 *
 * Cost: O(iterations·edges·data).
 */
export function leastSquares(
  potential: Potential,
  start: Float64Array,
  bounds: Float64Array,
  batches: readonly NoisedBatch[],
): LeastSquaresResult {
  requireLinear(potential)
  const { size } = potential
  const problem = normalEquations(potential, batches)
  const theta = start.slice()
  let active = Uint8Array.from({ length: size }, (_, a) => (theta[a]! <= bounds[a]! ? 1 : 0))
  let iterations = 0
  for (let attempt = 0; attempt < maxActiveSets; attempt++) {
    for (let a = 0; a < size; a++) if (active[a] === 1) theta[a] = bounds[a]!
    iterations += conjugateGradients(problem, theta, active)
    const slope = problem.gradient(theta)
    const worth = lossTolerance * problem.value(theta, slope)
    const wanted = Uint8Array.from({ length: size }, (_, a) =>
      active[a] === 1 ? (releases(slope[a]!, problem.diagonal[a]!, worth) ? 0 : 1) : theta[a]! < bounds[a]! ? 1 : 0,
    )
    if (wanted.every((held, a) => held === active[a])) return { theta, iterations, converged: true }
    active = wanted
  }
  for (let a = 0; a < size; a++) theta[a] = Math.max(theta[a]!, bounds[a]!)
  return { theta, iterations, converged: false }
}

/** @throws E_INVALID_VALUE naming the first term that is not linear in its parameters */
function requireLinear({ terms }: Potential): void {
  const term = terms.find(({ linear }) => !linear)
  if (term === undefined) return
  throw invalidValue(
    `least squares needs a potential that is linear in its parameters, and its term "${term.name}" is not. Train it by a local rule.`,
  )
}

/** Whether letting go of a bound would by itself lower the loss by more than `worth`: ½ slope²/A_aa, when it pulls up. */
function releases(slope: number, diagonal: number, worth: number): boolean {
  return slope < 0 && (slope * slope) / (2 * diagonal) > worth
}

/** The quadratic ½θᵀAθ - bᵀθ + constant. */
interface Quadratic {
  /** A θ - b */
  gradient(theta: Float64Array): Float64Array
  /** A p */
  apply(p: Float64Array): Float64Array
  /** diagonal of A, [size] */
  readonly diagonal: Float64Array
  /** z ≈ A⁻¹ g */
  precondition(g: Float64Array): Float64Array
  /** value at θ given the gradient there */
  value(theta: Float64Array, gradient: Float64Array): number
}

function normalEquations(potential: Potential, batches: readonly NoisedBatch[]): Quadratic {
  const { size } = potential
  const part = new Float64Array(size)
  // The φ of linear terms are the same at any parameters.
  const anywhere = new Float64Array(size)
  const count = batches.reduce((sum, { batch }) => sum + batch, 0)
  /** -w⟨f·∇φ⟩, with f written by `fill` for each batch */
  const correlate = (fill: (batch: NoisedBatch, f: Float64Array) => void) => {
    const out = new Float64Array(size)
    for (const batch of batches) {
      const f = new Float64Array(batch.x.length)
      fill(batch, f)
      directional(potential, anywhere, batch.x, f, batch.batch, part)
      for (let a = 0; a < size; a++) out[a]! -= (batch.weight * part[a]!) / count
    }
    return out
  }
  const apply = (p: Float64Array) =>
    correlate((batch, f) => {
      forceAndEnergy(potential, p, batch.x, batch.batch, f, null)
      f.fill(0, batch.target.length)
    })
  const b = correlate((batch, f) => f.set(batch.target))
  const approximateInverse = leastSquaresPreconditioner(potential, batches)
  const diagonal = new Float64Array(size)
  eachTerm(potential, (term, own) => {
    for (const { x, batch } of batches) term.addSquaredGradient(own(anywhere), x, batch, own(diagonal))
  })
  let constant = 0
  for (const { weight, target } of batches)
    for (const force of target) constant += (weight * force * force) / (2 * count)
  const scale = count / (batches[0]?.weight ?? 1)
  return {
    apply,
    diagonal: diagonal.map((value) => value / scale),
    precondition: (g) => approximateInverse(g).map((value) => value * scale),
    gradient: (theta) => apply(theta).map((value, a) => value - b[a]!),
    value: (theta, gradient) =>
      constant + theta.reduce((sum, value, a) => sum + (value * (gradient[a]! - b[a]!)) / 2, 0),
  }
}

/** Minimises over the parameters that are not active, in place; returns iterations used. */
function conjugateGradients(problem: Quadratic, theta: Float64Array, active: Uint8Array): number {
  const gradient = problem.gradient(theta)
  let loss = problem.value(theta, gradient)
  const residual = gradient.map((value, a) => (active[a] === 1 ? 0 : -value))
  const precondition = () => problem.precondition(residual).map((value, a) => (active[a] === 1 ? 0 : value))
  let z = precondition()
  const direction = z.slice()
  let rz = dot(residual, z)
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    const image = problem.apply(direction)
    const curvature = dot(direction, image)
    if (!(rz > 0) || !(curvature > 0)) return iteration
    const step = rz / curvature
    for (let a = 0; a < theta.length; a++) {
      if (active[a] === 1) continue
      theta[a]! += step * direction[a]!
      residual[a]! -= step * image[a]!
    }
    // The quadratic falls by exactly ½·step·rz along a conjugate direction.
    const decrease = (step * rz) / 2
    loss -= decrease
    if (decrease < lossTolerance * Math.abs(loss)) return iteration
    z = precondition()
    const next = dot(residual, z)
    for (let a = 0; a < theta.length; a++) direction[a] = active[a] === 1 ? 0 : z[a]! + (next / rz) * direction[a]!
    rz = next
  }
  return maxIterations
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, n) => sum + value * b[n]!, 0)
}
