import type { States } from '../../physics/network/states.js'
import { stiffness } from '../../physics/potential/onsite.js'
import { bilinear } from '../../physics/potential/pair.js'
import { type Potential, potentialOf, termSlice } from '../../physics/potential/potential.js'
import { type Arithmetic, float64 } from '../objectives/arithmetic.js'

/** How far a trained knot is from the equilibrium of its noised data. */
export interface VirialResidual {
  /** -⟨G_i x_i⟩/kT - 1, [units] */
  readonly onsite: Float64Array
  /** root mean square over edges of (⟨G_i x_j⟩ + ⟨G_j x_i⟩)/kT; 0 without edges */
  readonly pair: number
}

/**
 * Virial residuals: with G = kT ∇log p as the network knows it, equilibrium in p means -⟨G_i x_i⟩ = kT and
 * ⟨G_i x_j⟩ + ⟨G_j x_i⟩ = 0 (integration by parts). They vanish at the fixed point of score matching, whatever p is.
 *
 * @param arithmetic - who computes with a potential
 * @returns what measures them: at the parameters of a knot, on data noised to its time; `drive`: trap and scale of
 *   F = trap·x + scale·∇log p. Cost: O(units²·data).
 */
export function virialResiduals(potential: Potential, arithmetic: (potential: Potential) => Arithmetic = float64) {
  const { network } = potential
  const { visible, edges } = network
  // The sums are what the parameters of a quadratic form measure along G: Σ G_i x_i, and Σ G_i x_j + G_j x_i for each edge.
  const quadratic = potentialOf(network, [stiffness, ...(edges.count === 0 ? [] : [bilinear])])
  const [forces, sums] = [arithmetic(potential), arithmetic(quadratic)]
  const still = new Float64Array(quadratic.size)
  const measured = new Float64Array(quadratic.size)
  return (
    theta: Float64Array,
    { x, batch }: States,
    drive: { readonly trap: number; readonly scale: number },
  ): VirialResidual => {
    const score = new Float64Array(x.length)
    forces.forceAndEnergy(theta, x, batch, score, null)
    for (let n = 0; n < score.length; n++) score[n] = (score[n]! - drive.trap * x[n]!) / drive.scale
    sums.directional(still, x, score, batch, measured)
    const pairs = edges.count === 0 ? [] : termSlice(quadratic, 1, measured)
    let squares = 0
    for (const sum of pairs) squares += (sum / batch) ** 2
    return {
      onsite: Float64Array.from({ length: visible }, (_, i) => -measured[i]! / batch - 1),
      pair: edges.count === 0 ? 0 : Math.sqrt(squares / edges.count),
    }
  }
}
