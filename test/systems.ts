import { createNetwork, type Network, type NetworkOptions } from '../src/physics/network/network.js'
import { fillNormals } from '../src/physics/noise/gaussian.js'
import { hiddenTerm } from '../src/physics/potential/hidden-term.js'
import { labelCoupling } from '../src/physics/potential/label.js'
import { bias, cubic, quartic, stiffness } from '../src/physics/potential/onsite.js'
import { bilinear, pairQuartic } from '../src/physics/potential/pair.js'
import { type Potential, potentialOf } from '../src/physics/potential/potential.js'

/** `size` repeatable normals for tests. */
export function normals(size: number, step: number): Float64Array {
  const out = new Float64Array(size)
  fillNormals(99, 100, step, 1, 0, size, out)
  return out
}

/** What a lattice may have besides: hidden units that see all or what is near, labels, mobilities of its own. */
export interface Company {
  hidden?: NetworkOptions['hidden']
  radius?: number | 'all'
  labels?: number
  baths?: NetworkOptions['baths']
}

/** A lattice with couplings of a given range. */
export function lattice(
  rows: number,
  columns: number,
  range: 'all' | number,
  { hidden, radius = 'all', labels = 0, baths }: Company = {},
): Network {
  const couplings = { visible: { range }, hidden: { range: radius } }
  return createNetwork({ visible: { lattice: [rows, columns] }, couplings, hidden, baths, label: {} }, labels)
}

/** Every built-in term on a network, those of its labels and hidden units too, with bounded random parameters (quartic ones positive). */
export function everyTerm(network: Network, kT = 1): { potential: Potential; theta: Float64Array } {
  const potential = potentialOf(network, [
    ...[stiffness, cubic, quartic, bias, bilinear, pairQuartic],
    ...(network.labelsPull ? [labelCoupling] : []),
    ...(network.hidden > 0 ? [hiddenTerm(kT)] : []),
  ])
  const theta = normals(potential.size, 1).map((value) => 0.3 * value)
  potential.terms.forEach(({ lowerBound }, index) => {
    for (let a = potential.offsets[index]!; a < potential.offsets[index + 1]!; a++)
      if (lowerBound === 0) theta[a] = 0.5 + Math.abs(theta[a]!)
  })
  const bath = potential.groups.find(({ name }) => name === 'hidden-temperature')
  if (bath !== undefined) theta[bath.offset] = 0.1
  return { potential, theta }
}
