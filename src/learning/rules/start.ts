import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { groupSlice, type Potential } from '../../physics/potential/potential.js'
import type { Noising } from '../../physics/protocol/noising.js'

/**
 * Standard deviation, in kT, of the field on a hidden unit when learning begins, over states of the trap's width. At couplings
 * of exactly 0 a hidden unit without bias learns nothing, and alike ones would stay alike.
 */
const firstField = 0.25

/**
 * Where learning begins, [parameters]: the trap alone, stiffness k0 and nothing else. It is what either drive needs as T → ∞,
 * and what the system is in before generation starts. (From zero, quartic couplings would grow in the stiffness's place, and
 * their bound G ≥ 0 keeps them from leaving quickly.) Only the couplings of hidden units are random:
 *
 *     V_ih = .25 sqrt(kT k0/n) ξ,   ξ ~ N(0, 1), n visible units seen by a hidden one on average
 */
export function startParameters(potential: Potential, { stiffness, bath }: Noising, seed: number): Float64Array {
  const theta = new Float64Array(potential.size)
  const { hidden, hiddenEdges } = potential.network
  for (const group of potential.groups) {
    const values = groupSlice(group, theta)
    if (group.name === 'stiffness') values.fill(stiffness)
    if (group.name !== 'hidden-coupling') continue
    fillNormals(seed, stream.start, 0, 1, 0, values.length, values)
    const width = firstField * Math.sqrt((bath.kT * stiffness * hidden) / hiddenEdges.count)
    for (let e = 0; e < values.length; e++) values[e]! *= width
  }
  return theta
}
