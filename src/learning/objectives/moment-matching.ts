import { arrays, type States } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'

/** What is asked of a law q: writes ∇log q(y) to `slope`, [units], and ∇²log q(y) to `curvature`, [units, units] row-major, at y [units]. */
export type LogDerivatives = (y: Float64Array, slope: Float64Array, curvature: Float64Array) => void

/** What can be kept of the covariance of x given y: all, its diagonal, or a multiple of the identity of the same trace. */
export const covariances = ['full', 'diagonal', 'isotropic'] as const

/** One of them. */
export type Covariance = (typeof covariances)[number]

/**
 * One sweep of a Gibbs chain between data x and noised states y, in place:
 *
 *     y ~ N(x, σ²),   x ~ N(m(y), C(y)),   m = y + σ²∇log q(y),   C = σ² + σ⁴∇²log q(y)
 *
 * m and C are the exact mean and covariance of x given y where q is the law of y; the Gaussian with these moments stands for
 * p(x|y), so chains are off where that is not one: at large σ. An eigenvalue of C below 0, which only a q that is no noised
 * law has, counts as 0. Given the energy U of y, ∇log q = F/kT and ∇²log q = -∇∇U/kT.
 *
 * @param noise - standard normals of both steps; methods that are compared share them
 * Cost: a slope, a curvature and a root of C for each chain.
 * Source: Zhang, Hawkins-Hooker, Paige & Barber, arXiv:2305.11650.
 */
export function gibbsSweep(
  derivatives: LogDerivatives,
  sigma: number,
  kept: Covariance,
  { x, batch }: States,
  { first, second }: SweepNoise,
): void {
  const units = x.length / batch
  const variance = sigma * sigma
  const [y, slope] = arrays(2, units)
  const C = new Float64Array(units * units)
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < units; i++) y[i] = x[i * batch + b]! + sigma * first[i * batch + b]!
    derivatives(y, slope, C)
    for (let n = 0; n < C.length; n++) C[n]! *= variance * variance
    for (let n = 0; n < C.length; n += units + 1) C[n]! += variance
    cutDown(C, units, kept)
    root(C, units)
    for (let i = 0; i < units; i++) {
      let value = y[i]! + variance * slope[i]!
      for (let j = 0; j <= i; j++) value += C[i * units + j]! * second[j * batch + b]!
      x[i * batch + b] = value
    }
  }
}

/** Standard normals of one sweep, [units, batch] each: for y, and for x given y. */
export interface SweepNoise {
  readonly first: Float64Array
  readonly second: Float64Array
}

/** The noise of sweep number `sweep` (it overwrites). */
export function drawSweepNoise({ first, second }: SweepNoise, units: number, seed: number, sweep: number): void {
  const batch = first.length / units
  fillNormals(seed, stream.dynamics, 2 * sweep, units, 0, batch, first)
  fillNormals(seed, stream.dynamics, 2 * sweep + 1, units, 0, batch, second)
}

function cutDown(C: Float64Array, units: number, kept: Covariance): void {
  if (kept === 'full') return
  let trace = 0
  for (let n = 0; n < C.length; n += units + 1) trace += C[n]!
  for (let n = 0; n < C.length; n++)
    if (n % (units + 1) !== 0) C[n] = 0
    else if (kept === 'isotropic') C[n] = trace / units
}

/** The lower triangular root L of C = LLᵀ, in place; a direction whose variance is not above 0 gets none. */
function root(C: Float64Array, units: number): void {
  for (let j = 0; j < units; j++) {
    let pivot = C[j * units + j]!
    for (let k = 0; k < j; k++) pivot -= C[j * units + k]! * C[j * units + k]!
    const length = Math.sqrt(Math.max(pivot, 0))
    C[j * units + j] = length
    for (let i = j + 1; i < units; i++) {
      let value = C[i * units + j]!
      for (let k = 0; k < j; k++) value -= C[i * units + k]! * C[j * units + k]!
      C[i * units + j] = length > 0 ? value / length : 0
    }
  }
}
