/**
 * Numbers in the kernels' memory as arrays, by their byte address. A view holds until the memory grows, which `take` may do:
 * none is kept across it, nor across an `await`.
 */
export interface Views {
  i32(address: number, length: number): Int32Array
  f32(address: number, length: number): Float32Array
  f64(address: number, length: number): Float64Array
}

/** The kernels' memory, handed out from the bottom up. */
export interface Arena extends Views {
  /** room for `bytes`, aligned to 64: a byte address. What was there before is not cleared. @throws RangeError when full */
  take(bytes: number): number
  /** the address that the next `take` returns; give it to `release` to free everything taken since */
  mark(): number
  release(mark: number): void
}

/** Writes int32 numbers and one more; their address. */
export function writeWords(arena: Arena, values: Int32Array, last = 0): number {
  const address = arena.take(4 * (values.length + 1))
  const view = arena.i32(address, values.length + 1)
  view.set(values)
  view[values.length] = last
  return address
}
