import { fromBase64, toBase64 } from '../base64.js'

/** Numbers as text: base64 of their float64, little-endian as every machine with a browser is. */
export function textOf(numbers: Float64Array): string {
  return toBase64(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength))
}

/** The numbers again, bit for bit. */
export function numbersOf(text: string): Float64Array {
  return new Float64Array(fromBase64(text).slice().buffer)
}
