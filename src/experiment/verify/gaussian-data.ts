import { Matrix, solve } from 'ml-matrix'
import type { Learner } from '../../backend/backend.js'
import type { PointSet } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import { stiffness } from '../../physics/potential/onsite.js'
import { bilinear } from '../../physics/potential/pair.js'
import { potentialOf } from '../../physics/potential/potential.js'
import { type Noising, noiseWidth, signal } from '../../physics/protocol/noising.js'
import { unitsWith } from './claim.js'

/** Noising of the data, in a bath whose constants all differ from 1. */
export const noising: Noising = { stiffness: 1.5, bath: { kT: 0.8, mobility: 1.2 }, knots: [2, 0.02] }

/** Two coupled units, all that two-dimensional Gaussian data need: parameters k₀, k₁, J. */
export const harmonicPair = potentialOf(unitsWith(2, [[0, 1]]), [stiffness, bilinear])

/** Correlated pairs, x₀ = .6 z₀ and x₁ = .3 z₀ + .35 z₁. */
export function gaussianData(seed: number, count: number): PointSet {
  const z = new Float64Array(2 * count)
  fillNormals(seed, stream.data, 0, 2, 0, count, z)
  const points = new Float64Array(2 * count)
  for (let n = 0; n < count; n++) {
    points[2 * n] = 0.6 * z[n]!
    points[2 * n + 1] = 0.3 * z[n]! + 0.35 * z[count + n]!
  }
  return { points, count, units: 2 }
}

/** Second moments about zero of the data noised to time t, m²⟨x₀x₀ᵀ⟩ + s²: all that a potential without bias sees. */
export function noisedSecondMoments({ points, count }: PointSet, t: number): Matrix {
  const table = Matrix.from1DArray(count, 2, points)
  const m = signal(noising, t)
  const s = noiseWidth(noising, t)
  return table
    .transpose()
    .mmul(table)
    .mul((m * m) / count)
    .add(Matrix.eye(2).mul(s * s))
}

/** Where a fit begins, some way from anything it should find: k₀, k₁, J. */
const wrongStart = Float64Array.of(1, 1, 0.5)
const batch = 512

/**
 * The parameters k₀, k₁, J that a rule's gradients lead to: one Newton step from a wrong start on each minibatch, with the exact
 * curvature, is unbiased where the loss is quadratic, and minibatches are independent.
 *
 * @param gradient - of the loss with weight s², as Learner.gradient writes it
 * @param S - second moments of the noised data
 */
export async function fittedPair(
  gradient: Learner['gradient'],
  S: Matrix,
  t: number,
  minibatches: number,
): Promise<readonly [Estimate, Estimate, Estimate]> {
  const [a, b, c] = [S.get(0, 0), S.get(1, 1), S.get(0, 1)]
  const curvature = new Matrix([
    [a, 0, c],
    [0, b, c],
    [c, c, a + b],
  ]).mul(noiseWidth(noising, t) ** 2)
  const fits = [0, 1, 2].map(() => new Float64Array(minibatches))
  const measured = new Float64Array(3)
  for (let step = 0; step < minibatches; step++) {
    await gradient(wrongStart, t, batch, step, measured)
    const move = solve(curvature, Matrix.columnVector(measured))
    fits.forEach((fit, parameter) => {
      fit[step] = wrongStart[parameter]! - move.get(parameter, 0)
    })
  }
  const [k0, k1, J] = fits.map(meanOf)
  return [k0!, k1!, J!]
}
