import { determinant, Matrix } from 'ml-matrix'
import { type GaussianLaw, squareMatrix } from '../observe/moments.js'
import { unlikeBoltzmann } from '../potential/equilibrium.js'
import { isHarmonic } from '../potential/given-hidden.js'
import type { Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import { harmonicLandscape } from './harmonic-steps.js'
import { hiddenMixture } from './hidden-mixture.js'

/**
 * The equilibrium law of a harmonic potential U = xᵀKx/2 - f·x, N(K⁻¹f, kT K⁻¹). The covariance is symmetric but for rounding,
 * as the solution of a linear system is; at kT = 1 it is the compliance K⁻¹.
 *
 * @returns null where the potential is not harmonic or K not positive, and where nothing settles to it (see unlikeBoltzmann)
 *
 * Cost: O(units³).
 */
export function harmonicEquilibrium(
  potential: Potential,
  theta: Float64Array,
  { kT }: Pick<Bath, 'kT'>,
): GaussianLaw | null {
  const settles = isHarmonic(potential) && unlikeBoltzmann(potential) === null
  const law = settles ? hiddenMixture(potential, theta, { kT }) : null
  if (law === null) return null
  const covariance = law.factor.solve(Matrix.eye(potential.network.units)).mul(kT)
  return { mean: Float64Array.from(law.mean.to1DArray()), covariance: Float64Array.from(covariance.to1DArray()) }
}

/** The law of m x + s z, x of a Gaussian law and z ~ N(0, 1): N(m·mean, m²Σ + s²). */
export function noisedGaussian({ mean, covariance }: GaussianLaw, m: number, s: number): GaussianLaw {
  const units = mean.length
  return {
    mean: mean.map((value) => m * value),
    covariance: covariance.map((value, n) => m * m * value + (n % (units + 1) === 0 ? s * s : 0)),
  }
}

/**
 * KL(p‖q) of a Gaussian p from the equilibrium q of a harmonic potential, in nats:
 *
 *     ½[tr(KP)/kT - units - log det(KP/kT) + (m_p - m_q)ᵀK(m_p - m_q)/kT],   P the covariance of p
 *
 * @returns Infinity where K is not positive, so that there is no equilibrium; NaN where the potential is not harmonic
 */
export function harmonicDivergence(p: GaussianLaw, potential: Potential, theta: Float64Array, bath: Bath): number {
  if (!isHarmonic(potential)) return Number.NaN
  const q = harmonicEquilibrium(potential, theta, bath)
  if (q === null) return Number.POSITIVE_INFINITY
  const { units } = potential.network
  const { K } = harmonicLandscape(potential, theta)
  const ratio = K.mmul(squareMatrix(p.covariance, units)).mul(1 / bath.kT)
  const shift = Matrix.columnVector(p.mean.map((value, i) => value - q.mean[i]!))
  const distance = shift.transpose().mmul(K).mmul(shift).get(0, 0) / bath.kT
  return (ratio.trace() - units - Math.log(determinant(ratio)) + distance) / 2
}
