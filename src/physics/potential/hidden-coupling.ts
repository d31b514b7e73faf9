import { hiddenBlock, type Network } from '../network/network.js'
import { denseCorrelation, denseProduct, tile } from './dense.js'
import { scratch, termDefaults } from './term.js'

/**
 * What a term of hidden units says of itself: its parameters θ are V on the edges between hidden and other units, then b on the
 * hidden units, then the temperature of their bath where they have one of their own.
 *
 * @param layers - the hidden units and what they see, where that are not the units as they are (see SeenFeatures)
 */
export function hiddenParameters(network: Network, { hidden, hiddenEdges: { count } }: Layers = network) {
  const ownBath = hiddenBlock(network)?.bath === 'own' ? [{ name: 'hidden-temperature', size: 1, given: true }] : []
  return {
    ...termDefaults,
    support: 'hidden',
    size: count + hidden + ownBath.length,
    groups: [{ name: 'hidden-coupling', size: count }, { name: 'hidden-bias', size: hidden }, ...ownBath],
    linear: false,
  } as const
}

/**
 * The sums over visible–hidden edges that cost nearly all the time of a network with hidden units. Trajectories run innermost;
 * the order of every sum is fixed by the network alone. V is given as [edges] or as θ = (V, b), [edges + hidden].
 *
 * Cost of each: edges·batch multiply-adds.
 */
export interface HiddenCoupling {
  /** What the hidden units see: out_h = Σ_i V_ih x_i (it overwrites); `x`: [units, batch], `out`: [hidden, batch]. */
  toHidden(V: Float64Array, x: Float64Array, batch: number, out: Float64Array): void
  /** What they do to the visible ones: out_i = Σ_h V_ih s_h (it overwrites); `s`: [hidden, batch], `out`: [units, batch]. */
  toVisible(V: Float64Array, s: Float64Array, batch: number, out: Float64Array): void
  /** The correlation on each edge: out_ih += Σ_trajectories p_i q_h; `p`: [units, batch], `q`: [hidden, batch]. */
  addCorrelation(p: Float64Array, q: Float64Array, batch: number, out: Float64Array): void
  /** The fields u_h = Σ_i V_ih x_i + b_h (it overwrites); `out`: [hidden, batch]. */
  field(theta: Float64Array, x: Float64Array, batch: number, out: Float64Array): void
  /** The correlation on each edge, and on each hidden unit out_h += Σ_trajectories q_h; `out`: [edges + hidden]. */
  addCorrelationAndSum(p: Float64Array, q: Float64Array, batch: number, out: Float64Array): void
}

type EdgeSums = Pick<HiddenCoupling, 'toHidden' | 'toVisible' | 'addCorrelation'>

/** Two layers, the units of one coupled to those of the other: visible ones and hidden ones of a network. */
export type Layers = Pick<Network, 'units' | 'hidden' | 'hiddenEdges'>

/** The sums for a network: as matrix products where every hidden unit sees every visible one, else over lists of edges. */
export function createHiddenCoupling(network: Layers): HiddenCoupling {
  const { units, hidden } = network
  const edges = network.hiddenEdges.count
  const sums = edges === units * hidden ? denseSums(network) : sparseSums(network)
  return {
    ...sums,
    field(theta, x, batch, out) {
      sums.toHidden(theta, x, batch, out)
      for (let h = 0; h < hidden; h++) for (let n = h * batch; n < (h + 1) * batch; n++) out[n]! += theta[edges + h]!
    },
    addCorrelationAndSum(p, q, batch, out) {
      sums.addCorrelation(p, q, batch, out)
      for (let h = 0; h < hidden; h++) {
        let sum = 0
        for (let n = h * batch; n < (h + 1) * batch; n++) sum += q[n]!
        out[edges + h]! += sum
      }
    },
  }
}

/** The edges in their order are V row by row, [hidden, units]. */
function denseSums({ units, hidden }: Layers): EdgeSums {
  const transposed = new Float64Array(units * hidden)
  const correlations = new Float64Array(units * hidden)
  const packed = scratch()
  return {
    toHidden: (V, x, batch, out) => denseProduct(V, hidden, units, x, batch, packed(units * tile), out),
    toVisible(V, s, batch, out) {
      for (let h = 0; h < hidden; h++) for (let i = 0; i < units; i++) transposed[i * hidden + h] = V[h * units + i]!
      denseProduct(transposed, units, hidden, s, batch, packed(hidden * tile), out)
    },
    addCorrelation(p, q, batch, out) {
      denseCorrelation(q, hidden, p, units, batch, correlations)
      for (let e = 0; e < correlations.length; e++) out[e]! += correlations[e]!
    },
  }
}

function sparseSums({ units, hidden, hiddenEdges }: Layers): EdgeSums {
  const { start, visible } = hiddenEdges
  const eachEdge = (visit: (edge: number, i: number, h: number) => void) => {
    for (let h = 0; h < hidden; h++) for (let e = start[h]!; e < start[h + 1]!; e++) visit(e, visible[e]!, h)
  }
  return {
    toHidden(V, x, batch, out) {
      out.fill(0, 0, hidden * batch)
      eachEdge((e, i, h) => {
        const w = V[e]!
        for (let n = 0; n < batch; n++) out[h * batch + n]! += w * x[i * batch + n]!
      })
    },
    toVisible(V, s, batch, out) {
      out.fill(0, 0, units * batch)
      eachEdge((e, i, h) => {
        const w = V[e]!
        for (let n = 0; n < batch; n++) out[i * batch + n]! += w * s[h * batch + n]!
      })
    },
    addCorrelation(p, q, batch, out) {
      eachEdge((e, i, h) => {
        let sum = 0
        for (let n = 0; n < batch; n++) sum += p[i * batch + n]! * q[h * batch + n]!
        out[e]! += sum
      })
    },
  }
}
