import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { invalidValue } from '../../errors.js'
import { forceAndEnergy, groupSlice, type Potential } from '../../physics/potential/potential.js'
import { type Noising, noiseWidth, signal } from '../../physics/protocol/noising.js'
import { harmonicLandscape } from '../../physics/truth/harmonic-steps.js'
import { type GaussianMixture, mixtureScore } from '../data/mixture.js'

/** The law of noised data at every time of the noising, q(x, t) ∝ e^(-U(x, t)/kT): what a trained network's protocol is. */
export interface NoisedLaw {
  /** numbers in a state */
  readonly units: number
  /** force kT ∇log q [units, batch] and energy U [batch] at noise time t (they overwrite); either may be null */
  evaluate(t: number, x: Float64Array, batch: number, force: Float64Array | null, energy: Float64Array | null): void
}

/** A mixture of Gaussians under the noising: U = -kT log q, with q normalised. */
export function noisedMixtureLaw(mixture: GaussianMixture, noising: Noising): NoisedLaw {
  const { kT } = noising.bath
  return {
    units: mixture.units,
    evaluate(t, x, batch, force, energy) {
      mixtureScore(mixture, signal(noising, t), noiseWidth(noising, t), x, batch, energy, force)
      if (force !== null) for (let n = 0; n < x.length; n++) force[n]! *= kT
      if (energy !== null) for (let b = 0; b < batch; b++) energy[b]! *= -kT
    },
  }
}

/** Largest stiffness whose square is a number. */
const mostStiffness = 1e150

/**
 * A harmonic network that ends at θ, in the protocol that generates its equilibrium states. These have the stiffness matrix K
 * and the mean K⁻¹f; noised, they are the states of the same network at
 *
 *     K_t = kT [m² kT K⁻¹ + s²]⁻¹,   f_t = m K_t K⁻¹ f
 *
 * which the eigenvectors of K diagonalise.
 *
 * @throws E_INVALID_VALUE when K is not positive, or the network lacks a term or a coupling that K_t needs
 * Cost of a time: O(units³).
 */
export function noisedNetworkLaw(
  potential: Potential,
  theta: Float64Array,
  noising: Noising,
  where: string,
): NoisedLaw {
  const { kT } = noising.bath
  const { units, edges } = potential.network
  const { K, f } = harmonicLandscape(potential, theta)
  // Beyond, squares overflow, and there are no eigenvalues.
  if (!K.to1DArray().every((value) => Math.abs(value) < mostStiffness))
    throw invalidValue(
      `a stiffness or a coupling is too large to compute with. Expected less than ${mostStiffness}.`,
      where,
    )
  const { realEigenvalues, eigenvectorMatrix: V } = new EigenvalueDecomposition(K, { assumeSymmetric: true })
  if (!realEigenvalues.every((eigenvalue) => eigenvalue > 0))
    throw invalidValue(
      'its stiffness matrix is not positive, so it has no equilibrium to generate. Give a larger stiffness.',
      where,
    )
  const pairs = (units * (units - 1)) / 2
  if (potential.groups.some(({ name }) => name === 'bilinear') && edges.count < pairs)
    throw invalidValue(
      'noise couples units that the network does not, so its noised states are not of the same network. Use couplings.visible.range: all.',
      'network.couplings.visible',
    )
  const along = V.transpose().mmul(f).to1DArray()

  const parametersAt = (t: number): Float64Array => {
    const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
    const stiffnesses = realEigenvalues.map((k) => kT / ((m * m * kT) / k + s * s))
    const Kt = V.mmul(Matrix.diag(stiffnesses)).mmul(V.transpose())
    const ft = V.mmul(Matrix.columnVector(along.map((g, a) => (m * stiffnesses[a]! * g) / realEigenvalues[a]!)))
    const at = new Float64Array(potential.size)
    for (const group of potential.groups) {
      const values = groupSlice(group, at)
      for (let a = 0; a < values.length; a++)
        values[a] =
          group.name === 'stiffness'
            ? Kt.get(a, a)
            : group.name === 'bias'
              ? ft.get(a, 0)
              : Kt.get(edges.a[a]!, edges.b[a]!)
    }
    return at
  }

  let [time, parameters] = [Number.NaN, theta]
  return {
    units,
    evaluate(t, x, batch, force, energy) {
      if (t !== time) [time, parameters] = [t, parametersAt(t)]
      forceAndEnergy(potential, parameters, x, batch, force, energy)
    },
  }
}
