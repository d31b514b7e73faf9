import { writeAtomic } from '../src/experiment/files/atomic.js'
import { assets } from './assets.js'
import { table } from './figure.js'
import { absent, formatNumber } from './format.js'
import { html } from './html.js'
import { page } from './page.js'
import { section } from './sections/section.js'

/**
 * Writes one page with one table, whole or not at all: for more runs than a comparison can set side by side.
 * @param title head of the page
 * @param content names of the columns, and rows of numbers, text or nothing
 * @param file path of the page
 * @throws OverdampedError E_FILE when dist/viz has not been built, or the page cannot be written
 */
export function writeTablePage(
  title: string,
  { columns, rows }: { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] },
  file: string,
): void {
  const note = 'A row a point. A dash where nothing was measured.'
  const content = table({ head: columns, rows: rows.map((row) => row.map(cell)) }, title)
  const overview = html`<header class="overview"><h1>${title}</h1></header>`
  const footer = 'Written by overdamped from the run directories.'
  writeAtomic(file, page(title, overview, [section('points', 'Points', note, content)], footer, assets()))
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return absent
  if (typeof value === 'number') return formatNumber(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}
