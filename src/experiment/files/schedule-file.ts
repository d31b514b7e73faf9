import { OverdampedError } from '../../errors.js'
import type { PhysicalScales } from '../../physics/protocol/scales.js'
import { decodeTable, parseCsv } from './csv.js'
import { withRegularFile } from './regular-file.js'

/** Parameters at times, with straight lines between them: a schedule as a file holds it. */
export interface ScheduleTable {
  /** "t", then a parameter each: `stiffness[0]`, `stiffness` for all of a term alike, or `kT` */
  readonly columns: readonly string[]
  /** [rows, columns] row-major, times in column 0 ascending */
  readonly values: Float64Array
  readonly rows: number
  /** the device whose SI units the numbers are in, where the file says so; null where it does not */
  readonly device: PhysicalScales | null
}

/** What a schedule is written with beside its numbers: for people and other programs; none of it is read back. */
export interface ScheduleNotes {
  /** unit of each column, [columns]; '' for those of the scenario */
  readonly units: readonly string[]
  /** anything else, as JSON has it */
  readonly more: object
}

/** The name of the file's format, in JSON. */
const format = 'overdamped-schedule'
const largestFile = 2 ** 28

/** As text, a row a time, behind comments with the units and the device. */
export function scheduleCsv({ columns, values, rows, device }: ScheduleTable, { units }: ScheduleNotes): string {
  const width = columns.length
  const lines = Array.from({ length: rows }, (_, row) => values.subarray(row * width, (row + 1) * width).join(','))
  const said =
    device === null
      ? []
      : [
          `# SI units: kT=${device.kT} J, mobility=${device.mobility} m/(N s), stiffness=${device.stiffness} N/m`,
          `# ${columns.map((name, n) => `${name} ${units[n]}`).join(', ')}`,
        ]
  return [...said, columns.join(','), ...lines, ''].join('\n')
}

/** As JSON: the same columns and rows, with all that is known of them. */
export function scheduleJson({ columns, values, rows, device }: ScheduleTable, { units, more }: ScheduleNotes): string {
  const width = columns.length
  const listed = Array.from({ length: rows }, (_, row) => [...values.subarray(row * width, (row + 1) * width)])
  const head = JSON.stringify({ format, version: 1, device, ...more, columns, units }, null, 1)
  return `${head.slice(0, -2)},\n "rows": [\n  ${listed.map((row) => JSON.stringify(row)).join(',\n  ')}\n ]\n}\n`
}

/**
 * Reads a schedule from CSV, whose first line names the columns, or from JSON with `columns` and `rows` (told apart by content).
 *
 * @throws E_FILE, E_FORMAT or E_DATA naming the file, what is wrong with it and what was expected
 */
export function loadSchedule(path: string): ScheduleTable {
  const kind = { what: 'schedule (.csv or .json)', largest: largestFile, endings: /\.(csv|tsv|txt|json)$/ }
  const table = withRegularFile(path, kind, ({ size, read }) => {
    const text = decodeTable(read(0, size), path)
    return /^\s*\{/.test(text) ? fromJson(text, path) : fromCsv(text, path)
  })
  requireTimes(table, path)
  return table
}

const fault = (text: string, path: string) => new OverdampedError('E_DATA', text, path)

function fromCsv(text: string, path: string): ScheduleTable {
  const { names, values, count } = parseCsv(text, path, { header: true })
  return { columns: names ?? [], values, rows: count, device: null }
}

function fromJson(text: string, path: string): ScheduleTable {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw new OverdampedError('E_FORMAT', 'is not JSON. Write it again.', path)
  }
  const { columns, rows, device, format: named, version } = recordOf(document)
  if ((named !== undefined && named !== format) || (version !== undefined && version !== 1))
    throw new OverdampedError(
      'E_FORMAT',
      `is of format ${JSON.stringify(named)}, version ${JSON.stringify(version)}; expected ${JSON.stringify(format)}, 1.`,
      path,
    )
  if (!Array.isArray(columns) || !columns.every((name) => typeof name === 'string') || !Array.isArray(rows))
    throw new OverdampedError('E_FORMAT', 'expected "columns", names, and "rows", lists of numbers.', path)
  const values = new Float64Array(rows.length * columns.length)
  rows.forEach((row: unknown, n) => {
    if (!Array.isArray(row) || row.length !== columns.length)
      throw fault(`row ${n} (counted from 0) is no list of ${columns.length} numbers, one for each column.`, path)
    row.forEach((value: unknown, column) => {
      if (typeof value !== 'number' || !Number.isFinite(value))
        throw fault(`row ${n}, "${columns[column]}", is ${JSON.stringify(value)}; expected a finite number.`, path)
      values[n * columns.length + column] = value
    })
  })
  return { columns, values, rows: rows.length, device: deviceIn(device, path) }
}

function deviceIn(device: unknown, path: string): PhysicalScales | null {
  if (device === undefined || device === null) return null
  const { kT, mobility, stiffness } = recordOf(device)
  const isScale = (value: unknown): value is number => typeof value === 'number' && value > 0 && Number.isFinite(value)
  if (isScale(kT) && isScale(mobility) && isScale(stiffness)) return { kT, mobility, stiffness }
  throw new OverdampedError('E_FORMAT', '"device" lacks kT, mobility and stiffness, numbers above 0.', path)
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** @throws E_DATA for too few rows, a first column that is no time, or times that do not ascend */
function requireTimes({ columns, values, rows }: ScheduleTable, path: string): void {
  if (columns[0] !== 't')
    throw fault(`the first column is ${JSON.stringify(columns[0] ?? '')}; expected "t", the time.`, path)
  if (rows < 2) throw fault(`has ${rows} rows; expected at least 2: the parameters at a time each.`, path)
  const width = columns.length
  for (let row = 1; row < rows; row++)
    if (!(values[row * width]! > values[(row - 1) * width]!))
      throw fault(
        `the time ${values[row * width]} in row ${row} (counted from 0) follows ${values[(row - 1) * width]}; expected ascending times.`,
        path,
      )
}
