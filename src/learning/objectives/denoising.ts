import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { type States, sliceStates } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { denseCorrelation } from '../../physics/potential/dense.js'
import { type Potential, termSlice } from '../../physics/potential/potential.js'
import { featureRows } from './feature-rows.js'
import type { LogDerivatives } from './moment-matching.js'

/** Added to the diagonal of the normal equations, as a share of its mean: keeps θ finite where no state tells features apart. */
const ridge = 1e-6
/** States noised at a time, whose features are held in memory. */
const atOnce = 1000

/** Rows of a symmetric product computed together. */
const block = 16

/** What an energy of noised data is learned from. */
export interface DenoisingOptions {
  /** linear in its parameters */
  readonly potential: Potential
  readonly kT: number
  /** clean states x, [units, batch] */
  readonly data: States
  /** σ of the noise */
  readonly sigma: number
  /** how often each datum is noised */
  readonly draws: number
  readonly seed: number
}

/**
 * The energy of noised data y = x + σε by denoising score matching: the θ at the minimum of
 *
 *     ½⟨σ²|F(y; θ)/kT + ε/σ|²⟩
 *
 * where F/kT is the score of y as near as the features allow. With U = U_0 + Σ_a θ_a φ_a it is least squares, A θ = b with
 *
 *     A_ab = ⟨∇φ_a·∇φ_b⟩,   b_a = ⟨∇φ_a·(F_0 + kT ε/σ)⟩
 *
 * solved with a ridge of 1e-6 of the mean of A's diagonal. Lower bounds of parameters are not imposed. The loss is local: its
 * gradient -⟨(σ²/kT)(F/kT + ε/σ)·∇φ_a⟩ is measured where θ_a is; this direct solve stands for following it to the end.
 *
 * @returns θ, [size]
 *
 * Cost: units·batch·draws·size² multiply-adds and a factor of A, size³/6.
 * Source: Vincent, Neural Comput. 23, 1661 (2011).
 */
export function denoisingParameters({ potential, kT, data, sigma, draws, seed }: DenoisingOptions): Float64Array {
  const { size } = potential
  const { units } = potential.network
  const width = size + 1
  const moments = new Float64Array(width * width)
  const epsilon = new Float64Array(data.x.length)
  for (let draw = 0; draw < draws; draw++) {
    fillNormals(seed, stream.noisedStates, draw, units, 0, data.batch, epsilon)
    for (let first = 0; first < data.batch; first += atOnce) {
      const batch = Math.min(atOnce, data.batch - first)
      const { x: noise } = sliceStates({ x: epsilon, batch: data.batch }, first, batch)
      const y = sliceStates(data, first, batch).x.map((x, n) => x + sigma * noise[n]!)
      const { slopes, fixedForce } = featureRows(potential, { x: y, batch })
      /** ∂φ_a/∂y_i of every unit and state, and below them the target F_0 + kT ε/σ: [size + 1, units·batch] */
      const rows = new Float64Array(width * y.length)
      for (let n = 0; n < y.length; n++) {
        for (let a = 0; a < size; a++) rows[a * y.length + n] = slopes[n * size + a]!
        rows[size * y.length + n] = fixedForce[n]! + (kT * noise[n]!) / sigma
      }
      addLowerTriangle(rows, width, y.length, moments)
    }
  }
  const all = new Matrix(width, width)
  for (let a = 0; a < width; a++)
    for (let c = 0; c <= a; c++) {
      all.set(a, c, moments[a * width + c]!)
      all.set(c, a, moments[a * width + c]!)
    }
  const A = all.subMatrix(0, size - 1, 0, size - 1)
  const b = all.subMatrix(0, size - 1, size, size)
  A.add(Matrix.eye(size).mul((ridge * A.trace()) / size))
  return Float64Array.from(new CholeskyDecomposition(A).solve(b).to1DArray())
}

/** moments_ac += Σ_n rows_an rows_cn for c ≤ a, a block of rows at a time; rows [width, count], moments [width, width]. */
function addLowerTriangle(rows: Float64Array, width: number, count: number, moments: Float64Array): void {
  const part = new Float64Array(block * width)
  for (let top = 0; top < width; top += block) {
    const end = Math.min(width, top + block)
    denseCorrelation(rows.subarray(top * count, end * count), end - top, rows, end, count, part)
    for (let a = top; a < end; a++) for (let c = 0; c <= a; c++) moments[a * width + c]! += part[(a - top) * end + c]!
  }
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
