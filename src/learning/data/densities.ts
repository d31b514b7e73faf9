import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import type { PointSet } from '../../physics/network/states.js'
import { drawNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'
import { logSumExp } from '../../physics/observe/log-weights.js'
import type { DataLaw } from './law.js'

/** A probability density that is known exactly, with draws from it. */
export interface Density extends DataLaw {
  /** log p(x) of one state [units], normalised; -Infinity outside its support */
  logDensity(x: Float64Array): number
  /** of a mixture of Gaussians, its parts; absent for other densities */
  readonly components?: readonly Component[]
  /** of a mixture of Gaussians, the law of m x + s z, z ~ N(0, 1): a mixture again */
  noised?(signal: number, width: number): Density
}

/** One Gaussian of a mixture. */
export interface Component {
  readonly weight: number
  /** [units] */
  readonly mean: readonly number[]
  /** a lower triangular root L of its covariance LLᵀ, [units][units] */
  readonly root: readonly (readonly number[])[]
}

/** A mixture of Gaussians, which tells the component that each of its draws is from. */
interface MixtureDensity extends Density {
  sample(count: number, seed: number, draw: number): PointSet & { readonly components: Int32Array }
}

/** A mixture of Gaussians of any covariances; the weights are normalised. */
function mixtureDensity(components: readonly Component[]): MixtureDensity {
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
      const normals = drawNormals({ seed, stream: stream.data, step: 2 * draw }, units, count)
      const uniform = drawUniform({ seed, stream: stream.data, step: 2 * draw + 1 }, count)
      const points = new Float64Array(count * units)
      const drawn = new Int32Array(count)
      for (let n = 0; n < count; n++) {
        let component = 0
        let left = uniform[n]! * total - components[0]!.weight
        while (left >= 0 && component + 1 < components.length) left -= components[++component]!.weight
        drawn[n] = component
        const { mean, root } = components[component]!
        for (let i = 0; i < units; i++) {
          let value = mean[i]!
          for (let j = 0; j <= i; j++) value += root[i]![j]! * normals[j * count + n]!
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
  return mixtureDensity(means.map((mean, k) => ({ weight: weights[k]!, mean, root })))
}

/**
 * Two narrow modes far apart in one unit, weights 2/3 and 1/3: means ±5 shifted by 5/3, variance .05, then standardised,
 * which puts them at -.706 and 1.413.
 */
function twoModes(): Density {
  const deviation = Math.sqrt(0.05 + 200 / 9)
  return isotropicMixture([[-10 / 3 / deviation], [20 / 3 / deviation]], Math.sqrt(0.05) / deviation, [2, 1])
}

/** Eight Gaussians of width .5/√2 on a circle of radius 2√2. */
function eightGaussians(): Density {
  const means = Array.from({ length: 8 }, (_, k) => [
    Math.SQRT2 * 2 * Math.cos((k * Math.PI) / 4),
    Math.SQRT2 * 2 * Math.sin((k * Math.PI) / 4),
  ])
  return isotropicMixture(means, Math.SQRT1_2 / 2)
}

/** Three Gaussians in the plane whose coordinates are correlated, each in its own way. */
function correlatedMixture(): Density {
  const component = (weight: number, mean: readonly number[], first: readonly number[], second: readonly number[]) => ({
    weight,
    mean,
    root: [first, second],
  })
  return mixtureDensity([
    component(0.4, [-2, 0], [0.6, 0], [0.5, 0.4]),
    component(0.35, [2, 1], [0.5, 0], [-0.6, 0.3]),
    component(0.25, [0.5, -2], [0.9, 0], [0.3, 0.25]),
  ])
}

/** Uniform on the eight squares of side 2 of one colour of [-4, 4]²: ⌊x/2⌋ + ⌊y/2⌋ even, density 1/32. */
function checkerboard(): Density {
  const isInside = (x: number, y: number) =>
    Math.abs(x) < 4 && Math.abs(y) < 4 && (Math.floor(x / 2) + Math.floor(y / 2)) % 2 === 0
  return {
    units: 2,
    logDensity: (x) => (isInside(x[0]!, x[1]!) ? -Math.log(32) : -Infinity),
    sample(count, seed, draw) {
      const uniform = drawUniform({ seed, stream: stream.data, step: 2 * draw }, 2 * count)
      const points = new Float64Array(2 * count)
      for (let n = 0; n < count; n++) {
        const x = 8 * uniform[2 * n]! - 4
        // y is uniform on two of the four squares of this column: the upper of a pair where ⌊x/2⌋ is odd.
        const folded = 4 * uniform[2 * n + 1]! - 4
        const isUpper = Math.abs(Math.floor(x / 2) % 2)
        points[2 * n] = x
        points[2 * n + 1] = folded + 2 * Math.floor((folded + 4) / 2) + 2 * isUpper
      }
      return { points, count, units: 2 }
    },
  }
}

/** Densities by the names that scenarios use. */
export const densities = {
  'two-modes': twoModes,
  'eight-gaussians': eightGaussians,
  'correlated-mixture': correlatedMixture,
  checkerboard,
} as const satisfies Record<string, () => Density>
