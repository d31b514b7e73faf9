import { listed, OverdampedError, quoted, shortened } from '../../errors.js'
import { withRegularFile } from './regular-file.js'
import { decodeSafetensors } from './safetensors.js'
import { loadTable } from './series.js'

const largestFile = 2 ** 28

/**
 * Numbers that a file has in one column: CSV with one number a line, an NPY array [numbers], or the tensor of that name in a file of
 * safetensors, [numbers] or, as the trained parameters of a run, [knots, numbers], of which it is the last.
 *
 * @param name - of the tensor
 * @param header - of a CSV text, whether its first line names the column
 * @returns null for a table of several columns
 * @throws E_FILE, E_FORMAT or E_DATA naming the file, what is wrong with it and what was expected
 */
export function loadList(path: string, name: string, header?: boolean): number[] | null {
  const values = path.endsWith('.safetensors') ? tensorOf(path, name) : columnOf(path, header)
  const wrong = values?.findIndex((value) => !Number.isFinite(value)) ?? -1
  if (wrong < 0) return values
  throw new OverdampedError(
    'E_DATA',
    `number ${wrong} (counted from 0) is ${values![wrong]}; expected finite ones.`,
    path,
  )
}

function columnOf(path: string, header?: boolean): number[] | null {
  const { values, columns } = loadTable(path, header)
  return columns === 1 ? [...values] : null
}

function tensorOf(path: string, name: string): number[] {
  const kind = { what: 'file of safetensors', largest: largestFile, endings: /\.safetensors$/ }
  const { tensors } = withRegularFile(path, kind, ({ size, read }) => decodeSafetensors(read(0, size), path))
  const tensor = Object.hasOwn(tensors, name) ? tensors[name]! : null
  if (tensor === null)
    throw new OverdampedError(
      'E_DATA',
      `has no tensor ${quoted(name)}; it has ${shortened(listed(Object.keys(tensors)), 300)}.`,
      path,
    )
  const { shape, data } = tensor
  if (shape.length !== 1 && shape.length !== 2)
    throw new OverdampedError(
      'E_DATA',
      `${quoted(name)} has shape (${shape.join(', ')}); expected (numbers,) or (knots, numbers).`,
      path,
    )
  return Array.from(data.subarray(data.length - shape.at(-1)!))
}
