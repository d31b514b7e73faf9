import { allJoined, type Collected } from '../dynamics/observer.js'
import { countShards, eachShard, type Span } from '../dynamics/span.js'
import { arrays } from '../network/states.js'

/** Means over trajectories of several numbers, with standard errors and variances, [columns] each. */
export interface Moments {
  readonly mean: Float64Array
  /** NaN for one trajectory */
  readonly standardError: Float64Array
  /** over trajectories, with n - 1; NaN for one */
  readonly variance: Float64Array
}

/** Sums over trajectories that are given a batch at a time. */
export interface RunningMoments extends Collected {
  /** adds values[from … from + batch - 1], of trajectories first … first + batch - 1 of the span, in their order, to a column */
  add(column: number, values: Float64Array, from: number, first: number, batch: number): void
  moments(): Moments
}

/**
 * Means and variances of columns of numbers without keeping the numbers. They are counted from the first one that a column sees,
 * so that a mean far from 0 costs the variance no digits; and they are added one after another, so that batches change no bit. Each
 * shard of trajectories has sums of its own, which are added in their order at the end.
 *
 * Memory: 32 bytes a column and shard. Cost of a number: two additions.
 */
export function runningMoments(columns: number, span: Span): RunningMoments {
  const shards = countShards(span)
  const [count, origin, sum, squares] = arrays(4, shards * columns)
  const sums = { count, origin, sum, squares }
  return {
    memory: sums,
    joins: allJoined('shards', sums),
    add(column, values, at, first, batch) {
      eachShard(span, first, batch, (shard, from, to) => {
        const n = shard * columns + column
        const [start, end] = [at + from - first, at + to - first]
        if (count[n] === 0) origin[n] = values[start]!
        const zero = origin[n]!
        let [s, q] = [sum[n]!, squares[n]!]
        for (let b = start; b < end; b++) {
          const d = values[b]! - zero
          s += d
          q += d * d
        }
        sum[n] = s
        squares[n] = q
        count[n]! += to - from
      })
    },
    moments() {
      const total = overShards(columns, shards, sums)
      const mean = total.origin.map((zero, n) => zero + total.sum[n]! / total.count[n]!)
      // Rounding may leave less than nothing of numbers that are all alike.
      const variance = total.squares.map((q, n) => {
        const left = (q - total.sum[n]! ** 2 / total.count[n]!) / (total.count[n]! - 1)
        return left < 0 ? 0 : left
      })
      return { mean, variance, standardError: variance.map((v, n) => Math.sqrt(v / total.count[n]!)) }
    },
  }
}

/** What is summed of each column, counted from an origin of its own. */
type Sums = Readonly<Record<'count' | 'origin' | 'sum' | 'squares', Float64Array>>

/** The sums of all shards, one after another, as counted from the first one's origin; those of a single shard as they are. */
function overShards(columns: number, shards: number, each: Sums): Sums {
  const of = (values: Float64Array, shard: number) => values.slice(shard * columns, (shard + 1) * columns)
  const inShard = (shard: number): Sums => ({
    count: of(each.count, shard),
    origin: of(each.origin, shard),
    sum: of(each.sum, shard),
    squares: of(each.squares, shard),
  })
  const total = inShard(0)
  for (let shard = 1; shard < shards; shard++) {
    const { count, origin, sum, squares } = inShard(shard)
    for (let n = 0; n < columns; n++) {
      if (count[n] === 0) continue
      const away = origin[n]! - total.origin[n]!
      total.squares[n]! += squares[n]! + away * (2 * sum[n]! + count[n]! * away)
      total.sum[n]! += sum[n]! + count[n]! * away
      total.count[n]! += count[n]!
    }
  }
  return total
}
