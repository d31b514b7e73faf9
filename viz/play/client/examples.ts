import { fromBase64 } from '../../../src/play/base64.js'
import type { NetworkRecord } from '../../../src/play/record.js'
import { unitsOf } from '../layout.js'
import { type Known, levelOf } from './known.js'

/** Which half of a lattice. */
export type Half = 'left' | 'right' | 'top' | 'bottom'

/** The half of an example as known units, the other half free; and the class of the example. */
export function halfOf(
  record: NetworkRecord,
  example: number,
  half: Half,
  [rows, columns]: readonly [number, number],
): { known: Known; label: number | undefined } {
  const { examples, range } = record
  const values = new Float32Array(fromBase64(examples.data).buffer)
  const units = unitsOf(record)
  const known = Uint8Array.from({ length: units }, (_, unit) => {
    const [row, column] = [Math.floor(unit / columns), unit % columns]
    const isIn = {
      left: 2 * column < columns,
      right: 2 * column >= columns,
      top: 2 * row < rows,
      bottom: 2 * row >= rows,
    }
    return isIn[half] ? levelOf(values[example * units + unit] as number, range) : 0
  })
  return { known, label: examples.classes[example] }
}
