import type { ChartSpec } from '../chart-spec.js'
import { html, type Insertable, type Markup } from '../html.js'

/** A part of the page and the charts that the script must draw in it. */
export interface Section {
  id: string
  title: string
  body: Markup
  charts: ChartSpec[]
}

/**
 * Sets a section: title and a note in the margin, content beside it.
 * @param id of the element, unique on the page
 * @param title its heading
 * @param note one or two sentences in the margin: how to read the section
 * @param content everything else
 * @param charts what the script draws in the content
 */
export function section(
  id: string,
  title: string,
  note: Insertable,
  content: Insertable,
  charts: ChartSpec[] = [],
): Section {
  return {
    id,
    title,
    charts,
    body: html`<section id="${id}" aria-labelledby="${id}-title">
<header><h2 id="${id}-title">${title}</h2>${note ? html`<p class="note">${note}</p>` : undefined}</header>
<div class="content">${content}</div>
</section>`,
  }
}
