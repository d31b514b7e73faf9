import Papa from 'papaparse'
import { OverdampedError, quoted, shortened } from '../../errors.js'

/** Rows of numbers as they are read. */
export interface NumberTable {
  /** [count, columns] row-major */
  readonly values: Float64Array
  readonly count: number
  readonly columns: number
  /** whether a first line was passed over as the columns' names */
  readonly header: boolean
  /** whether the column before those with a name was passed over: the rows' index */
  readonly index: boolean
  /** of the columns that hold numbers, where the first line names them */
  readonly names: readonly string[] | null
  /** cells of the column that holds classes, [count]; null where there is none */
  readonly classes: readonly string[] | null
}

/** What a file's user says of it. */
interface GivenLayout {
  readonly header?: boolean | undefined
  readonly index?: boolean | undefined
  /** the column that holds classes, by name or number from 0 in the file */
  readonly classes?: string | number | undefined
}

/** The parser holds one row as strings: eight million cells at most. */
const longestLine = 2 ** 24

/**
 * The numbers of a text table, one row a line, its cells separated by semicolons, tabs, commas or white space (the first of
 * these that its second line has), with or without double quotes and padding. Empty lines and those that begin with `#` are
 * passed over, as is a column that is empty in every row, before a first or after a last separator.
 *
 * @param source - the file's name, for messages
 * @param given - `header`: whether the first line names the columns; if undefined it does where no cell is a number, or where the first
 *   one is empty and the others are 0, 1, 2, …
 *   `index`: whether the first column is the rows' index, which is passed over; if undefined it is where its name is empty
 *   `classes`: a column whose cells are names or numbers of classes, and no states
 * @throws OverdampedError E_DATA with file:line for a cell that is no finite number, rows of different lengths, open quotes
 * Cost: about 100 ns a number.
 */
export function parseCsv(text: string, source: string, given: GivenLayout = {}): NumberTable {
  let [first, layout]: [Row | null, Layout | null] = [null, null]
  const rows = rowsOf()
  const begin = (first: Row, second: Row | null, fault: Fault) => {
    layout = layoutOf(first, second ?? first, given, fault)
    if (!layout.header) rows.append(first, layout, fault)
  }
  const fault = eachRow(text, source, (row, fault) => {
    if (first === null) first = row
    else {
      if (layout === null) begin(first, row, fault)
      rows.append(row, layout!, fault)
    }
  })
  if (first !== null && layout === null) begin(first, null, fault)
  const { header: named = false, index = false, names = null } = layout ?? {}
  return { ...rows.numbers(given.classes !== undefined), header: named, index, names }
}

/**
 * Visits the rows of a text table in turn, separated as parseCsv says; empty lines and comments are passed over.
 *
 * @returns what makes an error of a row: E_DATA with file:line
 */
export function eachRow(text: string, source: string, visit: (row: Row, fault: Fault) => void): Fault {
  const lines = withoutComments(text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text)
  checkLines(lines, source)
  const delimiter = delimiterOf(lines)
  const isSpaced = delimiter === ' '
  const table = isSpaced ? lines.replaceAll('\t', ' ') : lines
  const fault = (problem: string, { offset }: Pick<Row, 'offset'>) =>
    new OverdampedError('E_DATA', problem, `${source}:${table.slice(0, offset).split('\n').length}`)
  let offset = 0
  Papa.parse<string[]>(table, {
    delimiter,
    newline: '\n',
    // The fast mode holds all lines at once.
    fastMode: false,
    step: ({ data, errors: [broken], meta }) => {
      // Between two spaces there is no cell.
      const row = { cells: (isSpaced ? data.filter((cell) => cell !== '') : data).map(bare), offset }
      offset = meta.cursor
      if (broken !== undefined) throw fault('a quote (") is not closed at the end of its cell.', row)
      if (row.cells.length < 2 && !row.cells[0] && table.slice(row.offset, offset).trim() === '') return
      visit(row, fault)
    },
  })
  return fault
}

