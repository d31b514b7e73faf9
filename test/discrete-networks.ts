import { createNetwork, type NetworkOptions } from '../src/physics/network/network.js'
import { bias, stiffness } from '../src/physics/potential/onsite.js'
import { bilinear } from '../src/physics/potential/pair.js'
import { pairTable } from '../src/physics/potential/pair-table.js'
import { type Potential, potentialOf } from '../src/physics/potential/potential.js'
import { stateBias } from '../src/physics/potential/state-bias.js'
import { stateForce } from '../src/physics/potential/state-force.js'

/** Networks of units of all kinds, at odd sizes: all coupled to all. */
export const discreteNetworks: Readonly<Record<string, NetworkOptions>> = {
  'two reals, a trinary and a two-state unit': {
    visible: { blocks: [{ units: 2 }, { units: 1, states: 3 }, { units: 1, states: 'two' }] },
  },
  'three spins': { visible: { units: 3, states: 'two' } },
  'a category of one state among others': {
    visible: { blocks: [{ units: 1, states: 1 }, { units: 1, states: 5 }, { units: 1 }, { units: 1, states: 1 }] },
  },
  'hidden units of three kinds below five visible ones': {
    visible: {
      blocks: [
        { units: 3, states: 'two', rate: 3 },
        { units: 2, states: 2 },
      ],
    },
    hidden: { blocks: [{ units: 1, states: 'two', rate: 0.5 }, { units: 1 }, { units: 1, states: 3 }] },
  },
}

/** Stiff enough to confine, couplings of order kT, none like another. */
export function discretePotential(options: NetworkOptions, scale = 0.6): { potential: Potential; theta: Float64Array } {
  const potential = potentialOf(createNetwork(options), [stiffness, bias, stateBias, bilinear, pairTable, stateForce])
  const theta = Float64Array.from({ length: potential.size }, (_, a) => scale * Math.sin(1 + 2.3 * a))
  const [k] = potential.groups
  for (let a = 0; a < k!.size; a++) theta[a] = 1.5 + 0.4 * a
  return { potential, theta }
}
