import type { Network } from '../network/network.js'
import { denseCorrelation, denseProduct, tile } from './dense.js'
import { scratch } from './term.js'

/**
 * The two sums over edges that cost nearly all the time of a network of pair terms. Trajectories run innermost. The order
 * of every sum is fixed by the network alone: no split of the trajectories into batches changes a bit of a force.
 */
export interface Coupling {
  /**
   * The field of the neighbours: out_i = Σ_j w_ij u_j (it overwrites); `weight`: [edges], `u` and `out`: [units, batch].
   *
   * Cost: 2·edges·batch multiply-adds.
   */
  neighbourSum(weight: Float64Array, u: Float64Array, batch: number, out: Float64Array): void
  /**
   * The symmetric correlation on each edge (i, j): out_e += Σ_trajectories p_i q_j + p_j q_i; `p` and `q`:
   * [units, batch], `out`: [edges].
   *
   * Cost: 2·edges·batch multiply-adds.
   */
  addEdgeCorrelation(p: Float64Array, q: Float64Array, batch: number, out: Float64Array): void
}

/** From this share of coupled pairs on, a full matrix product is faster than neighbour lists (measured: about half). */
const denseShare = 0.5

/** The sums for a network: over neighbour lists, or as matrix products where most pairs are coupled. */
export function createCoupling(network: Network): Coupling {
  const pairs = (network.units * (network.units - 1)) / 2
  return network.edges.count >= denseShare * pairs ? denseCoupling(network) : sparseCoupling(network)
}

function denseCoupling({ units, edges }: Network): Coupling {
  // Two matrices: the weights' diagonal stays zero, the correlations' does not.
  const weights = new Float64Array(units * units)
  const correlations = new Float64Array(units * units)
  const packed = scratch()
  return {
    neighbourSum(weight, u, batch, out) {
      for (let e = 0; e < edges.count; e++) {
        weights[edges.a[e]! * units + edges.b[e]!] = weight[e]!
        weights[edges.b[e]! * units + edges.a[e]!] = weight[e]!
      }
      denseProduct(weights, units, units, u, batch, packed(units * tile), out)
    },
    addEdgeCorrelation(p, q, batch, out) {
      denseCorrelation(p, units, q, units, batch, correlations)
      for (let e = 0; e < edges.count; e++)
        out[e]! += correlations[edges.a[e]! * units + edges.b[e]!]! + correlations[edges.b[e]! * units + edges.a[e]!]!
    },
  }
}

function sparseCoupling({ units, edges }: Network): Coupling {
  const { start, neighbour, edge, a, b } = edges
  return {
    neighbourSum(weight, u, batch, out) {
      for (let i = 0; i < units; i++) {
        const o = i * batch
        out.fill(0, o, o + batch)
        const end = start[i + 1]!
        let k = start[i]!
        // Four neighbours at a time: one load and one store of the sum for eight operations.
        for (; k + 4 <= end; k += 4) {
          const w0 = weight[edge[k]!]!
          const w1 = weight[edge[k + 1]!]!
          const w2 = weight[edge[k + 2]!]!
          const w3 = weight[edge[k + 3]!]!
          const p0 = neighbour[k]! * batch
          const p1 = neighbour[k + 1]! * batch
          const p2 = neighbour[k + 2]! * batch
          const p3 = neighbour[k + 3]! * batch
          for (let n = 0; n < batch; n++)
            out[o + n]! += w0 * u[p0 + n]! + w1 * u[p1 + n]! + (w2 * u[p2 + n]! + w3 * u[p3 + n]!)
        }
        for (; k < end; k++) {
          const w = weight[edge[k]!]!
          const p = neighbour[k]! * batch
          for (let n = 0; n < batch; n++) out[o + n]! += w * u[p + n]!
        }
      }
    },
    addEdgeCorrelation(p, q, batch, out) {
      for (let e = 0; e < edges.count; e++) {
        const i = a[e]! * batch
        const j = b[e]! * batch
        let sum = 0
        for (let n = 0; n < batch; n++) sum += p[i + n]! * q[j + n]! + p[j + n]! * q[i + n]!
        out[e]! += sum
      }
    },
  }
}