/** The text of a table. @throws E_DATA when it is none */
export function decodeTable(bytes: Uint8Array, source: string): string {
  if (bytes.includes(0)) {
    const text = 'is neither NPY nor text in UTF-8. Expected numbers as numpy.save or a CSV export writes them.'
    throw new OverdampedError('E_DATA', text, source)
  }
  // Names and comments in another encoding do no harm.
  return new TextDecoder().decode(bytes)
}

/** The cells of a line, and where the line begins in the text. */
export interface Row {
  readonly cells: readonly string[]
  readonly offset: number
}

/** An error of a row. */
export type Fault = (problem: string, row: Pick<Row, 'offset'>) => OverdampedError

/** Rows of `width` cells have their numbers in those from `begin` to `end`; there are none in the others. */
interface Layout {
  readonly width: number
  readonly begin: number
  readonly end: number
  readonly header: boolean
  readonly index: boolean
  /** the cell that holds a class; -1 where none does */
  readonly classes: number
  readonly names: readonly string[] | null
}

/** What the first two rows tell: `body` is the first one that surely holds numbers. */
function layoutOf(first: Row, body: Row, given: GivenLayout, fault: Fault): Layout {
  const { length: width } = body.cells
  const { length: named } = first.cells
  let begin = first.cells[0] === '' && body.cells[0] === '' ? 1 : 0
  let end = body.cells.at(-1) === '' && (named < width || first.cells.at(-1) === '') ? width - 1 : width
  if (begin >= end) [begin, end] = [0, width]
  const names = first.cells.slice(begin, named === width ? end : named)
  const isHeader = given.header ?? areNames(names)
  // R has no name for the row names.
  const unnamed = isHeader && given.index === true && names.length === end - begin - 1
  if (isHeader && first !== body && names.length !== end - begin && !unnamed) {
    const mend = names.length === end - begin - 1 ? ' If the first column holds row names, set index: true.' : ''
    throw fault(`names ${names.length} columns; the next row has ${end - begin}.${mend}`, first)
  }
  const index = given.index ?? (isHeader && names.length > 1 && names[0] === '')
  if (index) begin++
  const titles = isHeader && named === width ? first.cells : null
  const classes = classColumn(given.classes, titles, begin, end, (problem) => fault(problem, first))
  const kept = titles?.filter((_, column) => column >= begin && column < end && column !== classes) ?? null
  return { width, begin, end, header: isHeader, index, classes, names: kept }
}

/** The cell that holds a class, of those that may. */
function classColumn(
  given: GivenLayout['classes'],
  titles: readonly string[] | null,
  begin: number,
  end: number,
  fault: (problem: string) => OverdampedError,
): number {
  if (given === undefined) return -1
  const column = typeof given === 'number' ? given : (titles?.indexOf(given) ?? -1)
  if (column >= begin && column < end) return column
  const named = titles === null ? '' : `: ${shortened(titles.slice(begin, end).slice(0, 20).join(', '), 300)}`
  throw fault(
    typeof given === 'string' && titles === null
      ? `the first line names no columns, and data.classes is ${quoted(given)}. Give the number of the column, counted from 0.`
      : `there is no column ${typeof given === 'string' ? quoted(given) : given} for data.classes. Expected one of ${begin} to ${end - 1}${named}.`,
  )
}

/** Collects the numbers of rows. */
function rowsOf() {
  let values = new Float64Array(1024)
  let filled = 0
  let count = 0
  let columns = 0
  const classNames: string[] = []
  return {
    append(row: Row, { width, begin, end, index, classes }: Layout, fault: Fault): void {
      const { cells } = row
      if (cells.length !== width) {
        const like = count === 0 ? 'the line above' : 'the row before'
        const problem = `row ${count} (counted from 0) has ${cells.length} cells; expected ${width}, as in ${like}.`
        throw fault(problem, row)
      }
      columns = end - begin - (classes < 0 ? 0 : 1)
      const isEmpty = (column: number) => column < 0 || column >= width || cells[column] === ''
      if (!isEmpty(end) || !(index || isEmpty(begin - 1)))
        throw fault(
          `row ${count} (counted from 0) has a cell where the rows before have an empty one. Fill it in.`,
          row,
        )
      if (filled + columns > values.length) {
        const larger = new Float64Array(Math.max(2 * values.length, filled + columns))
        larger.set(values)
        values = larger
      }
      for (let column = begin; column < end; column++) {
        const cell = cells[column]!
        if (column === classes) {
          if (cell === '')
            throw fault(`row ${count} (counted from 0) has no class. Fill it in, or leave the row out.`, row)
          classNames.push(cell)
          continue
        }
        const value = number.test(cell) ? Number(cell) : Number.NaN
        if (!Number.isFinite(value)) throw fault(unreadable(cell, count, column), row)
        values[filled++] = value
      }
      count++
    },
    numbers: (hasClasses: boolean) => ({
      ...{ values: values.subarray(0, filled), count, columns },
      classes: hasClasses ? classNames : null,
    }),
  }
}

