import type { States } from '../network/states.js'
import { denseCorrelation } from '../potential/dense.js'
import { forceAndEnergy, type Potential } from '../potential/potential.js'

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
 * @param theta - parameters of the knot
 * @param states - data noised to the knot's time
 * @param drive - trap and scale of the drive: F = trap·x + scale·∇log p
 *
 * Cost: O(units²·data).
 */
export function virialResidual(
  potential: Potential,
  theta: Float64Array,
  { x, batch }: States,
  drive: { readonly trap: number; readonly scale: number },
): VirialResidual {
  const { visible, units, edges } = potential.network
  const score = new Float64Array(x.length)
  forceAndEnergy(potential, theta, x, batch, score, null)
  for (let n = 0; n < score.length; n++) score[n] = (score[n]! - drive.trap * x[n]!) / drive.scale
  const products = new Float64Array(units * units)
  denseCorrelation(score, units, x, units, batch, products)
  let squares = 0
  for (let e = 0; e < edges.count; e++) {
    const sum = products[edges.a[e]! * units + edges.b[e]!]! + products[edges.b[e]! * units + edges.a[e]!]!
    squares += (sum / batch) ** 2
  }
  return {
    onsite: Float64Array.from({ length: visible }, (_, i) => -products[i * units + i]! / batch - 1),
    pair: edges.count === 0 ? 0 : Math.sqrt(squares / edges.count),
  }
}
