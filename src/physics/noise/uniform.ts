import { keyOf, philox4x32 } from './philox.js'

/** Where in the random sequence a block of numbers stands. */
export interface DrawKey {
  /** integer in [0, 2⁵³) */
  readonly seed: number
  /** what the numbers are for (streams.ts) */
  readonly stream: number
  /** integer in [0, 2³²) */
  readonly step: number
}

const words = new Int32Array(4)

/** Fills `out` with independent uniform numbers in [0, 1), multiples of 2⁻³²: entry n is word n mod 4 of counter ⌊n/4⌋. */
export function fillUniform(key: DrawKey, out: Float64Array): void {
  const [key0, key1] = keyOf(key.seed)
  for (let n = 0; n < out.length; n++) {
    if ((n & 3) === 0) philox4x32(n >>> 2, 0, key.step, key.stream, key0, key1, words)
    out[n] = (words[n & 3]! >>> 0) * 2 ** -32
  }
}

/** So many numbers of fillUniform. */
export function drawUniform(key: DrawKey, count: number): Float64Array {
  const out = new Float64Array(count)
  fillUniform(key, out)
  return out
}

/** Fills `out` with independent uniform integers in [0, below); no value is favoured by more than below/2³². */
export function uniformIntegers(key: DrawKey, below: number, out: Int32Array): void {
  const uniform = drawUniform(key, out.length)
  for (let n = 0; n < out.length; n++) out[n] = Math.floor(uniform[n]! * below)
}

/**
 * A seeded draw of `count` of the integers 0 … total-1 without replacement, every ordered choice equally likely.
 * Fisher–Yates, stopped after `count` places; with count = total a permutation.
 *
 * @param count - integer in [0, total]
 */
export function distinctIntegers(key: DrawKey, count: number, total: number): Int32Array {
  const uniform = drawUniform(key, count)
  const order = Int32Array.from({ length: total }, (_, n) => n)
  for (let n = 0; n < count; n++) {
    const other = n + Math.floor(uniform[n]! * (total - n))
    const chosen = order[other]!
    order[other] = order[n]!
    order[n] = chosen
  }
  return order.slice(0, count)
}

/**
 * Fills `out` (shape [units, batch], batch innermost) with independent uniform numbers in (0, 1), odd multiples of 2⁻³³: that of
 * trajectory τ and unit i is word τ mod 4 of counter (⌊τ/4⌋, i, step, stream), however the trajectories are cut into batches.
 *
 * @param first - index τ of column 0
 *
 * Cost: one Philox call for four numbers.
 */
export function fillUniformStates(
  { seed, stream, step }: DrawKey,
  units: number,
  first: number,
  batch: number,
  out: Float64Array,
): void {
  const [key0, key1] = keyOf(seed)
  for (let unit = 0; unit < units; unit++) {
    for (let b = 0; b < batch; b++) {
      const trajectory = first + b
      if (b === 0 || (trajectory & 3) === 0) philox4x32(trajectory >>> 2, unit, step, stream, key0, key1, words)
      out[unit * batch + b] = ((words[trajectory & 3]! >>> 0) + 0.5) * 2 ** -32
    }
  }
}
