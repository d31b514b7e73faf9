import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { halves, type PointSet } from '../network/states.js'
import { type Estimate, meanOf } from './estimate.js'
import { covarianceRoot, type GaussianLaw, gaussianFit, squareMatrix } from './moments.js'

/**
 * Squared Wasserstein distance of two Gaussians,
 *
 *     W2² = |m_a - m_b|² + tr(Σ_a + Σ_b - 2(Σ_b^½ Σ_a Σ_b^½)^½);
 *
 * for any two laws with these moments a lower bound of theirs. Covariances may be singular.
 *
 * Cost: O(units³).
 * Source: Dowson and Landau, J. Multivar. Anal. 12, 450 (1982); the bound: Gelbrich, Math. Nachr. 147, 185 (1990).
 */
export function gaussianWasserstein(a: GaussianLaw, b: GaussianLaw): number {
  const units = a.mean.length
  const root = covarianceRoot(b.covariance, units)
  const A = squareMatrix(a.covariance, units)
  const between = a.mean.reduce((sum, m, i) => sum + (m - b.mean[i]!) ** 2, 0)
  return gaussianDistance(
    between,
    A.trace(),
    squareMatrix(b.covariance, units).trace(),
    root.transpose().mmul(A).mmul(root),
  )
}

/**
 * The same from its parts: |m_a - m_b|², the two traces, and RᵀΣ_aR with Σ_b = RRᵀ, whose eigenvalues other than 0 are those
 * of Σ_aΣ_b.
 */
export function gaussianDistance(between: number, traceA: number, traceB: number, product: Matrix): number {
  let cross = 0
  if (product.rows > 0) {
    const { realEigenvalues } = new EigenvalueDecomposition(product, { assumeSymmetric: true })
    // Eigenvalues are ≥ 0 but for rounding.
    for (const eigenvalue of realEigenvalues) cross += Math.sqrt(Math.max(0, eigenvalue))
  }
  return Math.max(0, between + traceA + traceB - 2 * cross)
}

/** A squared distance of two laws, estimated from states drawn from each. */
export interface SampledDistance extends Estimate {
  /** by about how much the finite number of states raises the value; subtract it for a fair comparison */
  readonly bias: number
}

/**
 * W2² of the Gaussian fits of two sets of states, a lower bound of W2² between their laws but for the bias.
 *
 * The error is the spread of the Kantorovich potentials, φ(x_n) + ψ(y_n) with ∇φ = 2(x - T(x)), T the optimal map. It
 * vanishes, and the bias is all there is, where the laws are equal.
 *
 * @param initial, final as many states each, at least 4; row n of both is the same trajectory, or all are independent
 *
 * Cost: O(units³ + count·units²).
 */
export function sampledGaussianWasserstein(initial: PointSet, final: PointSet): SampledDistance {
  const [a, b] = [gaussianFit(initial), gaussianFit(final)]
  const toFinal = optimalMap(a, b)
  const toInitial = optimalMap(b, a)
  const shift = a.mean.map((m, i) => m - b.mean[i]!)
  const potentials = potential(initial, a.mean, toFinal, shift, 2)
  potential(final, b.mean, toInitial, shift, -2).forEach((value, n) => {
    potentials[n]! += value
  })
  const distance = (x: PointSet, y: PointSet) => gaussianWasserstein(gaussianFit(x), gaussianFit(y))
  const value = gaussianWasserstein(a, b)
  return {
    value,
    standardError: meanOf(potentials).standardError,
    bias: halfSampleBias(initial, final, value, distance),
  }
}

/**
 * How much a finite sample raises a distance whose bias falls as 1/count: the mean distance of its two halves (rows of even
 * and of odd number) less that of all, `ofAll`. 0 where that is negative.
 */
export function halfSampleBias(
  initial: PointSet,
  final: PointSet,
  ofAll: number,
  distance: (initial: PointSet, final: PointSet) => number,
): number {
  const [evenInitial, oddInitial] = halves(initial)
  const [evenFinal, oddFinal] = halves(final)
  const ofHalves = (distance(evenInitial, evenFinal) + distance(oddInitial, oddFinal)) / 2
  return Math.max(0, ofHalves - ofAll)
}

/** A = R (RᵀΣ_aR)^-½ Rᵀ with Σ_b = RRᵀ: x → m_b + A(x - m_a) takes the one Gaussian to the other. */
function optimalMap(a: GaussianLaw, b: GaussianLaw): Matrix {
  const units = a.mean.length
  const R = covarianceRoot(b.covariance, units)
  if (R.columns === 0) return Matrix.zeros(units, units)
  const product = R.transpose().mmul(squareMatrix(a.covariance, units)).mmul(R)
  const { realEigenvalues, eigenvectorMatrix: V } = new EigenvalueDecomposition(product, { assumeSymmetric: true })
  const limit = units * Number.EPSILON * Math.max(0, ...realEigenvalues)
  const inverseRoots = realEigenvalues.map((value) => (value > limit ? 1 / Math.sqrt(value) : 0))
  const RV = R.mmul(V)
  return RV.mmul(Matrix.diag(inverseRoots)).mmul(RV.transpose())
}

/** uᵀ(1 - A)u + scale·u·shift with u = x - mean, for every state, [count]. */
function potential(
  { points, count, units }: PointSet,
  mean: Float64Array,
  A: Matrix,
  shift: Float64Array,
  scale: number,
): Float64Array {
  const u = new Float64Array(units)
  return Float64Array.from({ length: count }, (_, n) => {
    for (let i = 0; i < units; i++) u[i] = points[n * units + i]! - mean[i]!
    let sum = 0
    for (let i = 0; i < units; i++) {
      let mapped = 0
      for (let j = 0; j < units; j++) mapped += A.get(i, j) * u[j]!
      sum += u[i]! * (u[i]! - mapped + scale * shift[i]!)
    }
    return sum
  })
}
