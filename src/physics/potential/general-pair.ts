import type { TermOptions } from './onsite.js'
import { scratch, type TermOn } from './term.js'

/**
 * A function of the two ends of an edge, row by row: writes f(x[a + n], x[b + n]) to out[n] for n < length, where a and b
 * are the places of the two units' rows.
 */
export type PairRowFunction = (x: Float64Array, a: number, b: number, length: number, out: Float64Array) => void

/** A function φ(x, y) with its first and second partial derivatives; x is the unit of lower number, y the other. */
export interface PairFunction {
  readonly value: PairRowFunction
  readonly slopeX: PairRowFunction
  readonly slopeY: PairRowFunction
  readonly curvatureXX: PairRowFunction
  readonly curvatureXY: PairRowFunction
  readonly curvatureYY: PairRowFunction
}

/**
 * A term with one parameter for each edge and any function of its two ends: U = Σ_(ij) θ_ij φ(x_i, x_j), i < j.
 * Where φ is a product u(x_i) u(x_j), `pairTerm` is several times faster: it evaluates u once for each unit, this φ once
 * for each edge.
 *
 * Cost of each method: O(edges·batch), with one evaluation of φ or a derivative for each edge and trajectory.
 */
export function generalPairTerm(options: TermOptions, phi: PairFunction): TermOn {
  const { name, lowerBound = -Infinity, harmonic = false } = options
  return ({ units, edges }) => {
    const first = scratch()
    const second = scratch()
    /** Runs over the edges in their order, so that every sum has the same order whatever the batch. */
    const eachEdge = (batch: number, visit: (edge: number, i: number, j: number) => void) => {
      for (let e = 0; e < edges.count; e++) visit(e, edges.a[e]! * batch, edges.b[e]! * batch)
    }
    return {
      name,
      support: 'edge',
      size: edges.count,
      lowerBound,
      harmonic,
      linear: true,
      addForceAndEnergy(theta, x, batch, force, energy) {
        const rowX = first(batch)
        const rowY = second(batch)
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
        const rowX = first(batch)
        const rowY = second(batch)
        eachEdge(batch, (e, i, j) => {
          phi.slopeX(x, i, j, batch, rowX)
          phi.slopeY(x, i, j, batch, rowY)
          let sum = 0
          for (let n = 0; n < batch; n++) sum += r[i + n]! * rowX[n]! + r[j + n]! * rowY[n]!
          out[e]! += sum
        })
      },
      addSquaredGradient(_theta, x, batch, out) {
        const rowX = first(batch)
        const rowY = second(batch)
        eachEdge(batch, (e, i, j) => {
          phi.slopeX(x, i, j, batch, rowX)
          phi.slopeY(x, i, j, batch, rowY)
          let sum = 0
          for (let n = 0; n < batch; n++) sum += rowX[n]! * rowX[n]! + rowY[n]! * rowY[n]!
          out[e]! += sum
        })
      },
      addLaplacian(_theta, x, batch, out) {
        const rowX = first(batch)
        const rowY = second(batch)
        eachEdge(batch, (e, i, j) => {
          phi.curvatureXX(x, i, j, batch, rowX)
          phi.curvatureYY(x, i, j, batch, rowY)
          let sum = 0
          for (let n = 0; n < batch; n++) sum += rowX[n]! + rowY[n]!
          out[e]! += sum
        })
      },
      addHessian(theta, x, hessian) {
        const value = first(1)
        const add = (
          curvature: PairRowFunction,
          i: number,
          j: number,
          parameter: number,
          places: readonly number[],
        ) => {
          curvature(x, i, j, 1, value)
          for (const place of places) hessian[place]! += parameter * value[0]!
        }
        eachEdge(1, (e, i, j) => {
          add(phi.curvatureXX, i, j, theta[e]!, [i * units + i])
          add(phi.curvatureXY, i, j, theta[e]!, [i * units + j, j * units + i])
          add(phi.curvatureYY, i, j, theta[e]!, [j * units + j])
        })
      },
    }
  }
}
