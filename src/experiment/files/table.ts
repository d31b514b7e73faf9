import { OverdampedError, quoted } from '../../errors.js'
import { type Classes, classesIn } from '../../learning/data/classes.js'
import { type Scaling, scaled, scalingOf } from '../../learning/data/scaling.js'
import type { PointSet } from '../../physics/network/states.js'
import { decodeTable, parseCsv } from './csv.js'
import { defaultHoldout } from './idx.js'
import { checkNpySize, npyHeadBytes, npyLayout } from './npy.js'
import { type RegularFile, withRegularFile } from './regular-file.js'

/** Where the array is and how it is split: the `data` section of a scenario with `source: array`. */
export interface ArrayKeys {
  readonly path: string
  /** held-out fraction 1/n; `defaultHoldout` when absent */
  readonly holdout?: number | undefined
  /** of a text: whether its first line names the columns; where that is not said it must be clear */
  readonly header?: boolean | undefined
  /** whether column 0 is the rows' index, to be passed over; where that is not said it must be clear */
  readonly index?: boolean | undefined
  /** the column that holds each row's class and no state, by name or number from 0 */
  readonly classes?: string | number | undefined
  /** whether each column is learned less its mean and over its standard deviation; not when absent */
  readonly standardize?: boolean | undefined
}

/** What a table holds for learning. */
export interface ArrayRead {
  readonly train: PointSet
  readonly heldOut: PointSet
  readonly table: TableRead
  /** null without a column of classes */
  readonly classes: Classes | null
  /** names of the columns, [units], where the file has any */
  readonly columns: readonly string[] | null
  /** null where data are learned as they are */
  readonly scaling: Scaling | null
}

/** What was taken for states in a file, and what was not. */
export interface TableRead {
  /** states */
  readonly rows: number
  /** whether a first line was passed over as the columns' names */
  readonly header: boolean
  /** whether a first column was passed over as the rows' index */
  readonly index: boolean
  /** what each column was learned less, and over, where they were standardised */
  readonly standardized?: { readonly mean: readonly number[]; readonly deviation: readonly number[] }
  /** names of the classes, where a column held them; label units know them by their order */
  readonly classes?: readonly (number | string)[]
}

/** No array of numbers may take more memory. */
const mostBytes = 2 ** 30
/** The longest CSV file: a text longer than about 500 MB does not fit a string. */
const mostCsvBytes = 2 ** 28
/** Points that every metric needs on either side of the split. */
const fewest = 2

/**
 * States from a file, one a row: an NPY array [count, units] of f4, f8, i4 or u1, or CSV (told apart by content). Every
 * n-th row (index mod n = n-1, n = round(1/holdout)) is held out. Numbers of columns and of rows are refused as states.
 *
 * @param units - number of visible units; the rows must have as many columns
 * @throws OverdampedError E_FILE, E_FORMAT or E_DATA naming the file (and row, or line and column) and what was expected
 * Cost: sizes are checked against the header before memory is taken; then O(count·units).
 */
export function loadArray(
  { path, holdout = defaultHoldout, standardize = false, ...given }: ArrayKeys,
  units: number,
): ArrayRead {
  const kind = {
    what: 'file of numbers (.npy or .csv)',
    largest: mostBytes + npyHeadBytes,
    endings: /\.(npy|csv|tsv|txt)$/,
  }
  const { points, count, columns, classes, ...passedOver } = withRegularFile(path, kind, (file) => {
    if (file.read(0, 1)[0] !== 0x93) return readCsv(file, path, units, given)
    if (given.header !== undefined) throw fault('is NPY, which has no header. Leave data.header away.', path)
    if (given.index) throw fault('is NPY. Write it without the index (numpy: a[:, 1:]).', path)
    return readNpy(file, path, units, given)
  })
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
  const found = classes === null ? null : classesIn(classes, (row) => row % period === period - 1, path)
  const scaling = standardize ? scalingOf(train, (unit) => columnName(unit, columns), path) : null
  return {
    ...{ train: scaled(train, scaling), heldOut: scaled(heldOut, scaling) },
    ...{ columns, scaling, classes: found },
    table: {
      ...{ rows: count, ...passedOver },
      ...(scaling === null
        ? {}
        : { standardized: { mean: Array.from(scaling.mean), deviation: Array.from(scaling.deviation) } }),
      ...(found === null ? {} : { classes: found.names }),
    },
  }
}

/** A column as messages call it. */
function columnName(unit: number, columns: readonly string[] | null): string {
  return columns === null ? `${unit} (counted from 0)` : quoted(columns[unit]!)
}

/** What was read, in words. */
export function tableInWords({ rows, header, index, standardized, classes }: TableRead): string {
  const passedOver = [
    ...(header ? ['a header'] : []),
    ...(index ? ['an index column'] : []),
    ...(classes === undefined ? [] : [`a column of ${classes.length} classes`]),
  ]
  const beside = passedOver.length === 0 ? ', no header' : `, beside ${passedOver.join(' and ')}`
  return `${rows} rows${beside}${standardized === undefined ? '' : ', standardised'}`
}

type Given = Pick<ArrayKeys, 'header' | 'index' | 'classes'>

/** The rows of a file before they are split. */
interface RowsRead {
  readonly points: Float64Array
  readonly count: number
  readonly header: boolean
  readonly index: boolean
  readonly columns: readonly string[] | null
  /** class of each row, as it is written */
  readonly classes: readonly string[] | null
}

