import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { invalidValue } from '../../errors.js'
import { squareMatrix } from '../observe/moments.js'

/** A bath whose mobility may differ from unit to unit, [units]; `Bath` is one. */
export interface BathOfUnits {
  /** k_B T, in the unit of the energy */
  readonly kT: number
  /** μ of all units, or of each, [units] */
  readonly mobility: number | Float64Array
}

/**
 * Stationary covariance of a harmonic network U = xᵀKx/2, of the continuum or of Euler–Maruyama with step h, exactly:
 *
 *     S = kT K⁻¹,   S_h = kT (K - hKMK/2)⁻¹,   M = diag(μ)
 *
 * S does not depend on the mobilities; S_h does. (S_h solves S = A S Aᵀ + 2kThM with A = 1 - hMK.)
 *
 * @param K stiffness matrix, symmetric [units, units] row-major
 * @param dt h ≥ 0; 0 for the continuum
 * @returns [units, units] row-major
 * @throws OverdampedError E_INVALID_VALUE when there is no stationary state: K is not positive, or h is beyond stability
 *
 * Cost: one symmetric eigendecomposition, O(units³).
 */
export function stationaryCovariance(K: Float64Array, bath: BathOfUnits, dt = 0): Float64Array {
  return atRest(K, bath, dt, () => 1)
}

/** The stationary covariance with a factor for each relaxation rate. */
function atRest(K: Float64Array, bath: BathOfUnits, dt: number, factor: (rate: number) => number): Float64Array {
  const { eigenvalues, vectors, root } = relaxationModes(K, bath)
  if (eigenvalues.some((rate) => !(rate > 0 && rate * dt < 2))) {
    const fastest = Math.max(...eigenvalues)
    const text = `relaxation rates from ${Math.min(...eigenvalues)} to ${fastest}`
    const mend = dt > 0 ? ` and dt ${dt}; expected rates above 0 and dt < ${2 / fastest}.` : '; expected rates above 0.'
    throw invalidValue(text + mend, 'stationary covariance')
  }
  return fromModes(vectors, root, (p, q) =>
    p === q ? ((bath.kT / eigenvalues[p]!) * factor(eigenvalues[p]!)) / (1 - (dt * eigenvalues[p]!) / 2) : 0,
  )
}

/**
 * Covariance of a harmonic network at rest with itself so many Euler–Maruyama steps later: C = (1 - hMK)^lag S_h, S_h as above.
 *
 * @returns ⟨x_i(t + lag) x_j(t)⟩, [units, units] row-major
 * @throws OverdampedError E_INVALID_VALUE as stationaryCovariance does
 *
 * Cost: O(units³).
 */
export function laggedCovariance(K: Float64Array, bath: BathOfUnits, dt: number, lag: number): Float64Array {
  return atRest(K, bath, dt, (rate) => (1 - dt * rate) ** lag)
}

/**
 * Covariance of a harmonic network after a time t, from any start: the solution of
 *
 *     dS/dt = -MKS - SKM + 2kTM   (μ(-KS - SK + 2kT) for equal mobilities)
 *
 * In y = M^-½ x the drift is the symmetric B = M^½ K M^½, and in its eigenbasis each element relaxes by itself:
 * S_pq(t) = e^(-(b_p+b_q)t) S_pq(0) + δ_pq kT (1 - e^(-2b_p t))/b_p.
 *
 * @param K symmetric [units, units] row-major, of any sign
 * @param start S(0), symmetric [units, units] row-major
 * @param t elapsed time ≥ 0
 * @returns [units, units] row-major
 *
 * Cost: O(units³).
 */
export function transientCovariance(K: Float64Array, bath: BathOfUnits, start: Float64Array, t: number): Float64Array {
  const { eigenvalues, vectors, root } = relaxationModes(K, bath)
  const n = root.length
  const scaled = start.map((s, index) => s / root[Math.floor(index / n)]! / root[index % n]!)
  const initial = vectors.transpose().mmul(squareMatrix(scaled, n)).mmul(vectors)
  return fromModes(vectors, root, (p, q) => {
    const rate = eigenvalues[p]! + eigenvalues[q]!
    const added = rate === 0 ? 2 * bath.kT * t : (-2 * bath.kT * Math.expm1(-rate * t)) / rate
    return initial.get(p, q) * Math.exp(-rate * t) + (p === q ? added : 0)
  })
}

/** Eigenvalues and eigenvectors of B = M^½ K M^½, and the diagonal of M^½. */
function relaxationModes(K: Float64Array, { mobility }: BathOfUnits) {
  const n = Math.sqrt(K.length)
  const root = Float64Array.from({ length: n }, (_, i) =>
    Math.sqrt(typeof mobility === 'number' ? mobility : mobility[i]!),
  )
  const B = K.map((stiffness, index) => root[Math.floor(index / n)]! * stiffness * root[index % n]!)
  const modes = new EigenvalueDecomposition(squareMatrix(B, n), { assumeSymmetric: true })
  return { eigenvalues: modes.realEigenvalues, vectors: modes.eigenvectorMatrix, root }
}

/** M^½ V C Vᵀ M^½ for a matrix C given by its elements. */
function fromModes(V: Matrix, root: Float64Array, element: (p: number, q: number) => number): Float64Array {
  const n = root.length
  const C = new Matrix(n, n)
  for (let p = 0; p < n; p++) for (let q = 0; q < n; q++) C.set(p, q, element(p, q))
  const S = V.mmul(C).mmul(V.transpose())
  return Float64Array.from({ length: n * n }, (_, index) => {
    const [i, j] = [Math.floor(index / n), index % n]
    return root[i]! * root[j]! * S.get(i, j)
  })
}
