import type { PointSet } from '../network/states.js'
import { fillNormals } from '../noise/gaussian.js'
import { stream } from '../noise/streams.js'
import { type Estimate, meanOf } from './estimate.js'
import { halfSampleBias, type SampledDistance } from './wasserstein.js'

/** Which directions a sliced distance looks along. */
export interface SliceOptions {
  /** integer in [0, 2⁵³) */
  readonly seed?: number | undefined
  /** orthonormal bases, `units` directions each; default 4 */
  readonly bases?: number | undefined
}

/** Lower bounds of W2² from one-dimensional projections. */
export interface SlicedWasserstein {
  /** SW2², the mean over the directions of W2²(u·x, u·y); ≤ W2²/units */
  readonly sliced: SampledDistance
  /** units·SW2² ≤ W2², with equality for translations: the bound to use */
  readonly bound: SampledDistance
  /** max-sliced, the largest W2²(u·x, u·y) ≤ W2² of the directions looked along; being a maximum it is biased further up */
  readonly max: SampledDistance & { readonly direction: Float64Array }
}

/** Resampling counts its steps up from 0 on the same stream. */
const firstStep = 2 ** 31

/**
 * Sliced squared Wasserstein distances of two sets of states. Along a direction u the states' projections are matched in
 * order, W2²(u·x, u·y) = (1/n) Σ (x_(n) - y_(n))². Over an orthonormal basis these add up to at most W2², as every coupling
 * costs |x - y|² = Σ_u (u·x - u·y)² and each term alone is minimal. Directions come as whole random bases, so that the
 * bound holds for these directions and not only on average.
 *
 * Errors are those of the Kantorovich potentials (∇φ = 2(x - T(x))) summed over the directions; where the laws are equal
 * the bias is all there is.
 *
 * @param initial, final as many states each, at least 4; row n of both is the same trajectory, or all are independent
 *
 * Cost: O(bases·units·count·(units + log count)), twice.
 * Source: Bonneel, Rabin, Peyré and Pfister, J. Math. Imaging Vis. 51, 22 (2015); max-sliced: Deshpande et al., CVPR 2019;
 * errors: del Barrio and Loubes, Ann. Probab. 47, 926 (2019).
 */
export function slicedWasserstein(
  initial: PointSet,
  final: PointSet,
  { seed = 1, bases = 4 }: SliceOptions = {},
): SlicedWasserstein {
  const { count, units } = initial
  const directions = Array.from({ length: bases }, (_, b) => randomBasis(seed, b, units)).flat()
  const potentials = new Float64Array(count)
  let max: { estimate: Estimate; direction: Float64Array } | null = null
  for (const direction of directions) {
    const along = alongDirection(initial, final, direction)
    const estimate = meanOf(along)
    for (let n = 0; n < count; n++) potentials[n]! += along[n]! / directions.length
    if (max === null || estimate.value > max.estimate.value) max = { estimate, direction }
  }
  const mean = (x: PointSet, y: PointSet, over: readonly Float64Array[]) =>
    over.reduce((sum, u) => sum + meanOf(alongDirection(x, y, u)).value / over.length, 0)
  const withBias = (estimate: Estimate, over: readonly Float64Array[]): SampledDistance => {
    return { ...estimate, bias: halfSampleBias(initial, final, estimate.value, (x, y) => mean(x, y, over)) }
  }
  const sliced = withBias(meanOf(potentials), directions)
  return {
    sliced,
    bound: { value: units * sliced.value, standardError: units * sliced.standardError, bias: units * sliced.bias },
    max: { ...withBias(max!.estimate, [max!.direction]), direction: max!.direction },
  }
}

/**
 * Potentials φ(x_n) + ψ(y_n) of the optimal matching along a direction, [count]: their mean is W2² of the projections, their
 * spread its error.
 */
function alongDirection(initial: PointSet, final: PointSet, direction: Float64Array): Float64Array {
  const { count } = initial
  const [x, y] = [projected(initial, direction), projected(final, direction)]
  const [orderX, orderY] = [ordered(x), ordered(y)]
  const out = new Float64Array(count)
  let phi = 0
  for (let k = 0; k < count; k++) {
    const i = orderX[k]!
    const j = orderY[k]!
    if (k > 0) {
      // φ rises by the integral of 2(x - T(x)) between neighbouring states.
      const before = orderX[k - 1]!
      phi += (x[i]! - x[before]!) * (x[before]! - y[orderY[k - 1]!]! + x[i]! - y[j]!)
    }
    out[i]! += phi
    out[j]! += (x[i]! - y[j]!) ** 2 - phi
  }
  return out
}

function projected({ points, count, units }: PointSet, direction: Float64Array): Float64Array {
  return Float64Array.from({ length: count }, (_, n) => {
    let sum = 0
    for (let i = 0; i < units; i++) sum += direction[i]! * points[n * units + i]!
    return sum
  })
}

/** Row numbers in the order of their values. */
function ordered(values: Float64Array): Int32Array {
  return Int32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!)
}

/** A random orthonormal basis, [units][units]: Gram–Schmidt on normals, which no direction favours. */
export function randomBasis(seed: number, number: number, units: number): Float64Array[] {
  const normals = new Float64Array(units * units)
  fillNormals(seed, stream.bootstrap, firstStep + number, units, 0, units, normals)
  const basis: Float64Array[] = []
  for (let u = 0; u < units; u++) {
    const vector = normals.slice(u * units, (u + 1) * units)
    // Twice, since rounding leaves a part along the earlier ones the first time.
    for (let pass = 0; pass < 2; pass++)
      for (const other of basis) {
        const along = vector.reduce((sum, value, i) => sum + value * other[i]!, 0)
        for (let i = 0; i < units; i++) vector[i]! -= along * other[i]!
      }
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
    basis.push(vector.map((value) => value / length))
  }
  return basis
}
