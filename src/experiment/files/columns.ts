import { didYouMean, OverdampedError, quoted, shortened } from '../../errors.js'
import type { Column } from '../../learning/data/table.js'
import { decodeTable, eachRow, type Fault, number, type Row } from './csv.js'
import { withRegularFile } from './regular-file.js'

/** What the cells of a column are: numbers, names of categories, or nothing to learn from. */
export const columnKinds = ['real', 'category', 'ignore'] as const
/** One of them. */
type ColumnKind = (typeof columnKinds)[number]

/** What a file's user says of its columns, by name. A column of numbers is real, any other a category, where nothing is said. */
export type ColumnsGiven = Readonly<Record<string, ColumnKind>>

/** The longest file: as much again is held as text. */
const mostBytes = 2 ** 27
/** What programs write where a value is missing. */
const missing = /^(?:|na|nan|n\/a|#n\/a|null|\?)$/i

/** What the decoder puts where bytes are not UTF-8: different names become the same. */
const notUtf8 = '\ufffd'
const encoding = 'a name is not text in UTF-8, so that different ones may look the same. Save the file as UTF-8.'

/** The columns of a text file, the first line of which names them. @throws as readColumns, and E_FILE */
export function loadColumns(path: string, given: ColumnsGiven): Column[] {
  const hint = 'Paths are relative to the current directory.'
  const kind = { what: 'table (.csv)', largest: mostBytes, endings: /\.(csv|tsv|txt)$/, hint }
  return withRegularFile(path, kind, (file) => readColumns(decodeTable(file.read(0, file.size), path), path, given))
}

/**
 * The columns of a text table with numbers and names, separated as parseCsv says. Categories are numbered in the order of their numbers where
 * all are numbers, and of their letters elsewhere.
 *
 * @param source - the file's name, for messages
 * @throws E_DATA with file:line for a cell that is missing or no number, rows of different lengths, names that occur twice or not at all
 *
 * Cost: the different cells of each column are held once.
 */
export function readColumns(text: string, source: string, given: ColumnsGiven): Column[] {
  let cells: Cells[] | null = null
  let rows = 0
  const fault = eachRow(text, source, (row, fault) => {
    if (cells === null) cells = named(row, given, source, fault)
    else append(cells, row, rows++, fault)
  })
  if (cells === null || rows === 0)
    throw new OverdampedError('E_DATA', 'holds no rows below a first line that names the columns.', source)
  const kept = (cells as Cells[]).filter(({ kind }) => kind !== 'ignore')
  if (kept.length === 0) throw new OverdampedError('E_DATA', 'every column is ignored; nothing is left.', source)
  return kept.map((column) => columnOf(column, fault))
}

/** The cells of a column while it is read. */
interface Cells {
  readonly name: string
  readonly kind: ColumnKind | undefined
  /** the different ones, with their number, and row and place where they occur first */
  readonly different: Map<string, { readonly code: number; readonly row: number; readonly offset: number }>
  /** number of each row's */
  readonly codes: number[]
}

function named(row: Row, given: ColumnsGiven, source: string, fault: Fault): Cells[] {
  const { cells: names } = row
  if (names.some((name) => name.includes(notUtf8))) throw fault(encoding, row)
  const seen = new Set<string>()
  names.forEach((name, n) => {
    if (name === '' || number.test(name))
      throw fault(
        `column ${n} (counted from 0) is named ${quoted(name)}. Expected the first line to name every column; an index of rows is left out.`,
        row,
      )
    if (seen.has(name)) throw fault(`two columns are named ${quoted(name)}. Rename one.`, row)
    seen.add(name)
  })
  const unknown = Object.keys(given).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new OverdampedError(
      'E_DATA',
      `no column of ${source} is named ${quoted(unknown)}.${didYouMean(unknown, names)}`,
      `data.columns.${unknown}`,
    )
  return names.map((name) => ({
    name,
    kind: Object.hasOwn(given, name) ? given[name] : undefined,
    different: new Map(),
    codes: [],
  }))
}

function append(columns: readonly Cells[], row: Row, count: number, fault: Fault): void {
  const { cells } = row
  if (cells.length !== columns.length)
    throw fault(`row ${count} (counted from 0) has ${cells.length} cells; the first line names ${columns.length}.`, row)
  columns.forEach(({ name, kind, different, codes }, n) => {
    if (kind === 'ignore') return
    const cell = cells[n]!
    let known = different.get(cell)
    if (known === undefined) {
      if (cell.includes(notUtf8)) throw fault(encoding, row)
      if (missing.test(cell))
        throw fault(
          `row ${count}, column ${quoted(name)} has no value (${JSON.stringify(cell)}). Fill it in, leave the row out, or leave the column out (data.columns: { ${shortened(name)}: ignore }).`,
          row,
        )
      known = { code: different.size, row: count, offset: row.offset }
      different.set(cell, known)
    }
    codes.push(known.code)
  })
}

function columnOf({ name, kind, different, codes }: Cells, fault: Fault): Column {
  const entries = [...different]
  const isNumber = ([cell]: (typeof entries)[number]) => number.test(cell) && Number.isFinite(Number(cell))
  const odd = entries.find((entry) => !isNumber(entry))
  if (kind === 'real' || (kind === undefined && (odd === undefined || entries.filter(isNumber).length > 1))) {
    if (odd !== undefined) {
      const [cell, at] = odd
      throw fault(
        `row ${at.row}, column ${quoted(name)} is ${JSON.stringify(cell.slice(0, 40))}; expected a number, as in other rows. Mend it, or say that the column holds categories (data.columns: { ${shortened(name)}: category }).`,
        at,
      )
    }
    const numbers = entries.map(([cell]) => Number(cell))
    return { name, kind: 'real', values: Float64Array.from(codes, (code) => numbers[code]!) }
  }
  const names = entries.map(([cell]) => cell)
  const sorted = odd === undefined ? names.toSorted((a, b) => Number(a) - Number(b)) : names.toSorted()
  const place = new Map(sorted.map((cell, n) => [cell, n]))
  const order = names.map((cell) => place.get(cell)!)
  return { name, kind: 'category', categories: sorted, values: Float64Array.from(codes, (code) => order[code]!) }
}
