import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { logSumExp } from '../observe/log-weights.js'
import { squareMatrix } from '../observe/moments.js'
import { type GivenHidden, givenHidden, isHarmonic, isHarmonicGivenHidden } from '../potential/given-hidden.js'
import type { Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'

/** Hidden units whose 2ⁿ states are enumerated. */
export const mostEnumerated = 12

/**
 * The equilibrium of a potential that is harmonic once its two-state hidden units are given: a mixture of one Gaussian for each
 * of their states s ∈ {±1}^hidden, all of the covariance kT K⁻¹,
 *
 *     p(x) = Σ_s p_s N(x; m_s, kT K⁻¹),   m_s = m + Ms,   m = K⁻¹f,   M = K⁻¹V
 *     p_s ∝ e^((g·s + sᵀCs/2)/kT),   g = b + Vᵀm,   C = VᵀM
 *
 * Without hidden units it is one Gaussian. The free energy of a hidden unit, A = -kT log 2cosh(u/kT), counts its two states
 * plainly, so that Z = Σ_s ∫ e^(-U(x, s)/kT) dx.
 */
export interface HiddenMixture {
  /** log Z = (units/2) log 2πkT - ½ log det K + fᵀK⁻¹f/2kT - U_0/kT + log Σ_s e^((g·s + sᵀCs/2)/kT) */
  readonly logPartition: number
  /** p_s, [2^hidden]; unit h of state number n is up where bit h of n is set */
  readonly probability: Float64Array
  /** m, [units, 1] */
  readonly mean: Matrix
  /** M, [units, hidden] */
  readonly response: Matrix
  /** Cholesky factor of K */
  readonly factor: CholeskyDecomposition
}

/** Whether the equilibrium of a potential is such a mixture, of states few enough to enumerate. */
export function isEnumerable(potential: Potential): boolean {
  const isFew = isHarmonic(potential) || potential.network.hidden <= mostEnumerated
  return isHarmonicGivenHidden(potential) && isFew
}

/**
 * The mixture of an enumerable potential (see isEnumerable).
 *
 * @returns null where K is not positive, so that there is no equilibrium
 *
 * Cost: O(units³ + units²·hidden + 2^hidden·hidden²).
 */
export function hiddenMixture(
  potential: Potential,
  theta: Float64Array,
  { kT }: Pick<Bath, 'kT'>,
): HiddenMixture | null {
  const { units } = potential.network
  const given = givenHidden(potential, theta)
  const factor = new CholeskyDecomposition(squareMatrix(given.stiffness, units))
  if (!factor.isPositiveDefinite()) return null
  const force = Matrix.columnVector(given.force)
  const mean = factor.solve(force)
  const coupling = couplingMatrix(potential, given)
  const response = given.bias.length === 0 ? coupling : factor.solve(coupling)
  let logDeterminant = 0
  for (let i = 0; i < units; i++) logDeterminant += 2 * Math.log(factor.lowerTriangularMatrix.get(i, i))
  const pull = force.transpose().mmul(mean).get(0, 0) / (2 * kT)
  const visible = (units / 2) * Math.log(2 * Math.PI * kT) - logDeterminant / 2 + pull - given.energy / kT
  const { logSum, probability } = enumerated(given.bias, coupling, mean, response, kT)
  return { logPartition: visible + logSum, probability, mean, response, factor }
}

/** V, [units, hidden]. */
function couplingMatrix({ network }: Potential, { coupling, bias }: GivenHidden): Matrix {
  const { units, hiddenEdges } = network
  const matrix = new Matrix(units, bias.length)
  coupling.forEach((weight, e) => {
    matrix.set(hiddenEdges.visible[e]!, hiddenEdges.hidden[e]!, weight)
  })
  return matrix
}

/** p_s and log Σ_s e^((g·s + sᵀCs/2)/kT), from the largest term on. */
function enumerated(bias: Float64Array, coupling: Matrix, mean: Matrix, response: Matrix, kT: number) {
  const hidden = bias.length
  if (hidden === 0) return { logSum: 0, probability: Float64Array.of(1) }
  const field = coupling.transpose().mmul(mean).to1DArray()
  const mutual = coupling.transpose().mmul(response)
  const logWeights = Float64Array.from({ length: 2 ** hidden }, (_, number) => {
    let sum = 0
    for (let h = 0; h < hidden; h++) {
      let along = 0
      for (let k = 0; k < hidden; k++) along += mutual.get(h, k) * stateOf(number, k)
      sum += stateOf(number, h) * (bias[h]! + field[h]! + along / 2)
    }
    return sum / kT
  })
  const logSum = logSumExp(logWeights)
  return { logSum, probability: logWeights.map((weight) => Math.exp(weight - logSum)) }
}

/** s_h in state number n. */
function stateOf(number: number, h: number): number {
  return (number >> h) & 1 ? 1 : -1
}

/** m_s of state number n, [units]. */
export function meanOfState({ mean, response }: HiddenMixture, number: number): Float64Array {
  return Float64Array.from({ length: mean.rows }, (_, i) => {
    let sum = mean.get(i, 0)
    for (let h = 0; h < response.columns; h++) sum += response.get(i, h) * stateOf(number, h)
    return sum
  })
}

/** ⟨|x|²⟩ = kT tr K⁻¹ + Σ_s p_s |m_s|². Cost: O(units³ + 2^hidden·units·hidden). */
export function squareOfMixture(mixture: HiddenMixture, { kT }: Bath): number {
  const { factor, mean, probability } = mixture
  const spread = kT * factor.solve(Matrix.eye(mean.rows)).trace()
  return probability.reduce(
    (sum, p, number) => sum + p * meanOfState(mixture, number).reduce((square, x) => square + x * x, 0),
    spread,
  )
}
