import type { Memory } from '../dynamics/observer.js'
import { type Estimate, meanOf } from './estimate.js'

/** Collects what correlations at several lags need, frame by frame. */
export interface LaggedProducts {
  readonly memory: Memory
  /** a and b, [batch], of trajectories first … first + batch - 1 at a frame; a trajectory's frames come in their order, without gaps */
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
  trajectories: number,
  lags: readonly number[],
  [from, to]: readonly [from: number, to: number],
): LaggedProducts {
  const depth = Math.max(...lags) + 1
  /** a of the last frames, [depth, trajectories] */
  const ring = new Float64Array(depth * trajectories)
  const [products, ofA, ofB] = [0, 1, 2].map(() => lags.map(() => new Float64Array(trajectories))) as [
    Float64Array[],
    Float64Array[],
    Float64Array[],
  ]
  // Counted from a value that they have: sums of squares of large numbers would lose digits.
  /** of a and of b, and whether there are any yet */
  const origin = new Float64Array(2)
  const begun = new Int32Array(1)
  const parts = (name: string, of: readonly Float64Array[]) => of.map((sums, l) => [`${name}.${l}`, sums] as const)
  return {
    memory: {
      ...{ ring, origin, begun },
      ...Object.fromEntries([...parts('products', products), ...parts('a', ofA), ...parts('b', ofB)]),
    },
    add(frame, first, batch, a, b) {
      if (frame < from || frame > to) return
      if (!begun[0]) [begun[0], origin[0], origin[1]] = [1, a[0]!, b[0]!]
      const [zeroA, zeroB] = [origin[0]!, origin[1]!]
      const row = (frame % depth) * trajectories + first
      for (let n = 0; n < batch; n++) ring[row + n] = a[n]! - zeroA
      lags.forEach((lag, l) => {
        if (frame - lag < from) return
        const before = ((frame - lag) % depth) * trajectories + first
        const [p, sumA, sumB] = [products[l]!, ofA[l]!, ofB[l]!]
        for (let n = 0; n < batch; n++) {
          const [earlier, later] = [ring[before + n]!, b[n]! - zeroB]
          p[first + n]! += earlier * later
          sumA[first + n]! += earlier
          sumB[first + n]! += later
        }
      })
    },
    covariances: () =>
      lags.map((lag, l) => {
        const pairs = to - from - lag + 1
        const meanA = meanOf(ofA[l]!).value / pairs
        const meanB = meanOf(ofB[l]!).value / pairs
        return meanOf(
          products[l]!.map((p, n) => (p - meanA * ofB[l]![n]! - meanB * ofA[l]![n]!) / pairs + meanA * meanB),
        )
      }),
  }
}