function readNpy(file: RegularFile, path: string, units: number, given: Given): RowsRead {
  const layout = npyLayout(file.read(0, npyHeadBytes), path)
  const { dtype, shape, start, end } = layout
  const [count = 0, columns] = shape
  if (shape.length !== 2) throw fault(`has shape (${shape.join(', ')}); expected two axes, (states, ${units}).`, path)
  const wide = given.classes === undefined ? units : units + 1
  checkColumns(columns!, wide, path)
  checkNpySize(layout, file.size, path)
  const bytes = count * wide * Float64Array.BYTES_PER_ELEMENT
  if (bytes > mostBytes)
    throw fault(`${count} states of ${units} units take ${(bytes / 2 ** 30).toFixed(1)} GiB; at most 1 GiB.`, path)
  const data = file.read(start, end)
  if (data.length < end - start) throw fault('became shorter while it was read.', path)
  const numbers = Float64Array.from(dtype.over(data.buffer as ArrayBuffer))
  const { points, classes } = withoutClasses(numbers, wide, given.classes, path)
  const bad = points.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0)
    throw fault(
      `row ${Math.floor(bad / units)}, column ${bad % units} (counted from 0) is ${points[bad]}; expected finite numbers.`,
      path,
    )
  if (given.index === undefined) checkIndex(points, count, units, path)
  return { points, count, header: false, index: false, columns: null, classes }
}

/** Numbers without the column that holds classes. */
function withoutClasses(numbers: Float64Array, wide: number, column: Given['classes'], path: string) {
  if (column === undefined) return { points: numbers, classes: null }
  if (typeof column === 'string' || column >= wide)
    throw fault(`is NPY. Give the number of the column for data.classes, from 0 to ${wide - 1}.`, path)
  const isClass = (_: number, n: number) => n % wide === column
  return {
    points: numbers.filter((value, n) => !isClass(value, n)),
    classes: Array.from(numbers.filter(isClass), String),
  }
}

function readCsv(file: RegularFile, path: string, units: number, given: Given): RowsRead {
  if (file.size > mostCsvBytes)
    throw fault(`has ${file.size} bytes; a CSV file has at most ${mostCsvBytes}. Save it as .npy.`, path)
  const { values, count, columns, header, index, names, classes } = parseCsv(
    decodeTable(file.read(0, file.size), path),
    path,
    given,
  )
  if (count === 0) throw fault(`holds no row of numbers; expected ${units} in each line.`, path)
  if (!index && given.index === undefined) checkIndex(values, count, columns, path)
  checkColumns(columns, units, path)
  if (!header && given.header === undefined) checkFirstRow(values, columns, path)
  return { points: values, count, header, index, columns: names, classes }
}

/** Rows that are counted one by one make column 0 an index from here on, and ... */
const fewestCounted = 4
/** ... from here on so do whole numbers that ascend or fall, or in a table of fractions differ from each other. */
const fewestNumbered = 8

/** Refuses a column 0 that may be the rows' index, and no other column: no states are so by chance. */
function checkIndex(values: Float64Array, count: number, columns: number, path: string): void {
  if (columns < 2 || count < fewestCounted) return
  const column = (c: number) => Float64Array.from({ length: count }, (_, row) => values[row * columns + c]!)
  const [first, others] = [column(0), Array.from({ length: columns - 1 }, (_, c) => c + 1)]
  const start = first[0]!
  const isCounted = (start === 0 || start === 1) && first.every((x, row) => x === start + row)
  const isNumbered =
    count >= fewestNumbered &&
    areDifferent(first) &&
    ((isOrdered(first) && !others.some((c) => isOrdered(column(c)))) ||
      others.every((c) => !column(c).some(Number.isInteger)))
  if (!isCounted && !isNumbered) return
  const shown = `${first.subarray(0, 3).join(', ')}, …`
  throw fault(
    `column 0 is ${shown}: does it number the rows, or is it a state? Set data.index: true to pass over it, false to read it.`,
    path,
  )
}

/** Whole numbers, each once. */
function areDifferent(numbers: Float64Array): boolean {
  return numbers.every(Number.isInteger) && new Set(numbers).size === numbers.length
}

function isOrdered(numbers: Float64Array): boolean {
  return [1, -1].some((sign) => numbers.every((x, n) => n === 0 || sign * (x - numbers[n - 1]!) > 0))
}

/**
 * Refuses a first row that may be the columns' numbers: whole numbers, each once, where no other row has only whole numbers; and
 * 0, 1, 2, … or 1, 2, 3, … as pandas names columns, but not in a table of whole numbers where it occurs again (0, 1 may be two
 * states, or a header above them).
 */
function checkFirstRow(values: Float64Array, columns: number, path: string): void {
  const first = values.subarray(0, columns)
  if (!areDifferent(first) || values.length === columns) return
  const others = (is: (x: number, n: number) => boolean) => {
    for (let at = columns; at < values.length; at += columns)
      if (values.subarray(at, at + columns).every(is)) return true
    return false
  }
  const isCounted = columns > 1 && (first[0] === 0 || first[0] === 1) && first.every((x, n) => x === first[0]! + n)
  const recurs = () => (columns > 2 || first[0] === 1) && others((x, n) => x === first[n])
  const isState = isCounted ? values.every(Number.isInteger) && recurs() : others(Number.isInteger)
  if (isState) return
  const shown = [...first.subarray(0, 3)].join(', ') + (columns > 3 ? ', …' : '')
  throw fault(
    `the first row is ${shown}: numbers of columns or a state? Set data.header: true to pass over it, false to read it.`,
    path,
  )
}

function checkColumns(columns: number, units: number, path: string): void {
  if (columns === units) return
  throw fault(`has ${columns} columns; expected ${units}, one for each visible unit (network.visible).`, path)
}

function fault(text: string, path: string): OverdampedError {
  return new OverdampedError('E_DATA', text, path)
}
