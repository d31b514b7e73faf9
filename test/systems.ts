import { createNetwork, type Network } from '../src/physics/network/network.js'
import { fillNormals } from '../src/physics/noise/gaussian.js'
import { bias, cubic, quartic, stiffness } from '../src/physics/potential/onsite.js'
import { bilinear, pairQuartic } from '../src/physics/potential/pair.js'
import { type Potential, potentialOf } from '../src/physics/potential/potential.js'

/** `size` repeatable normals for tests. */
export function normals(size: number, step: number): Float64Array {
  const out = new Float64Array(size)
  fillNormals(99, 100, step, 1, 0, size, out)
  return out
}

/** A lattice with couplings of a given range. */
export function lattice(rows: number, columns: number, range: 'all' | number): Network {
  return createNetwork({ visible: { lattice: [rows, columns] }, couplings: { visible: { range } } })
}

/** Every built-in term on a network, with bounded random parameters (quartic ones positive). */
export function everyTerm(network: Network): { potential: Potential; theta: Float64Array } {
  const potential = potentialOf(network, [stiffness, cubic, quartic, bias, bilinear, pairQuartic])
  const theta = normals(potential.size, 1).map((value) => 0.3 * value)
  potential.terms.forEach(({ lowerBound }, index) => {
    for (let a = potential.offsets[index]!; a < potential.offsets[index + 1]!; a++)
      if (lowerBound === 0) theta[a] = 0.5 + Math.abs(theta[a]!)
  })
  return { potential, theta }
}
