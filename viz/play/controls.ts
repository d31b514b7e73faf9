import { html, type Insertable, type Markup } from '../html.js'

/** One of a few, as buttons beside each other. */
export interface OneOf {
  name: string
  legend: string
  /** Values and their words; the first is chosen. */
  choices: readonly (readonly [value: string, words: Insertable])[]
}

/** Radio buttons as one bar, with a legend. */
export function oneOf({ name, legend, choices }: OneOf): Markup {
  return html`<fieldset class="switch"><legend>${legend}</legend>${choices.map(
    ([value, words], n) =>
      html`<label><input type="radio" name="${name}" value="${value}"${n === 0 ? html` checked` : undefined}><span>${words}</span></label>`,
  )}</fieldset>`
}

/** A slider with a label before and a reading behind it. */
export interface Sliding {
  id: string
  label: string
  min: number
  max: number
  step: number
  value: number
  reading: string
}

/** A slider whose reading is `<output id="ID-is">`. */
export function slider({ id, label, min, max, step, value, reading }: Sliding): Markup {
  return html`<div class="slider"><label for="${id}">${label}</label><input type="range" id="${id}" min="${min}" max="${max}" step="${step}" value="${value}"><output for="${id}" id="${id}-is">${reading}</output></div>`
}

/** A part of the page with a heading. */
export function card(id: string, title: Insertable, content: Insertable): Markup {
  return html`<section class="card" id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${content}</section>`
}

/** A drawing of 16 by 16, of strokes or areas in the colour of the text. */
export function icon(path: string): Markup {
  return html`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="${path}"/></svg>`
}
