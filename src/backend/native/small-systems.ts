import { type Block, twoStates } from '../../physics/network/blocks.js'
import { edgesFromPairs } from '../../physics/network/edges.js'
import { allPairs } from '../../physics/network/geometry.js'
import { allSeen, hiddenEdgesFromLists } from '../../physics/network/hidden-edges.js'
import { createNetwork, type Network, networkOf } from '../../physics/network/network.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { bistable } from '../../physics/potential/hidden.js'
import { labelCoupling } from '../../physics/potential/label.js'
import { bias, cubic, quartic, stiffness } from '../../physics/potential/onsite.js'
import { bilinear, pairQuartic } from '../../physics/potential/pair.js'
import { type Potential, potentialOf } from '../../physics/potential/potential.js'

/** A network of any size: every pair coupled, a ring with its next neighbours, or nobody; hidden units that see everyone, and label
 * units that pull on everyone. */
export function networkWith(visible: number, coupled: 'all' | 'listed' | 'none', hidden: number, labels = 0): Network {
  const units = visible + labels
  const ring = visible < 6 ? [] : Array.from({ length: visible }, (_, i) => [i, (i + 1) % visible] as [number, number])
  const pairs = coupled === 'all' ? allPairs(visible) : coupled === 'none' ? [] : ring
  const blocks: Block[] = [
    { role: 'visible', units: visible, states: null, change: { kind: 'langevin', mobility: 1 } },
    { role: 'label', units: labels, states: twoStates, change: { kind: 'clamped' } },
    { role: 'hidden', units: hidden, states: twoStates, change: { kind: 'at-once' } },
  ]
  return networkOf(
    blocks.filter((block) => block.units > 0),
    {
      lattice: null,
      edges: edgesFromPairs(units, pairs),
      tables: edgesFromPairs(units, []),
      hiddenEdges: hiddenEdgesFromLists(units, allSeen(units, hidden)),
      labelsPull: labels > 0,
    },
  )
}

/** Units with two states, their couplings listed or a matrix, or in two layers; or above hidden ones that follow at once. */
export function twoStateSystem(form: 'listed' | 'all' | 'layers' | 'followed'): {
  potential: Potential
  theta: Float64Array
} {
  const network = createNetwork({
    visible: form === 'listed' ? { lattice: [3, 5], states: 'two' } : { units: 9, states: 'two', rate: 2 },
    ...(form === 'layers' && { hidden: { units: 5, states: 'two' } }),
    ...(form === 'followed' && { hidden: { units: 5 } }),
    couplings: {
      visible: form === 'layers' ? { edges: [] } : { range: form === 'all' ? 'all' : 'nearest', periodic: true },
    },
  })
  const potential = potentialOf(network, [bias, bilinear, ...(form === 'followed' ? [bistable(0.7)] : [])])
  const theta = new Float64Array(potential.size)
  fillNormals(99, 100, 12, 1, 0, potential.size, theta)
  return { potential, theta: theta.map((value) => 0.5 * value) }
}

/** Every term that has a kernel, with parameters of order one on the units and of order 1/√units on the edges. */
export function everyKernelTerm(network: Network): { potential: Potential; theta: Float64Array } {
  const onsite = [stiffness, cubic, quartic, bias, bilinear, pairQuartic]
  if (network.labelsPull) onsite.push(labelCoupling)
  const potential = potentialOf(network, network.hidden > 0 ? [...onsite, bistable(0.7)] : onsite)
  const theta = new Float64Array(potential.size)
  fillNormals(99, 100, 11, 1, 0, potential.size, theta)
  for (const [n, { name }] of potential.terms.entries()) {
    const slice = theta.subarray(potential.offsets[n], potential.offsets[n + 1])
    const factor = name === 'stiffness' || name === 'bias' || name === 'hidden' ? 1 : 0.3
    const edges = potential.terms[n]!.support === 'edge' ? 1 / Math.sqrt(network.units) : 1
    for (let a = 0; a < slice.length; a++) {
      const value = factor * edges * slice[a]!
      slice[a] = name === 'stiffness' ? 2 + Math.abs(value) : name.includes('quartic') ? Math.abs(value) : value
    }
  }
  return { potential, theta }
}
