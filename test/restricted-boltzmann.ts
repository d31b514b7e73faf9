import { createNetwork } from '../src/physics/network/network.js'
import { bias } from '../src/physics/potential/onsite.js'
import { bilinear } from '../src/physics/potential/pair.js'
import { potentialOf } from '../src/physics/potential/potential.js'
import { fromBits, type RestrictedBoltzmann } from '../src/physics/potential/restricted-boltzmann.js'
import { normals } from './systems.js'

/** A network of two layers, every unit of one coupled to every unit of the other. */
export function twoLayers(visible: number, hidden: number) {
  return createNetwork({
    visible: { units: visible },
    hidden: { units: hidden },
    couplings: { visible: { edges: [] } },
  })
}

/** A machine of 0/1 units with biases .3 and couplings s·N(0,1), as one of ±1 units. */
export function randomMachine(visible: number, hidden: number, s: number, draw = 0): RestrictedBoltzmann {
  return fromBits(twoLayers(visible, hidden), {
    visibleBias: new Float64Array(visible).fill(0.3),
    coupling: normals(visible * hidden, 1000 + draw).map((value) => s * value),
    hiddenBias: new Float64Array(hidden).fill(0.3),
  }).machine
}

/** The potential of a machine: bias on every unit, and couplings between visible and hidden ones, all of two states. */
export function machinePotential(visible: number, hidden: number) {
  const network = createNetwork({
    visible: { units: visible, states: 'two' },
    hidden: { units: hidden, states: 'two' },
    couplings: { visible: { edges: [] } },
  })
  return potentialOf(network, [bias, bilinear])
}
