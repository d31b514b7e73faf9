import { OverdampedError } from '../../errors.js'
import type { Bounds } from '../../physics/formula/bounds.js'
import { exactly, hull, type Interval } from '../../physics/formula/interval.js'
import { decodeTable, type NumberTable, parseCsv } from './csv.js'
import { decodeNpy } from './npy.js'
import { withRegularFile } from './regular-file.js'

/** A function of time known at some moments. */
export interface Series {
  /** ascending, [points] */
  readonly t: Float64Array
  /** [points] */
  readonly value: Float64Array
}

/** A table of times and values is small: a million rows of eight columns. */
const largestFile = 2 ** 26

/** Numbers in rows and columns. */
export type FileTable = Pick<NumberTable, 'values' | 'count' | 'columns'>

/**
 * A table of numbers: CSV, or an NPY array [rows, columns] or [rows], told apart by content.
 *
 * @param header - of a CSV text, whether its first line names the columns; see `parseCsv`
 * @throws E_FILE, E_FORMAT or E_DATA naming the file, what is wrong with it and what was expected
 */
export function loadTable(path: string, header?: boolean): FileTable {
  const kind = { what: 'file of numbers (.npy or .csv)', largest: largestFile, endings: /\.(npy|csv|tsv|txt)$/ }
  return withRegularFile(path, kind, ({ size, read }) => {
    const bytes = read(0, size)
    return bytes[0] === 0x93 ? npyTable(bytes, path) : parseCsv(decodeTable(bytes, path), path, { header })
  })
}

/**
 * A series from a table whose column 0 holds ascending times.
 *
 * @param column - of the values, counted from 0
 * @param header - of a CSV text, whether its first line names the columns; see `parseCsv`
 * @throws E_FILE, E_FORMAT or E_DATA naming the file, what is wrong with it and what was expected
 */
export function loadSeries(path: string, column: number, header?: boolean): Series {
  const { values, count, columns } = loadTable(path, header)
  const fault = (text: string) => new OverdampedError('E_DATA', text, path)
  if (count < 2) throw fault(`has ${count} rows; expected at least 2: a time and a value each.`)
  if (column >= columns)
    throw fault(`has ${columns} columns, so there is no column ${column} (counted from 0). Set column: ${columns - 1}.`)
  const pick = (index: number) => Float64Array.from({ length: count }, (_, row) => values[row * columns + index]!)
  const t = pick(0)
  const value = pick(column)
  for (let row = 0; row < count; row++) {
    if (!Number.isFinite(t[row]) || !Number.isFinite(value[row]))
      throw fault(`row ${row} (counted from 0) is ${t[row]}, ${value[row]}; expected finite numbers.`)
    if (row > 0 && !(t[row]! > t[row - 1]!))
      throw fault(`the time ${t[row]} in row ${row} (counted from 0) follows ${t[row - 1]}; expected ascending times.`)
  }
  return { t, value }
}

function npyTable(bytes: Uint8Array, path: string): FileTable {
  const { data, shape } = decodeNpy(bytes, path)
  if (shape.length !== 1 && shape.length !== 2)
    throw new OverdampedError('E_DATA', `has shape (${shape.join(', ')}); expected (points, 2), or (values,).`, path)
  return { values: Float64Array.from(data), count: shape[0]!, columns: shape[1] ?? 1 }
}

/**
 * The series at any time between its first and its last, on straight lines between its points.
 *
 * Cost: O(1) for times that grow or fall slowly, O(log points) otherwise.
 */
export function interpolated({ t, value }: Series): (at: number) => number {
  const last = t.length - 2
  let n = 0
  return (at) => {
    const inside = t[n]! <= at && at <= t[n + 1]!
    if (!inside) n = at > t[n]! && n < last && at <= t[n + 2]! ? n + 1 : intervalOf(t, at)
    const weight = (at - t[n]!) / (t[n + 1]! - t[n]!)
    return value[n]! + Math.min(1, Math.max(0, weight)) * (value[n + 1]! - value[n]!)
  }
}

/**
 * All values and slopes of the series between two times.
 *
 * Cost: O(log points + points between).
 */
export function seriesBounds({ t, value }: Series): (from: number, to: number) => Bounds {
  const at = interpolated({ t, value })
  return (from, to) => {
    let values = hull(exactly(at(from)), exactly(at(to)))
    let slopes: Interval | null = null
    for (let n = intervalOf(t, from); n + 1 < t.length && (slopes === null || t[n]! < to); n++) {
      const slope = exactly((value[n + 1]! - value[n]!) / (t[n + 1]! - t[n]!))
      slopes = slopes === null ? slope : hull(slopes, slope)
      if (t[n + 1]! < to) values = hull(values, exactly(value[n + 1]!))
    }
    return { value: values, slope: slopes ?? exactly(0) }
  }
}

/** The interval [t_n, t_(n+1)] that holds a time, by bisection; the first or the last one beyond the ends. */
function intervalOf(t: Float64Array, at: number): number {
  let [low, high] = [0, t.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (t[middle]! <= at) low = middle
    else high = middle
  }
  return low
}
