import ndarray, { type NdArray } from 'ndarray'
import type { NumericArray } from '../files/dtype.js'

/** An array on its way to a file; a typed array is a vector. */
export type Written = NdArray<NumericArray> | Float64Array | Int32Array

/** An array with its shape: a vector has its length. */
export function shaped(array: Written) {
  return ArrayBuffer.isView(array) ? ndarray(array, [array.length]) : array
}

/** Arrays by name, each with its shape. */
export function namedArrays(arrays: Readonly<Record<string, Written>>) {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, shaped(array)]))
}
