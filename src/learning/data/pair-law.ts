import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import type { States } from '../../physics/network/states.js'
import { drawNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { type Component, type Density, mixtureDensity } from './density.js'

/** What pairs are like. */
export interface PairOptions {
  /** units of each half */
  readonly units: number
  readonly clusters: number
  /** ρ, how much of the second half the first one tells, 0 ≤ ρ < 1 */
  readonly correlation: number
  /** which of many such laws: centres and rotation are drawn by it */
  readonly world: number
}

/** A law of pairs, with what each half tells of the other. */
export interface PairDensity extends Density {
  /** units of the first half */
  readonly split: number
  /**
   * log p(x_i, y_j)/p(x_i)p(y_j) of each x of some pairs and each y of others, row by row: no energy tells partners from others better
   */
  logRatios(first: States, second: States): Float64Array
}

/** Size of the clusters' centres, and of the scatter about them: the first half has a variance near 1. */
const shape = { centre: 0.9, scatter: 0.7 }

/**
 * Pairs (x, y) of two halves that belong together, each from one of a few clusters:
 *
 *     x = .9 m_c + .7 z,   y = ρAx + sqrt(1-ρ²) ε,   A a rotation, m_c and z, ε standard normal
 *
 * so that log p(y|x) = -|y - ρAx|²/2(1-ρ²) + constant, and y alone is a mixture of Gaussians again.
 */
export function pairDensity({ units, clusters, correlation, world }: PairOptions): PairDensity {
  const draw = (step: number, rows: number) =>
    new Matrix(matrixRows(drawNormals({ seed: world, stream: stream.pairLaw, step }, rows, units), rows, units))
  const centres = draw(0, clusters).mul(shape.centre)
  const turned = rotation(draw(1, units)).mul(correlation)
  const rest = Math.sqrt(1 - correlation ** 2)
  const components = Array.from({ length: clusters }, (_, c): Component => {
    const mean = centres.getRow(c)
    const second = turned.mmul(Matrix.columnVector(mean)).to1DArray()
    const root = Array.from({ length: 2 * units }, (_, i) =>
      Array.from({ length: 2 * units }, (_, j) => {
        if (i < units) return i === j ? shape.scatter : 0
        if (j < units) return shape.scatter * turned.get(i - units, j)
        return i === j ? rest : 0
      }),
    )
    return { weight: 1, mean: [...mean, ...second], root }
  })
  const second = mixtureDensity(components.map((component) => secondHalf(component, units)))
  return {
    ...mixtureDensity(components),
    split: units,
    logRatios(pairs, others) {
      const expected = turned.mmul(firstRows(pairs, units))
      const logNorm = -(units / 2) * Math.log(2 * Math.PI * rest ** 2)
      const y = new Float64Array(units)
      const alone = Float64Array.from({ length: others.batch }, (_, j) => second.logDensity(yOf(others, j, y)))
      const ratios = new Float64Array(pairs.batch * others.batch)
      for (let j = 0; j < others.batch; j++) {
        yOf(others, j, y)
        for (let i = 0; i < pairs.batch; i++) {
          let square = 0
          for (let u = 0; u < units; u++) square += (y[u]! - expected.get(u, i)) ** 2
          ratios[i * others.batch + j] = logNorm - square / (2 * rest ** 2) - alone[j]!
        }
      }
      return ratios
    },
  }
}

/** The law of the second half of a component. */
function secondHalf({ weight, mean, root }: Component, units: number): Component {
  const rows = new Matrix(root.slice(units).map((row) => [...row]))
  const factor = new CholeskyDecomposition(rows.mmul(rows.transpose())).lowerTriangularMatrix
  return { weight, mean: mean.slice(units), root: factor.to2DArray() }
}

/** The first halves of pairs, [units, batch]. */
function firstRows({ x, batch }: States, units: number): Matrix {
  return new Matrix(matrixRows(x, units, batch))
}

/** Writes the second half of pair number j to `out` and returns that. */
function yOf({ x, batch }: States, j: number, out: Float64Array): Float64Array {
  for (let u = 0; u < out.length; u++) out[u] = x[(out.length + u) * batch + j]!
  return out
}

function matrixRows(values: Float64Array, rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => values[i * columns + j]!))
}

/** The orthogonal factor of a square matrix: its columns made orthonormal one after another. */
function rotation(of: Matrix): Matrix {
  const out = of.clone()
  for (let c = 0; c < out.columns; c++) {
    for (let before = 0; before < c; before++) {
      const overlap = out.getColumnVector(before).transpose().mmul(out.getColumnVector(c)).get(0, 0)
      out.setColumn(c, out.getColumnVector(c).sub(out.getColumnVector(before).mul(overlap)))
    }
    out.setColumn(c, out.getColumnVector(c).div(out.getColumnVector(c).norm()))
  }
  return out
}
