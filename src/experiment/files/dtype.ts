import { OverdampedError } from '../../errors.js'

/** The element types that the project stores: f32, f64, i32 and u8. */
export type NumericArray = Float32Array | Float64Array | Int32Array | Uint8Array

/** One element type: its names in the two formats, its size, and how a fresh buffer becomes an array of it. */
export interface Dtype {
  /** NumPy's `descr`. */
  npy: string
  /** The safetensors name. */
  safetensors: string
  /** Bytes per element. */
  bytes: number
  /** The typed array over a whole buffer, whose length is a multiple of `bytes`. */
  over: (buffer: ArrayBuffer) => NumericArray
}

// Typed arrays have the machine's byte order, which is little-endian wherever Node is distributed but on s390x;
// there NumPy would read these files wrongly, so the project does not claim to run there.
const float32: Dtype = { npy: '<f4', safetensors: 'F32', bytes: 4, over: (buffer) => new Float32Array(buffer) }
const float64: Dtype = { npy: '<f8', safetensors: 'F64', bytes: 8, over: (buffer) => new Float64Array(buffer) }
const int32: Dtype = { npy: '<i4', safetensors: 'I32', bytes: 4, over: (buffer) => new Int32Array(buffer) }
const uint8: Dtype = { npy: '|u1', safetensors: 'U8', bytes: 1, over: (buffer) => new Uint8Array(buffer) }

/** All element types, in the order in which messages list them. */
export const dtypes: readonly Dtype[] = [float32, float64, int32, uint8]

/**
 * The element type of a typed array.
 *
 * @throws OverdampedError E_FORMAT for any other array, with `source` as the place
 */
export function dtypeOf(data: NumericArray, source: string): Dtype {
  if (data instanceof Float32Array) return float32
  if (data instanceof Float64Array) return float64
  if (data instanceof Int32Array) return int32
  if (data instanceof Uint8Array) return uint8
  const text =
    'elements of this type cannot be stored. Expected a Float32Array, Float64Array, Int32Array or Uint8Array.'
  throw new OverdampedError('E_FORMAT', text, source)
}

/** Of the spread of a column, float32 must keep so much. */
const kept = 2 ** -10

/** Rows of numbers as they are stored, [rows, columns]: float32, or float64 where that would lose what a column is spread by. */
export function compact(values: Float64Array, columns: number): Float32Array | Float64Array {
  const rows = values.length / columns
  for (let i = 0; i < columns; i++) {
    const column = Float64Array.from({ length: rows }, (_, n) => values[n * columns + i]!)
    const mean = column.reduce((sum, value) => sum + value / rows, 0)
    const spread = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2 / rows, 0))
    if (Math.abs(mean) * 2 ** -24 > kept * spread && spread > 0) return values
  }
  return Float32Array.from(values)
}

/** The bytes of a typed array as they lie in memory: a view, no copy. */
export function bytesOf(data: NumericArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/**
 * The elements stored in bytes [begin, end) as a typed array of their own.
 * A copy, because a view would need `begin` to be a multiple of the element size, would keep the whole file in memory,
 * and `slice` of a Node Buffer would still share the file's memory.
 *
 * @param end begin plus a multiple of `dtype.bytes`, at most bytes.length
 */
export function elements(dtype: Dtype, bytes: Uint8Array, begin: number, end: number): NumericArray {
  const copy = new Uint8Array(end - begin)
  copy.set(bytes.subarray(begin, end))
  return dtype.over(copy.buffer)
}

/** No array has more axes: as in NumPy 1. Views are compiled for each number of axes up to that of the largest one. */
const mostAxes = 32

/** The number of elements of an array of this shape: ∏ shape, 1 for a scalar's []. NaN where no array has it. */
export function elementCount(shape: readonly number[]): number {
  if (shape.length > mostAxes || !shape.every((length) => Number.isSafeInteger(length) && length >= 0))
    return Number.NaN
  const count = shape.reduce((product, length) => product * length, 1)
  return Number.isSafeInteger(count) ? count : Number.NaN
}
