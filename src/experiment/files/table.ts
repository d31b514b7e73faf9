import { OverdampedError } from '../../errors.js'
import type { PointSet } from '../../physics/network/states.js'
import { parseCsv } from './csv.js'
import { checkNpySize, npyHeadBytes, npyLayout } from './npy.js'
import { type RegularFile, withRegularFile } from './regular-file.js'

/** Where the array is and how it is split: the `data` section of a scenario with `source: array`. */
export interface ArrayKeys {
  readonly path: string
  readonly holdout: number
}

/** No array of numbers may take more memory. */
const mostBytes = 2 ** 30
/** The longest CSV file: a text longer than about 500 MB does not fit a string. */
const mostCsvBytes = 2 ** 28
/** Points that every metric needs on either side of the split. */
const fewest = 2

/**
 * States from a file, one a row: an NPY array [count, units] of f4, f8, i4 or u1, or CSV (told apart by content). Every
 * n-th row (index mod n = n-1, n = round(1/holdout)) is held out.
 *
 * @param units - number of visible units; the rows must have as many columns
 * @throws OverdampedError E_FILE, E_FORMAT or E_DATA naming the file (and row, or line and column) and what was expected
 * Cost: sizes are checked against the header before memory is taken; then O(count·units).
 */
export function loadArray({ path, holdout }: ArrayKeys, units: number): { train: PointSet; heldOut: PointSet } {
  const kind = {
    what: 'file of numbers (.npy or .csv)',
    largest: mostBytes + npyHeadBytes,
    endings: /\.(npy|csv|tsv|txt)$/,
  }
  const { points, count } = withRegularFile(path, kind, (file) =>
    file.read(0, 1)[0] === 0x93 ? readNpy(file, path, units) : readCsv(file, path, units),
  )
  const period = Math.round(1 / holdout)
  const heldOutCount = Math.floor(count / period)
  if (Math.min(heldOutCount, count - heldOutCount) < fewest)
    throw fault(
      `${count} rows, of which a holdout of ${holdout} holds out ${heldOutCount}. ` +
        `Expected at least ${fewest * period} rows: ${fewest} to measure against.`,
      path,
    )
  const train: PointSet = { points: new Float64Array((count - heldOutCount) * units), count: 0, units }
  const heldOut: PointSet = { points: new Float64Array(heldOutCount * units), count: 0, units }
  for (let row = 0; row < count; row++) {
    const part = row % period === period - 1 ? heldOut : train
    part.points.set(points.subarray(row * units, (row + 1) * units), part.count * units)
    part.count++
  }
  return { train, heldOut }
}

function readNpy(file: RegularFile, path: string, units: number): PointSet {
  const layout = npyLayout(file.read(0, npyHeadBytes), path)
  const { dtype, shape, start, end } = layout
  const [count = 0, columns] = shape
  if (shape.length !== 2) throw fault(`has shape (${shape.join(', ')}); expected two axes, (states, ${units}).`, path)
  checkColumns(columns!, units, path)
  checkNpySize(layout, file.size, path)
  const bytes = count * units * Float64Array.BYTES_PER_ELEMENT
  if (bytes > mostBytes)
    throw fault(`${count} states of ${units} units take ${(bytes / 2 ** 30).toFixed(1)} GiB; at most 1 GiB.`, path)
  const data = file.read(start, end)
  if (data.length < end - start) throw fault('became shorter while it was read.', path)
  const points = Float64Array.from(dtype.over(data.buffer as ArrayBuffer))
  const bad = points.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0)
    throw fault(
      `row ${Math.floor(bad / units)}, column ${bad % units} (counted from 0) is ${points[bad]}; expected finite numbers.`,
      path,
    )
  return { points, count, units }
}

function readCsv(file: RegularFile, path: string, units: number): PointSet {
  if (file.size > mostCsvBytes)
    throw fault(`has ${file.size} bytes; a CSV file has at most ${mostCsvBytes}. Save it as .npy.`, path)
  const bytes = file.read(0, file.size)
  if (bytes.includes(0))
    throw fault('is neither NPY nor text in UTF-8. Expected numbers as numpy.save or a CSV export writes them.', path)
  const { values, count, columns } = parseCsv(new TextDecoder().decode(bytes), path)
  if (count === 0) throw fault(`holds no row of numbers; expected ${units} in each line.`, path)
  checkColumns(columns, units, path)
  return { points: values, count, units }
}

function checkColumns(columns: number, units: number, path: string): void {
  if (columns === units) return
  throw fault(`has ${columns} columns; expected ${units}, one for each visible unit (network.visible).`, path)
}

function fault(text: string, path: string): OverdampedError {
  return new OverdampedError('E_DATA', text, path)
}
