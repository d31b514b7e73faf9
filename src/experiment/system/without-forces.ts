import { networkOf } from '../../physics/network/network.js'
import { createPotential, groupSlice, hasDriving, type Potential } from '../../physics/potential/potential.js'
import { bathOf } from '../scenario/bath.js'
import type { Scenario } from '../scenario/schema.js'

/** The potential alone, without forces that have none and without active units, and its parameters: what e^(-U/kT) is of. */
export function withoutForces(
  { potential: options, bath }: Pick<Scenario, 'potential' | 'bath'>,
  potential: Potential,
  theta: Float64Array,
): { potential: Potential; theta: Float64Array } {
  if (!hasDriving(potential)) return { potential, theta }
  const blocks = potential.network.blocks.filter(({ role }) => role !== 'active')
  const alone = createPotential(networkOf(blocks, potential.network), { ...options, force: [] }, bathOf(bath).kT)
  const out = new Float64Array(alone.size)
  for (const group of alone.groups) {
    const same = potential.groups.find(({ name }) => name === group.name)
    if (same !== undefined) groupSlice(group, out).set(groupSlice(same, theta))
  }
  return { potential: alone, theta: out }
}
