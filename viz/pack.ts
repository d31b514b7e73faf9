import type { Packed } from './field-spec.js'

/** The largest count: -32768 is kept for values that are not finite. */
const most = 32767
const notFinite = -32768

/**
 * Packs a matrix for the page: each row in steps of its largest magnitude over 32767, so an error is at most half a step.
 * @param value the entry at (row, column)
 * @returns base64 of rows·columns int16 and the step of each row. Cost O(rows·columns).
 */
export function pack(rows: number, columns: number, value: (row: number, column: number) => number): Packed {
  const bytes = Buffer.alloc(2 * rows * columns)
  const steps = Array.from({ length: rows }, (_, row) => {
    let reach = 0
    for (let column = 0; column < columns; column++) {
      const size = Math.abs(value(row, column))
      if (Number.isFinite(size) && size > reach) reach = size
    }
    const step = reach / most
    for (let column = 0; column < columns; column++) {
      const entry = value(row, column)
      const count = !Number.isFinite(entry) ? notFinite : step > 0 ? Math.round(entry / step) : 0
      bytes.writeInt16LE(Math.max(notFinite, Math.min(most, count)), 2 * (row * columns + column))
    }
    return Number(step.toPrecision(8))
  })
  return { rows, columns, steps, data: bytes.toString('base64') }
}

/**
 * Packs unit numbers below 65536.
 * @returns base64 of uint16, little-endian
 */
export function packUnits(units: ArrayLike<number>): string {
  const bytes = Buffer.alloc(2 * units.length)
  for (let index = 0; index < units.length; index++) bytes.writeUInt16LE(units[index] as number, 2 * index)
  return bytes.toString('base64')
}
