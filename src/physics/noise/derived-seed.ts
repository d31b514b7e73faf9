import { keyOf, philox4x32 } from './philox.js'

const words = new Int32Array(4)

/** A seed made of another: for the dynamics of part number `at` of something whose steps begin at 0 in each part. */
export function derivedSeed(seed: number, stream: number, at: number): number {
  const [key0, key1] = keyOf(seed)
  philox4x32(0, 0, at, stream, key0, key1, words)
  return (words[0]! >>> 0) * 2 ** 21 + ((words[1]! >>> 0) & (2 ** 21 - 1))
}
