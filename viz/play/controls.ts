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

/** From which random numbers it begins. */
export function seedField(seed: number): Markup {
  return html`<label>Seed <input type="number" id="seed" min="0" max="9007199254740991" step="1" value="${seed}"></label>`
}
