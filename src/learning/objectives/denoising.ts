import type { States } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { type Potential, termSlice } from '../../physics/potential/potential.js'
import { forceLeastSquares, type LeastSquaresOptions } from './least-squares.js'
import type { LogDerivatives } from './moment-matching.js'

/** What an energy of noised data is learned from. */
export interface DenoisingOptions extends LeastSquaresOptions {
  /** linear in its parameters */
  readonly potential: Potential
  /** temperature of the network */
  readonly kT: number
  /** clean states x, [units, batch] */
  readonly data: States
  /** σ of the noise */
  readonly sigma: number
  /** how often each datum is noised */
  readonly draws: number
  /** number of the first noise, so that others may follow with noises of their own; 0 when absent */
  readonly first?: number | undefined
  /** of the noise */
  readonly seed: number
}

/**
 * The energy of noised data y = x + σε by denoising score matching: the θ at the minimum of
 *
 *     ½⟨σ²|F(y; θ)/kT + ε/σ|²⟩
 *
 * where F/kT is the score of y as near as the features allow. With U = U_0 + Σ_a θ_a φ_a it is least squares of the force against
 * -kT ε/σ (see forceLeastSquares), over the units that are noised. The loss is local: its
 * gradient -⟨(σ²/kT)(F/kT + ε/σ)·∇φ_a⟩ is measured where θ_a is; this direct solve stands for following it to the end.
 *
 * @returns θ, [size]
 * Source: Vincent, Neural Comput. 23, 1661 (2011).
 */
export function denoisingParameters(options: DenoisingOptions): Float64Array {
  const { potential, kT, data, sigma, draws, first = 0, seed, ...given } = options
  const squares = forceLeastSquares(potential, given)
  for (let draw = first; draw < first + draws; draw++) {
    const { y, epsilon } = noisedBy(data, sigma, seed, draw, given.units)
    squares.add(
      { x: y, batch: data.batch },
      epsilon.map((value) => (-kT * value) / sigma),
    )
  }
  return squares.solve()
}

/** Data with noise number `draw`, y = x + σε, and that noise, [units, batch]; units that are not among `noised` have none. */
export function noisedBy(
  { x, batch }: States,
  sigma: number,
  seed: number,
  draw: number,
  noised?: readonly number[],
): { y: Float64Array; epsilon: Float64Array } {
  const units = x.length / batch
  const epsilon = new Float64Array(x.length)
  fillNormals(seed, stream.noisedStates, draw, units, 0, batch, epsilon)
  if (noised !== undefined)
    for (let i = 0; i < units; i++) if (!noised.includes(i)) epsilon.fill(0, i * batch, (i + 1) * batch)
  return { y: x.map((value, n) => value + sigma * epsilon[n]!), epsilon }
}

/** Those of the law whose energy is U at θ: ∇log q = F/kT, ∇²log q = -∇∇U/kT. */
export function boltzmannDerivatives(potential: Potential, theta: Float64Array, kT: number): LogDerivatives {
  const parts = potential.terms.map((term, index) => ({ term, own: termSlice(potential, index, theta) }))
  return (y, slope, curvature) => {
    slope.fill(0)
    curvature.fill(0)
    for (let t = 0; t < parts.length; t++) {
      const { term, own } = parts[t]!
      term.addForceAndEnergy(own, y, 1, slope, null)
      term.addHessian(own, y, curvature)
    }
    for (let i = 0; i < slope.length; i++) slope[i]! /= kT
    for (let n = 0; n < curvature.length; n++) curvature[n]! /= -kT
  }
}
