import type { Edges } from '../network/edges.js'
import type { Network } from '../network/network.js'
import { describedOn, entryByEntry, scratch, type Term, type TermOn, type TermOptions } from './term.js'

/**
 * A function of the two ends of an edge, row by row: writes f(x[a + n], x[b + n]) to out[n] for n < length, where a and b
 * are the places of the two units' rows.
 */
export type PairRowFunction = (x: Float64Array, a: number, b: number, length: number, out: Float64Array) => void

/** A function φ(x, y) with its first and second partial derivatives; x is where an edge comes from, y where it goes to. */
export interface PairFunction {
  /** φ */
  readonly value: PairRowFunction
  /** ∂φ/∂x */
  readonly slopeX: PairRowFunction
  /** ∂φ/∂y */
  readonly slopeY: PairRowFunction
  /** ∂²φ/∂x² */
  readonly curvatureXX: PairRowFunction
  /** ∂²φ/∂x∂y */
  readonly curvatureXY: PairRowFunction
  /** where it is another: the two slopes are then no gradient */
  readonly curvatureYX?: PairRowFunction
  /** ∂²φ/∂y² */
  readonly curvatureYY: PairRowFunction
}

/**
 * A term with one parameter for each edge and any function of its two ends: U = Σ_(ij) θ_ij φ(x_i, x_j), edges from i to j.
 * Where φ is a product u(x_i) u(x_j), `pairTerm` is several times faster: it evaluates u once for each unit, this φ once
 * for each edge.
 *
 * @param edgesOf - the couplings; those of the network when absent
 *
 * Cost of each method: O(edges·batch), with one evaluation of φ or a derivative for each edge and trajectory.
 */
export function generalPairTerm(
  options: TermOptions,
  phi: PairFunction,
  edgesOf: (network: Network) => Edges = ({ edges }) => edges,
): TermOn {
  return (network) => {
    const [{ units }, edges] = [network, edgesOf(network)]
    const [first, second] = [scratch(), scratch()]
    /** visits the edges in their order, whatever the batch, with the places of the rows of both ends */
    const eachEdge = (batch: number, visit: (edge: number, i: number, j: number) => void) => {
      for (let e = 0; e < edges.count; e++) visit(e, edges.from[e]! * batch, edges.to[e]! * batch)
    }
    /** out_e += the sum over trajectories that is made of the rows f(x_i, x_j) and g(x_i, x_j) */
    const addSums = (
      [f, g]: readonly [PairRowFunction, PairRowFunction],
      x: Float64Array,
      batch: number,
      out: Float64Array,
      sumOf: (rowF: Float64Array, rowG: Float64Array, i: number, j: number) => number,
    ) => {
      const [rowF, rowG] = [first(batch), second(batch)]
      eachEdge(batch, (e, i, j) => {
        f(x, i, j, batch, rowF)
        g(x, i, j, batch, rowG)
        out[e]! += sumOf(rowF, rowG, i, j)
      })
    }
    return {
      ...describedOn(network, options),
      support: 'edge',
      size: edges.count,
      ends: edges,
      addForceAndEnergy(theta, x, batch, force, energy) {
        const [rowX, rowY] = [first(batch), second(batch)]
        eachEdge(batch, (e, i, j) => {
          const parameter = theta[e]!
          if (force !== null) {
            phi.slopeX(x, i, j, batch, rowX)
            phi.slopeY(x, i, j, batch, rowY)
            for (let n = 0; n < batch; n++) {
              force[i + n]! -= parameter * rowX[n]!
              force[j + n]! -= parameter * rowY[n]!
            }
          }
          if (energy !== null) {
            phi.value(x, i, j, batch, rowX)
            for (let n = 0; n < batch; n++) energy[n]! += parameter * rowX[n]!
          }
        })
      },
      addStateEnergies: stateEnergies(edges, phi.value),
      ...entryByEntry(units, (theta, x, add) => {
        const value = first(1)
        eachEdge(1, (e, i, j) => {
          const at = (curvature: PairRowFunction) => {
            curvature(x, i, j, 1, value)
            return theta[e]! * value[0]!
          }
          const mixed = at(phi.curvatureXY)
          add(i, i, at(phi.curvatureXX))
          add(i, j, mixed)
          add(j, i, phi.curvatureYX === undefined ? mixed : at(phi.curvatureYX))
          add(j, j, at(phi.curvatureYY))
        })
      }),
      addStatistic(_theta, x, batch, out, weights = null) {
        const row = first(batch)
        eachEdge(batch, (e, i, j) => {
          phi.value(x, i, j, batch, row)
          let sum = 0
          for (let n = 0; n < batch; n++) sum += row[n]! * (weights === null ? 1 : weights[n]!)
          out[e]! += sum
        })
      },
      addDirectional(_theta, x, r, batch, out) {
        addSums([phi.slopeX, phi.slopeY], x, batch, out, (dx, dy, i, j) => {
          let sum = 0
          for (let n = 0; n < batch; n++) sum += r[i + n]! * dx[n]! + r[j + n]! * dy[n]!
          return sum
        })
      },
      addSquaredGradient(_theta, x, batch, out) {
        addSums([phi.slopeX, phi.slopeY], x, batch, out, (dx, dy) => {
          let sum = 0
          for (let n = 0; n < batch; n++) sum += dx[n]! * dx[n]! + dy[n]! * dy[n]!
          return sum
        })
      },
      addLaplacian(_theta, x, batch, out) {
        addSums([phi.curvatureXX, phi.curvatureYY], x, batch, out, (ddx, ddy) => {
          let sum = 0
          for (let n = 0; n < batch; n++) sum += ddx[n]! + ddy[n]!
          return sum
        })
      },
    }
  }
}

/** The energies of a unit's states: φ with it at its end of each edge. See Term.addStateEnergies. */
function stateEnergies(
  { start, neighbour, edge, from }: Edges,
  phi: PairRowFunction,
): NonNullable<Term['addStateEnergies']> {
  const [ends, values] = [scratch(), scratch()]
  return (theta, unit, states, x, batch, out) => {
    const [both, row] = [ends(2 * batch), values(batch)]
    states.forEach((state, a) => {
      for (let k = start[unit]!; k < start[unit + 1]!; k++) {
        const [e, other] = [edge[k]!, neighbour[k]! * batch]
        both.fill(state, 0, batch).set(x.subarray(other, other + batch), batch)
        const [i, j] = from[e] === unit ? [0, batch] : [batch, 0]
        phi(both, i, j, batch, row)
        for (let b = 0; b < batch; b++) out[a * batch + b]! += theta[e]! * row[b]!
      }
    })
  }
}
