import type { Assets } from './assets.js'
import { wholeDocument } from './document.js'
import { html, type Markup } from './html.js'
import type { Section } from './sections/section.js'

/**
 * A page of sections: a report, a comparison, a sweep.
 * @param title for the browser's tab
 * @param overview head of the page
 * @param sections in order
 * @param footer last line
 * @param parts script and style sheet to inline
 * @param data what the script draws besides charts, by the id of the element that holds it
 */
export function page(
  title: string,
  overview: Markup,
  sections: Section[],
  footer: string,
  parts: Assets,
  data: Record<string, unknown> = {},
): string {
  const main = html`${overview}
<noscript><p class="caption">The charts need the script of this page; their figures are in the tables below them.</p></noscript>
${sections.map(({ body }) => body)}`
  const bar = html`<nav aria-label="Sections">${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav>`
  const charts = sections.flatMap((section) => section.charts)
  return wholeDocument({ title, bar, main, footer, ...parts, data: { charts, ...data } })
}
