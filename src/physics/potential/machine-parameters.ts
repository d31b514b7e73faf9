import { invalidValue, listed } from '../../errors.js'
import { isTwoState } from '../network/blocks.js'
import { hiddenEdgesFromLists } from '../network/hidden-edges.js'
import type { Network } from '../network/network.js'
import type { Layers } from './hidden-coupling.js'
import { groupSlice, type Potential } from './potential.js'
import type { MachineMeans, RestrictedBoltzmann } from './restricted-boltzmann.js'

/** A potential that is a restricted Boltzmann machine: where the machine's numbers stand in θ. */
export interface MachineParameters {
  /** units of both layers and the edges between them */
  readonly layers: Layers
  /** the machine at θ, over kT */
  at(theta: Float64Array, kT: number): RestrictedBoltzmann
  /** the same parameters without couplings, [size] */
  uncoupled(theta: Float64Array): Float64Array
  /** the means of the local statistics, ⟨φ_a⟩ = -⟨x⟩ and -⟨s⟩ of the biases, ⟨xs⟩ of the couplings, in the order of θ, [size] */
  statisticsOf(means: MachineMeans): Float64Array
}

/** Why a potential is no restricted Boltzmann machine, as half a sentence; null where it is one. */
function refusedMachine({ network, terms }: Potential): string | null {
  const { blocks, edges, visible, labels, hidden } = network
  const names = terms.map(({ name }) => name)
  const others = names.filter((name) => name !== 'bias' && name !== 'bilinear')
  if (others.length > 0) return `its potential has ${listed(others)} too`
  for (const name of ['bias', 'bilinear'])
    if (names.filter((other) => other === name).length !== 1) return `its potential has no ${name}`
  if (hidden === 0) return 'it has no hidden units'
  if (labels > 0 || blocks.some(({ states, first }) => !isTwoState(states) || first === null))
    return 'some of its units are not of two states'
  for (let e = 0; e < edges.count; e++)
    if (edges.a[e]! >= visible || edges.b[e]! < visible)
      return `units ${edges.a[e]} and ${edges.b[e]} of one layer are coupled`
  return null
}

/**
 * A potential of bias and bilinear terms on visible and hidden units of two states, which are coupled across the layers alone.
 *
 * @throws E_INVALID_VALUE for any other (see refusedMachine)
 */
export function machineParameters(potential: Potential): MachineParameters {
  const refused = refusedMachine(potential)
  if (refused !== null)
    throw invalidValue(
      `this is for a restricted Boltzmann machine: visible and hidden units of two states with bias and bilinear terms, couplings between the layers alone; ${refused}.`,
      'network',
    )
  const { network, groups, size } = potential
  const { visible, hidden } = network
  const { layers, edgeAt } = layersIn(network)
  const [bias, bilinear] = ['bias', 'bilinear'].map((name) => groups.find((group) => group.name === name)!)
  return {
    layers,
    at(theta, kT) {
      const biases = groupSlice(bias!, theta).map((value) => value / kT)
      const couplings = groupSlice(bilinear!, theta)
      return {
        layers,
        visibleBias: biases.slice(0, visible),
        // U has +J x s where the machine has -J x s.
        coupling: Float64Array.from(edgeAt, (e) => -couplings[e]! / kT),
        hiddenBias: biases.slice(visible, visible + hidden),
      }
    },
    uncoupled(theta) {
      const out = theta.slice()
      groupSlice(bilinear!, out).fill(0)
      return out
    },
    statisticsOf({ visible: x, edges, hidden: s }) {
      const out = new Float64Array(size)
      const [biases, couplings] = [groupSlice(bias!, out), groupSlice(bilinear!, out)]
      x.forEach((mean, i) => {
        biases[i] = -mean
      })
      s.forEach((mean, h) => {
        biases[visible + h] = -mean
      })
      edgeAt.forEach((e, n) => {
        couplings[e] = edges[n]!
      })
      return out
    },
  }
}

/** The layers of a network, and which of its edges each of theirs is, [edges]. */
function layersIn({ edges, visible, hidden }: Network): { layers: Layers; edgeAt: Int32Array } {
  const edgeAt = Int32Array.from({ length: edges.count }, (_, e) => e).sort(
    (e, f) => edges.b[e]! - edges.b[f]! || edges.a[e]! - edges.a[f]!,
  )
  const seen = Array.from({ length: hidden }, (): number[] => [])
  for (const e of edgeAt) seen[edges.b[e]! - visible]!.push(edges.a[e]!)
  return { layers: { units: visible, hidden, hiddenEdges: hiddenEdgesFromLists(visible, seen) }, edgeAt }
}
