import type { States } from '../../physics/network/states.js'
import type { Potential } from '../../physics/potential/potential.js'
import type { DriveKind, Noising } from '../../physics/protocol/noising.js'
import { networkScore } from './denoised.js'

/**
 * What generation that keeps the laws of the noising loses at a knot, in each state, at the speed 1 of its clock (see `clocks`):
 *
 *     (μ/kT) |k0 x + kT ∇log p_s(x)|²
 *
 * the square of the mean velocity there over its mobility, by the learned force.
 *
 * @param learned - the potential, of which the first `visible` rows of states count
 * @param theta - parameters of the knot
 * @param states - rows of at least its units, [units, batch]
 * @returns in units of k_B over time, [batch]
 *
 * Cost: a force each.
 */
export function dissipation(
  learned: Potential,
  noising: Noising,
  drive: DriveKind,
  theta: Float64Array,
  { x, batch }: States,
): Float64Array {
  const { units, visible } = learned.network
  const { stiffness, bath } = noising
  const score = new Float64Array(units * batch)
  networkScore(learned, noising, theta, drive)(x.subarray(0, units * batch), batch, score)
  const out = new Float64Array(batch)
  for (let n = 0; n < visible * batch; n++)
    out[n % batch]! += (bath.mobility / bath.kT) * (stiffness * x[n]! + bath.kT * score[n]!) ** 2
  return out
}
