/**
 * Philox4x32-10: a counter-based generator. Word w of the output is a pure function of (counter, key), so any random
 * number of a run can be made in any order, by any thread, and again.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), Random123.
 */

const multiplier0 = 0xd2511f53
const multiplier1 = 0xcd9e8d57
/** Key increments: the golden ratio and √3 - 1, in units of 2⁻³². */
const weyl0 = 0x9e3779b9
const weyl1 = 0xbb67ae85
const rounds = 10

/** High 32 bits of the 64-bit product, from 16-bit halves: no partial sum passes 2³². */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0
  const carry = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (carry >>> 16)) | 0
}

/**
 * Writes the four words (as signed 32-bit integers) of one counter to `out[0..3]`.
 *
 * @param c0 - `c3`: counter words; `k0`, `k1`: key words (their low 32 bits count)
 */
export function philox4x32(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Int32Array,
): void {
  let a = c0 | 0
  let b = c1 | 0
  let c = c2 | 0
  let d = c3 | 0
  let key0 = k0 | 0
  let key1 = k1 | 0
  for (let round = 0; round < rounds; round++) {
    const high0 = multiplyHigh(a, multiplier0)
    const low0 = Math.imul(a, multiplier0)
    const high1 = multiplyHigh(c, multiplier1)
    const low1 = Math.imul(c, multiplier1)
    a = high1 ^ b ^ key0
    b = low1
    c = high0 ^ d ^ key1
    d = low0
    key0 = (key0 + weyl0) | 0
    key1 = (key1 + weyl1) | 0
  }
  out[0] = a
  out[1] = b
  out[2] = c
  out[3] = d
}

/** The two key words of a seed in [0, 2⁵³): its low and its high 32 bits. */
export function keyOf(seed: number): [low: number, high: number] {
  return [seed | 0, Math.floor(seed / 2 ** 32) | 0]
}
