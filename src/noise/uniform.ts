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

/** Fills `out` with independent uniform integers in [0, below); no value is favoured by more than below/2³². */
export function uniformIntegers(key: DrawKey, below: number, out: Int32Array): void {
  const uniform = new Float64Array(out.length)
  fillUniform(key, uniform)
  for (let n = 0; n < out.length; n++) out[n] = Math.floor(uniform[n]! * below)
}
