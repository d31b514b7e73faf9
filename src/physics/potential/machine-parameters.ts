import { invalidValue, listed } from '../../errors.js'
import { isTwoState } from '../network/blocks.js'
import { groupSlice, type Potential } from './potential.js'
import type { MachineMeans, RestrictedBoltzmann } from './restricted-boltzmann.js'

/** Why a potential is no restricted Boltzmann machine, as half a sentence; null where it is one. */
export function refusedMachine({ network, groups, terms }: Potential): string | null {
  const { blocks } = network
  const others = groups.map(({ name }) => name).filter((name) => !(name in groupOfMeans))
  if (others.length > 0) return `its potential has ${listed(others)} too`
  if (!terms.some(({ hiddenStates }) => isTwoState(hiddenStates)))
    return 'it has no two-state hidden units that follow at once'
  if (!groups.some(({ name }) => name === 'bias')) return 'its visible units have no bias'
  if (blocks.some(({ role, states }) => role === 'visible' && !isTwoState(states)))
    return 'its visible units are continuous, not of two states'
  return null
}

/** Which means the groups of a potential stand on. */
const groupOfMeans = { bias: 'visible', 'hidden-coupling': 'edges', 'hidden-bias': 'hidden' } as const satisfies Record<
  string,
  keyof MachineMeans
>

/**
 * A potential of bias and two-state hidden units at θ as a machine.
 *
 * @throws E_INVALID_VALUE for any other (see refusedMachine)
 */
export function machineOf(potential: Potential, theta: Float64Array, kT: number): RestrictedBoltzmann {
  const refused = refusedMachine(potential)
  if (refused !== null)
    throw invalidValue(
      `this is for a restricted Boltzmann machine, visible units of two states with a bias and bistable hidden ones; ${refused}.`,
      'potential',
    )
  const over = (name: keyof typeof groupOfMeans) =>
    groupSlice(potential.groups.find((group) => group.name === name)!, theta).map((value) => value / kT)
  return {
    network: potential.network,
    visibleBias: over('bias'),
    coupling: over('hidden-coupling'),
    hiddenBias: over('hidden-bias'),
  }
}

/** The means of the local statistics of a potential that is a machine, ⟨φ_a⟩ = -⟨x⟩, -⟨xs⟩ and -⟨s⟩ in the order of θ, [size]. */
export function statisticsOf({ groups, size }: Potential, means: MachineMeans): Float64Array {
  const out = new Float64Array(size)
  for (const group of groups)
    out.set(
      means[groupOfMeans[group.name as keyof typeof groupOfMeans]].map((mean) => -mean),
      group.offset,
    )
  return out
}
