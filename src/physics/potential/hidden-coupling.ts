import type { Network } from '../network/network.js'
import { denseCorrelation, denseProduct, tile } from './dense.js'
import { scratch } from './term.js'

/**
 * The sums over visible–hidden edges that cost nearly all the time of a network with hidden units. Trajectories run innermost;
 * the order of every sum is fixed by the network alone.
 *
 * Cost of each: edges·batch multiply-adds.
 */
export interface HiddenCoupling {
  /** What the hidden units see: out_h = Σ_i V_ih x_i (it overwrites); `weight`: [edges], `x`: [units, batch], `out`: [hidden, batch]. */
  toHidden(weight: Float64Array, x: Float64Array, batch: number, out: Float64Array): void
  /** What they do to the visible ones: out_i = Σ_h V_ih s_h (it overwrites); `s`: [hidden, batch], `out`: [units, batch]. */
  toVisible(weight: Float64Array, s: Float64Array, batch: number, out: Float64Array): void
  /** The correlation on each edge: out_ih += Σ_trajectories p_i q_h; `p`: [units, batch], `q`: [hidden, batch], `out`: [edges]. */
  addCorrelation(p: Float64Array, q: Float64Array, batch: number, out: Float64Array): void
}

/** The sums for a network: as matrix products where every hidden unit sees every visible one, else over lists of edges. */
export function createHiddenCoupling(network: Network): HiddenCoupling {
  return network.hiddenEdges.count === network.units * network.hidden ? denseCoupling(network) : sparseCoupling(network)
}

/** The edges in their order are V row by row, [hidden, units]. */
function denseCoupling({ units, hidden }: Network): HiddenCoupling {
  const transposed = new Float64Array(units * hidden)
  const correlations = new Float64Array(units * hidden)
  const packed = scratch()
  return {
    toHidden: (weight, x, batch, out) => denseProduct(weight, hidden, units, x, batch, packed(units * tile), out),
    toVisible(weight, s, batch, out) {
      for (let h = 0; h < hidden; h++)
        for (let i = 0; i < units; i++) transposed[i * hidden + h] = weight[h * units + i]!
      denseProduct(transposed, units, hidden, s, batch, packed(hidden * tile), out)
    },
    addCorrelation(p, q, batch, out) {
      denseCorrelation(q, hidden, p, units, batch, correlations)
      for (let e = 0; e < out.length; e++) out[e]! += correlations[e]!
    },
  }
}

function sparseCoupling({ units, hidden, hiddenEdges }: Network): HiddenCoupling {
  const { start, visible } = hiddenEdges
  const eachEdge = (visit: (edge: number, i: number, h: number) => void) => {
    for (let h = 0; h < hidden; h++) for (let e = start[h]!; e < start[h + 1]!; e++) visit(e, visible[e]!, h)
  }
  return {
    toHidden(weight, x, batch, out) {
      out.fill(0, 0, hidden * batch)
      eachEdge((e, i, h) => {
        const w = weight[e]!
        for (let n = 0; n < batch; n++) out[h * batch + n]! += w * x[i * batch + n]!
      })
    },
    toVisible(weight, s, batch, out) {
      out.fill(0, 0, units * batch)
      eachEdge((e, i, h) => {
        const w = weight[e]!
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
