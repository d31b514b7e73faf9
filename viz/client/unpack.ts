import { fromBase64 } from '../../src/play/base64.js'
import type { Packed } from '../field-spec.js'

const notFinite = -32768

/**
 * Makes a packed matrix readable.
 * @returns a function from row and column to the value; NaN where it was not finite. Decoding costs O(bytes), once.
 */
export function unpack({ columns, steps, data }: Packed): (row: number, column: number) => number {
  const view = new DataView(fromBase64(data).buffer)
  return (row, column) => {
    const count = view.getInt16(2 * (row * columns + column), true)
    return count === notFinite ? Number.NaN : count * (steps[row] ?? 0)
  }
}

/** Unit numbers packed in 16 bits. */
export function unpackUnits(data: string): Uint16Array {
  const view = new DataView(fromBase64(data).buffer)
  return Uint16Array.from({ length: view.byteLength / 2 }, (_, index) => view.getUint16(2 * index, true))
}
