import type { Collected } from '../dynamics/observer.js'
import { countShards, eachShard, type Span } from '../dynamics/span.js'
import { type Estimate, meanOf } from './estimate.js'

/** Collects what correlations at several lags need, frame by frame. */
export interface LaggedProducts extends Collected {
  /** a and b, [batch], of trajectories first … first + batch - 1 of the span at a frame; a trajectory's frames come in their order, without gaps */
  add(frame: number, first: number, batch: number, a: Float64Array, b: Float64Array): void
  /** of each lag, in their order */
  covariances(): Estimate[]
}

/**
 * Covariances of a(t) and b(t + τ),
 *
 *     C(τ) = ⟨a(t) b(t + τ)⟩ - ⟨a(t)⟩⟨b(t + τ)⟩,
 *
 * averages over all pairs of frames so far apart and over all trajectories, means over the frames that stand in these pairs. Errors
 * are those of the mean over trajectories of (a - ⟨a⟩)(b - ⟨b⟩), each averaged over its pairs; NaN for one trajectory. Taking
 * off measured means lowers C by what the square of their error is.
 *
 * @param lags - in frames, ascending or not
 * @param frames - the first and the last that count
 *
 * Memory: 3 numbers a lag and the longest lag of each trajectory. Cost of a frame: O(trajectories·lags).
 */
export function laggedProducts(
  span: Span,
  lags: readonly number[],
  [from, to]: readonly [from: number, to: number],
): LaggedProducts {
  const { trajectories, shard: size } = span
  const depth = Math.max(...lags) + 1
  /** a of the last frames, [depth, trajectories] */
  const ring = new Float64Array(depth * trajectories)
  const [products, ofA, ofB] = [0, 1, 2].map(() => lags.map(() => new Float64Array(trajectories))) as [
    Float64Array[],
    Float64Array[],
    Float64Array[],
  ]
  // Counted from a value that they have: sums of squares of large numbers would lose digits.
  /** of a and of b in each shard, [shards, 2], and whether there are any yet, [shards] */
  const origin = new Float64Array(2 * countShards(span))
  const begun = new Int32Array(countShards(span))
  const each = <Value>(of: (sums: readonly Float64Array[], l: number) => Value) =>
    Object.entries({ products, a: ofA, b: ofB }).flatMap(([name, sums]) =>
      lags.map((_, l) => [`${name}.${l}`, of(sums, l)] as const),
    )
  return {
    memory: { ring, origin, begun, ...Object.fromEntries(each((sums, l) => sums[l]!)) },
    joins: { ring: 'columns', origin: 'shards', begun: 'shards', ...Object.fromEntries(each(() => 'rows' as const)) },
    add(frame, first, batch, a, b) {
      if (frame < from || frame > to) return
      eachShard(span, first, batch, (shard, start, end) => {
        if (!begun[shard]) {
          begun[shard] = 1
          origin.set([a[start - first]!, b[start - first]!], 2 * shard)
        }
        const [zeroA, zeroB] = [origin[2 * shard]!, origin[2 * shard + 1]!]
        const row = (frame % depth) * trajectories
        for (let n = start; n < end; n++) ring[row + n] = a[n - first]! - zeroA
        lags.forEach((lag, l) => {
          if (frame - lag < from) return
          const before = ((frame - lag) % depth) * trajectories
          const [p, sumA, sumB] = [products[l]!, ofA[l]!, ofB[l]!]
          for (let n = start; n < end; n++) {
            const [earlier, later] = [ring[before + n]!, b[n - first]! - zeroB]
            p[n]! += earlier * later
            sumA[n]! += earlier
            sumB[n]! += later
          }
        })
      })
    },
    covariances: () =>
      lags.map((lag, l) => {
        const pairs = to - from - lag + 1
        const sums = { products: products[l]!, a: ofA[l]!, b: ofB[l]! }
        const [p, a, b] = fromOneOrigin(sums, origin, size, pairs)
        const meanA = meanOf(a).value / pairs
        const meanB = meanOf(b).value / pairs
        return meanOf(p.map((sum, n) => (sum - meanA * b[n]! - meanB * a[n]!) / pairs + meanA * meanB))
      }),
  }
}

/**
 * Σ(a - z)(b - w), Σ(a - z) and Σ(b - w) of each trajectory with z and w of the first shard in place of those of its own.
 *
 * @param origin - z and w, [shards, 2]
 * @param size - trajectories of a shard
 * @param pairs - numbers in each sum
 */
function fromOneOrigin(
  { products, a, b }: Readonly<Record<'products' | 'a' | 'b', Float64Array>>,
  origin: Float64Array,
  size: number,
  pairs: number,
): [Float64Array, Float64Array, Float64Array] {
  const [p, sumA, sumB] = [products.slice(), a.slice(), b.slice()]
  for (let n = size; n < p.length; n++) {
    const own = 2 * Math.floor(n / size)
    const [awayA, awayB] = [origin[own]! - origin[0]!, origin[own + 1]! - origin[1]!]
    sumB[n]! += pairs * awayB
    p[n]! += awayB * a[n]! + awayA * sumB[n]!
    sumA[n]! += pairs * awayA
  }
  return [p, sumA, sumB]
}
