import { all } from '../block.js'

/** Digits that stand raised. */
const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹'
const numeral = /^[-−]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?(×10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?$/u

/** A number as the page writes it, as programs read it: 1,000 → 1000, −1.2×10⁻⁵ → -1.2e-5; undefined for any other text. */
function plainNumber(text: string): string | undefined {
  if (!numeral.test(text)) return undefined
  const [mantissa = '', power] = text.replaceAll('−', '-').replaceAll(',', '').split('×10')
  if (power === undefined) return mantissa
  return `${mantissa}e${[...power].map((digit) => (digit === '⁻' ? '-' : raised.indexOf(digit))).join('')}`
}

/** A value and its standard error, each '' where it is not known; undefined for any other text. */
function withError(text: string): [string, string] | undefined {
  const [value = '', error, ...rest] = text.split(' ± ')
  const found = plainNumber(value)
  if (error === undefined) return text === '' ? ['', ''] : found === undefined ? undefined : [found, '']
  if (found === undefined || rest.length > 0) return undefined
  return [found, error === 'unknown' ? '' : (plainNumber(error) ?? error)]
}

/** Text of an element with spaces between its parts; the dash of what is absent is nothing. */
function textOf(cell: Element): string {
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT)
  const parts: string[] = []
  while (walker.nextNode()) parts.push(walker.currentNode.nodeValue ?? '')
  const text = parts.join(' ').replace(/\s+/g, ' ').trim()
  return text === '–' ? '' : text
}

/** A field, quoted where it must be. A program for tables must not take text of a run for a formula. */
export function field(text: string): string {
  const safe = /^[=+@\t]|^-(?![\d.])/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/**
 * A table of the page as comma-separated values (RFC 4180, UTF-8): numbers as programs read them, and a column of values with
 * standard errors as two.
 */
export function tableCsv(table: HTMLTableElement): string {
  const rows = all<HTMLTableRowElement>('tr', table).map((row) =>
    [...row.cells].flatMap((cell) => [textOf(cell), ...new Array<string>(Math.max(0, cell.colSpan - 1)).fill('')]),
  )
  const [head = [], ...body] = rows
  const width = Math.max(...rows.map((row) => row.length))
  const columns = Array.from({ length: width }, (_, at) =>
    column(
      head[at] ?? '',
      body.map((row) => row[at] ?? ''),
    ),
  )
  const lines = Array.from({ length: rows.length }, (_, n) => columns.flatMap((fields) => fields[n] ?? []).map(field))
  return lines.map((fields) => `${fields.join(',')}\r\n`).join('')
}

/** Head and cells of one column, each one field or two. */
function column(head: string, cells: readonly string[]): string[][] {
  const pairs = cells.map(withError)
  if (!cells.some((cell) => cell.includes(' ± ')) || pairs.includes(undefined))
    return [[head], ...cells.map((cell) => [plainNumber(cell) ?? cell])]
  const name = head.replace(/ ± s\.e\.$/, '')
  return [[name, `${name} s.e.`], ...pairs.map((pair) => pair ?? [])]
}