/** How a number is written. In one way: digits that two parts could have would be tried in both, for each of them. */
export const number = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
/** What other programs write for a number that is none; not taken for the name of a column. */
const notFinite = /^[+-]?(?:nan|inf(?:inity)?|null|n\/?a)$/i

const mends: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'It is empty: fill it in, or leave the row out.'],
  [notFinite, 'Put a number in its place, or leave the row out.'],
  [/^[+-]?\d*,\d+(?:e[+-]?\d+)?$/i, 'Write the decimal point as ".".'],
  [/^[+-]?[\d.]+d[+-]?\d+$/i, 'Write the exponent with "e".'],
  [/^[%!/]/, 'Comments begin with "#".'],
  [/\d\s+[\d.+-]/, 'Separate all cells alike.'],
]

function unreadable(cell: string, row: number, column: number): string {
  const shown = JSON.stringify(shortened(cell, 40))
  const mend = mends.find(([pattern]) => pattern.test(cell))?.[1]
  const names = row === 0 ? 'If this line names the columns, set header: true.' : undefined
  const what = `row ${row}, column ${column} (counted from 0) is ${shown}; expected a finite number.`
  return [what, mend, names].filter((sentence) => sentence !== undefined).join(' ')
}

/** Lines of comment made empty, so that the others keep their numbers. Excel writes errors as #N/A, #NV, #DIV/0!. */
function withoutComments(text: string): string {
  return text.includes('#') ? text.replace(/^[ \t]*#(?!N\/A|NV|[A-Z\d/]+[!?]).*$/gm, '') : text
}

/** @throws E_DATA for a line that would take too much memory as strings */
function checkLines(text: string, source: string): void {
  for (let begin = 0, line = 1; begin < text.length; line++) {
    const newline = text.indexOf('\n', begin)
    const end = newline < 0 ? text.length : newline
    if (end - begin > longestLine) {
      const problem = `has ${end - begin} characters; a row has at most ${longestLine}. Save the table as .npy.`
      throw new OverdampedError('E_DATA', problem, `${source}:${line}`)
    }
    begin = end + 1
  }
}

/** From the second line that is not empty, since the first may hold names with any of the marks. */
function delimiterOf(text: string): string {
  const lines = /^.*\S.*$/gm
  const first = lines.exec(text)?.[0] ?? ''
  const line = (lines.exec(text)?.[0] ?? first).trim().replace(/"[^"]*"/g, '')
  return [';', '\t', ','].find((mark) => line.includes(mark)) ?? (/\s/.test(line) ? ' ' : ',')
}

/** A cell without padding, nor quotes that follow on padding. */
function bare(cell: string): string {
  const word = cell.trim()
  return word.length > 1 && word.startsWith('"') && word.endsWith('"') ? word.slice(1, -1).trim() : word
}

/** Names begin like a word; anything else in the first line is a number gone wrong. Columns beside an index may be counted. */
function areNames([first = '', ...others]: readonly string[]): boolean {
  if (first !== '') return [first, ...others].every(isName)
  return others.length > 0 && (others.every(isName) || areColumnNumbers(others))
}

function isName(word: string): boolean {
  return /^[\p{L}_]/u.test(word) && !notFinite.test(word)
}

function areColumnNumbers(words: readonly string[]): boolean {
  const start = Number(words[0])
  return (start === 0 || start === 1) && words.every((word, n) => number.test(word) && Number(word) === start + n)
}
