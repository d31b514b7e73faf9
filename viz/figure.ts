import type { ChartSpec } from './chart-spec.js'
import { formatNumber } from './format.js'
import { html, type Insertable, type Markup, raw } from './html.js'

/** A table's content: one header and rows of cells; the first cell of a row names it. */
export interface TableContent {
  head: readonly Insertable[]
  rows: readonly (readonly Insertable[])[]
}

/** So many columns do not fit on paper: there each row is a paragraph, and its cells say what they are. */
const manyColumns = 7

/** A chart and where it stands. */
export interface Drawn {
  spec: ChartSpec
  markup: Markup
}

/**
 * A real table in a container of its own that scrolls sideways, so that the page never does.
 * @param content header and rows
 * @param label what the table holds, for screen readers
 */
export function table(content: TableContent, label: string): Markup {
  const [first, ...others] = content.head
  const wide = others.length >= manyColumns
  const names = others.map((title) => (wide ? html` data-column="${plainText(title)}"` : undefined))
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${label}"><table${wide ? html` class="wide"` : undefined}>
<thead><tr><th scope="col">${first}</th>${others.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${content.rows.map(
    ([
      name,
      ...cells
    ]) => html`<tr><th scope="row">${name}</th>${cells.map((cell, n) => html`<td${names[n]}>${cell}</td>`)}</tr>
`,
  )}</tbody></table></div>`
}

/** What a column is called, as text. */
function plainText(title: Insertable): Markup {
  return raw(
    html`${title}`.markup
      .replace(/<br>/g, ' ')
      .replace(/<[^>]*>/g, '')
      .replaceAll('"', '&quot;'),
  )
}

/** The same table, folded away behind a line that can be opened. */
export function foldedTable(content: TableContent, label: string): Markup {
  return html`<details class="data"><summary>${label}</summary>${table(content, label)}</details>`
}

/**
 * A chart that the page's script draws: legend, place, caption and its figures as a table.
 * @param spec what to draw
 * @param caption one or two sentences: what one sees
 * @param content the figures
 */
export function chartFigure(spec: ChartSpec, caption: Insertable, content: TableContent): Markup {
  const named = spec.series.map((series, index) => ({ ...series, index })).filter((series) => series.label !== '')
  const label = `${named.map((series) => series.label).join(', ')}: ${spec.y.label} over ${spec.x.label}`
  return html`<figure class="chart">
<ul class="legend">${named.map(
    (series) =>
      html`<li><i class="key ${series.kind}${series.dashed ? ' dashed' : ''}" style="--tone:var(--${series.tone})"></i>${series.label} <output data-reading="${spec.id}/${series.index}"></output></li>`,
  )}</ul>
<div class="plot" id="${spec.id}" style="height:${spec.height}px" role="img" aria-label="${label}"></div>
<figcaption>${caption}</figcaption>
${foldedTable(content, 'Table of the figures')}
</figure>`
}

/** At most `limit` items, evenly spread, first and last kept: long tables say little. */
export function thinned<T>(items: readonly T[], limit: number): T[] {
  if (items.length <= limit) return [...items]
  return Array.from({ length: limit }, (_, index) => items[Math.round((index * (items.length - 1)) / (limit - 1))] as T)
}

/** Five significant digits are more than a screen shows, and half the bytes. */
export function brief(value: number): number {
  return Number(value.toPrecision(5))
}

/** A cell with a number, set in tabular figures. */
export function numberCell(value: number | undefined, digits = 4): string {
  return formatNumber(value, digits)
}
