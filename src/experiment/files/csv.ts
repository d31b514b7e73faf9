import { OverdampedError } from '../../errors.js'

/** Rows of numbers as they are read. */
export interface NumberTable {
  /** [count, columns] row-major */
  readonly values: Float64Array
  readonly count: number
  readonly columns: number
}

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
/** What other programs write for a number that is none; not taken for the name of a column. */
const notFinite = /^[+-]?(?:nan|inf(?:inity)?|null|na)?$/i

/**
 * The numbers of a CSV text: one row a line, separated by semicolons, tabs, commas or spaces (the first of these that the
 * first line has); a first line without any number names the columns and is passed over, as are empty lines and those
 * that begin with `#`. Fields may stand in double quotes.
 *
 * @param source - the file's name, for messages
 * @throws OverdampedError E_DATA with file:line:column for a field that is no finite number or a row of another length
 * Cost: about 100 ns a number.
 */
export function parseCsv(text: string, source: string): NumberTable {
  let values = new Float64Array(1024)
  let filled = 0
  let count = 0
  let columns = 0
  let separator: string | RegExp | undefined
  for (let begin = 0, line = 1; begin < text.length; line++) {
    const newline = text.indexOf('\n', begin)
    const end = newline < 0 ? text.length : newline
    const content = text.slice(begin, text[end - 1] === '\r' ? end - 1 : end)
    begin = end + 1
    if (content.trim() === '' || content.startsWith('#')) continue
    const first = separator === undefined
    separator ??= separatorOf(content)
    const fields = content.split(separator)
    if (first && fields.every((field) => isName(unquoted(field)))) continue
    columns ||= fields.length
    if (fields.length !== columns)
      throw fault(`${fields.length} fields; expected ${columns}, as in the first row.`, source, line, 1)
    if (filled + columns > values.length) {
      const larger = new Float64Array(Math.max(2 * values.length, filled + columns))
      larger.set(values)
      values = larger
    }
    for (const [index, field] of fields.entries()) {
      const word = unquoted(field)
      const value = number.test(word) ? Number(word) : Number.NaN
      if (!Number.isFinite(value)) {
        const column = 1 + fields.slice(0, index).reduce((sum, { length }) => sum + length + 1, 0)
        const shown = word.length > 40 ? `${word.slice(0, 40)}…` : word
        const mend = /^[+-]?\d+,\d+$/.test(word) ? ' Write the decimal point as ".".' : ''
        throw fault(`expected a finite number, got ${JSON.stringify(shown)}.${mend}`, source, line, column)
      }
      values[filled++] = value
    }
    count++
  }
  return { values: values.subarray(0, filled), count, columns }
}

function separatorOf(line: string): string | RegExp {
  return [';', '\t', ','].find((mark) => line.includes(mark)) ?? / +/
}

function unquoted(field: string): string {
  const word = field.trim()
  return word.length > 1 && word.startsWith('"') && word.endsWith('"') ? word.slice(1, -1).trim() : word
}

/** The name of a column begins like a word; anything else in the first line is a number gone wrong. */
function isName(word: string): boolean {
  return /^[\p{L}_]/u.test(word) && !notFinite.test(word)
}

function fault(text: string, source: string, line: number, column: number): OverdampedError {
  return new OverdampedError('E_DATA', text, `${source}:${line}:${column}`)
}
