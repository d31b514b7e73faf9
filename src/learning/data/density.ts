import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import type { PointSet } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'
import { logSumExp } from '../../physics/observe/log-weights.js'
import { gaussLegendre } from './gauss-legendre.js'
import type { DataLaw } from './law.js'

/** A probability density that is known exactly, with draws from it. */
export interface Density extends DataLaw {
  /** log p(x) of one state [units], normalised; -Infinity outside its support */
  logDensity(x: Float64Array): number
  /** of a mixture of Gaussians, its parts; absent for other densities */
  readonly components?: readonly Component[]
  /**
   * the probability of each cell of a square grid in two units, [cells, cells] row-major, where that is known in closed form; `edges`
   * are its lines along either axis, [cells + 1]
   */
  cellMasses?(edges: Float64Array): Float64Array
  /** of a mixture of Gaussians, the law of m x + s z, z ~ N(0, 1): a mixture again */
  noised?(signal: number, width: number): Density
}

/** One Gaussian of a mixture. */
export interface Component {
  /** its share of the mixture; those of all sum to 1 */
  readonly weight: number
  /** [units] */
  readonly mean: readonly number[]
  /** a lower triangular root L of its covariance LLᵀ, [units][units] */
  readonly root: readonly (readonly number[])[]
}

/** A mixture, which tells the component that each of its draws is from. */
export interface MixtureDensity extends Density {
  sample(count: number, seed: number, draw: number): PointSet & { readonly components: Int32Array }
}

/** Draws whose noise is made at once: it stays in a cache. */
const together = 1024

/** A mixture of Gaussians of any covariances; the weights are normalised. */
export function mixtureDensity(components: readonly Component[]): MixtureDensity {
  const units = components[0]!.mean.length
  const total = components.reduce((sum, { weight }) => sum + weight, 0)
  const logNorms = components.map(
    ({ weight, root }) =>
      Math.log(weight / total) -
      root.reduce((sum, row, i) => sum + Math.log(row[i]!), 0) -
      (units / 2) * Math.log(2 * Math.PI),
  )
  const white = new Float64Array(units)
  const exponents = new Float64Array(components.length)
  return {
    units,
    components,
    logDensity(x) {
      for (let k = 0; k < components.length; k++) {
        const { mean, root } = components[k]!
        let square = 0
        for (let i = 0; i < units; i++) {
          let value = x[i]! - mean[i]!
          for (let j = 0; j < i; j++) value -= root[i]![j]! * white[j]!
          white[i] = value / root[i]![i]!
          square += white[i]! ** 2
        }
        exponents[k] = logNorms[k]! - square / 2
      }
      return logSumExp(exponents)
    },
    sample(count, seed, draw) {
      const normals = new Float64Array(units * together)
      const uniform = drawUniform({ seed, stream: stream.data, step: 2 * draw + 1 }, count)
      const points = new Float64Array(count * units)
      const drawn = new Int32Array(count)
      for (let n = 0; n < count; n++) {
        const b = n % together
        if (b === 0) fillNormals(seed, stream.data, 2 * draw, units, n, together, normals)
        let component = 0
        let left = uniform[n]! * total - components[0]!.weight
        while (left >= 0 && component + 1 < components.length) left -= components[++component]!.weight
        drawn[n] = component
        const { mean, root } = components[component]!
        for (let i = 0; i < units; i++) {
          const row = root[i]!
          let value = mean[i]!
          for (let j = 0; j <= i; j++) value += row[j]! * normals[j * together + b]!
          points[n * units + i] = value
        }
      }
      return { points, count, units, components: drawn }
    },
    noised: (signal, width) =>
      mixtureDensity(
        components.map(({ weight, mean, root }) => ({
          weight,
          mean: mean.map((value) => signal * value),
          root: noisedRoot(root, signal, width),
        })),
      ),
  }
}

/** The lower triangular root of m² LLᵀ + s². */
function noisedRoot(root: Component['root'], signal: number, width: number): number[][] {
  const scaled = new Matrix(root.map((row) => row.map((value) => signal * value)))
  const covariance = Matrix.add(scaled.mmul(scaled.transpose()), Matrix.eye(root.length).mul(width ** 2))
  return new CholeskyDecomposition(covariance).lowerTriangularMatrix.to2DArray()
}

/** Isotropic Gaussians of one width, in one or more units. */
export function isotropicMixture(
  means: readonly (readonly number[])[],
  width: number,
  weights: readonly number[] = means.map(() => 1),
): MixtureDensity {
  const root = means[0]!.map((_, i) => means[0]!.map((_, j) => (i === j ? width : 0)))
  const mixture = mixtureDensity(means.map((mean, k) => ({ weight: weights[k]!, mean, root })))
  if (means[0]!.length !== 2) return mixture
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    ...mixture,
    cellMasses(edges) {
      const cells = edges.length - 1
      const masses = new Float64Array(cells * cells)
      means.forEach(([first, second], k) => {
        const [rows, columns] = [gaussianMasses(first!, width, edges), gaussianMasses(second!, width, edges)]
        for (let i = 0; i < cells; i++) {
          const row = (rows[i]! * weights[k]!) / total
          // A float32 would not tell it from 0.
          if (row > 1e-40) for (let j = 0; j < cells; j++) masses[i * cells + j]! += row * columns[j]!
        }
      })
      return masses
    },
  }
}

/** Five points integrate a Gaussian over a stretch of half its width to 1e-12 of its largest value. */
const rule = gaussLegendre(5)

/** The probability of each stretch between two edges under N(mean, width²). */
function gaussianMasses(mean: number, width: number, edges: Float64Array): Float64Array {
  const masses = new Float64Array(edges.length - 1)
  for (let i = 0; i < masses.length; i++) {
    const [from, to] = [edges[i]!, edges[i + 1]!]
    const panels = Math.ceil((2 * (to - from)) / width)
    const length = (to - from) / panels
    for (let panel = 0; panel < panels; panel++)
      rule.points.forEach((u, k) => {
        const z = (from + (panel + u) * length - mean) / width
        masses[i]! += (rule.weights[k]! * length * Math.exp((-z * z) / 2)) / (width * Math.sqrt(2 * Math.PI))
      })
  }
  return masses
}
