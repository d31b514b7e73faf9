import { arrays, pickStates, type States } from '../../physics/network/states.js'
import { logSumExp } from '../../physics/observe/log-weights.js'

/** A number for each pair of a batch, the higher the more it belongs together, from the logits of its B² candidates. */
type PairScore = (logits: Float64Array, batch: number) => Float64Array

/** What tells pairs that belong together from others. */
export const pairScores = {
  /** the pair energy difference ½[2l_ii - log Σ_(j≠i) e^(l_ij) - log Σ_(j≠i) e^(l_ji)]: how much lower a pair is than its mismatches */
  difference: (logits: Float64Array, batch: number) =>
    scored(batch, (i) => {
      const others = (outer: number, inner: number) =>
        logSumExp(Float64Array.from({ length: batch - 1 }, (_, n) => logits[i * outer + (n < i ? n : n + 1) * inner]!))
      return logits[i * (batch + 1)]! - (others(batch, 1) + others(1, batch)) / 2
    }),
  /** minus the free energy of all candidates, ½[log Σ_j e^(l_ij) + log Σ_j e^(l_ji)], which hardly knows of the pair itself */
  'free energy': (logits: Float64Array, batch: number) =>
    scored(batch, (i) => {
      const all = (outer: number, inner: number) =>
        logSumExp(Float64Array.from({ length: batch }, (_, n) => logits[i * outer + n * inner]!))
      return (all(batch, 1) + all(1, batch)) / 2
    }),
} as const satisfies Record<string, PairScore>

function scored(batch: number, score: (i: number) => number): Float64Array {
  return Float64Array.from({ length: batch }, (_, i) => score(i))
}

/** Sweeps of EM that settle two Gaussians of thousands of values. */
const sweeps = 100
/** Least width, so that no Gaussian ends on a single value. */
const leastWidth = 1e-3

/**
 * The probability that each value is of the higher of two Gaussians, which are fitted to all by expectation and maximisation, [n].
 *
 * Cost: 100 sweeps over the values.
 */
export function higherOfTwo(values: Float64Array): Float64Array {
  const sorted = values.toSorted()
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  let [low, high] = [0.2, 0.8].map((share) => ({ weight: 0.5, mean: at(share), width: spread / 2 + leastWidth }))
  const share = new Float64Array(values.length)
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const log = (value: number, { weight, mean, width }: Gaussian) =>
      Math.log(weight) - Math.log(width) - (value - mean) ** 2 / (2 * width ** 2)
    values.forEach((value, n) => {
      share[n] = 1 / (1 + Math.exp(log(value, low!) - log(value, high!)))
    })
    low = fitted(values, (n) => 1 - share[n]!)
    high = fitted(values, (n) => share[n]!)
  }
  return low!.mean > high!.mean ? share.map((value) => 1 - value) : share
}

interface Gaussian {
  readonly weight: number
  readonly mean: number
  readonly width: number
}

function fitted(values: Float64Array, share: (n: number) => number): Gaussian {
  let [total, sum, square] = [Number.MIN_VALUE, 0, 0]
  values.forEach((value, n) => {
    total += share(n)
    sum += share(n) * value
  })
  const mean = sum / total
  values.forEach((value, n) => {
    square += share(n) * (value - mean) ** 2
  })
  return { weight: total / values.length, mean, width: Math.sqrt(square / total) + leastWidth }
}

/**
 * Scores of all pairs, each the mean over a few random batches that it stood in, [pairs].
 *
 * @param logits - of a batch of pairs, [B²]
 * @param orders - permutations of the pairs, each of which is cut into batches
 *
 * Cost: the logits of a batch for each pair and order.
 */
export function scorePairs(
  logits: (pairs: States) => Float64Array,
  score: PairScore,
  pairs: States,
  orders: readonly Int32Array[],
  batch: number,
): Float64Array {
  const [sum, times] = arrays(2, pairs.batch)
  for (const order of orders)
    for (let first = 0; first < pairs.batch; first += batch) {
      // The last batch is as large as others: it overlaps with the one before.
      const from = Math.max(0, Math.min(first, pairs.batch - batch))
      const chosen = order.subarray(from, from + batch)
      const own = score(logits(pickStates(pairs, chosen)), chosen.length)
      own.forEach((value, n) => {
        sum[chosen[n]!]! += value
        times[chosen[n]!]!++
      })
    }
  return sum.map((value, n) => value / times[n]!)
}
