import { html, type Insertable, type Markup } from '../html.js'

/** Cards in two stacks. */
export function cards(left: readonly Insertable[], right: readonly Insertable[]): Markup {
  return html`<div class="cards"><div class="stack">${left}</div><div class="stack">${right}</div></div>`
}

/** A part of the page with a heading. */
export function card(id: string, title: Insertable, content: Insertable): Markup {
  return html`<section class="card" id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${content}</section>`
}

/** Words with a stroke in the colour of what they name, which stays beside them. */
export function keyed(tone: string, words: Insertable): Markup {
  return html`<span class="keyed"><i class="key" style="--tone:var(--${tone})"></i>${words}</span>`
}

/** Figures with a stroke in the colour of what they are the figure of. */
export function figures(all: readonly (readonly [id: string, tone: string, words: Insertable])[]): Markup {
  return html`<dl class="figures">${all.map(
    ([id, tone, words]) => html`<div class="figure"><dt>${keyed(tone, words)}</dt><dd id="${id}">–</dd></div>`,
  )}</dl>`
}

/** A canvas that is a picture with a name. */
export function chart(id: string, label: string): Markup {
  return html`<canvas id="${id}" class="chart" role="img" aria-label="${label}"></canvas>`
}
