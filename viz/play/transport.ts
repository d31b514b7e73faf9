import { html, type Markup } from '../html.js'

/** The buttons that move it, each with a drawing of 16 by 16 in the colour of its words. */
export function transport(): Markup {
  return html`${button('play', 'M4 2.5v11l9.5-5.5z', 'Play', 'primary')}${button('step', 'M3 3v10l6-5zM11 3h2v10h-2z', 'Step')}${button('again', 'M8 3a5 5 0 1 1-4.6 3l1.4.6A3.5 3.5 0 1 0 8 4.5V7L4.5 3.7 8 .5z', 'Again')}${button('next', 'M2 3v10l5-5zM8 3v10l5-5zM13 3h1.5v10H13z', 'Next seed')}`
}

function button(id: string, path: string, words: string, classes = ''): Markup {
  return html`<button type="button" id="${id}" class="${classes}"><svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="${path}"/></svg><span>${words}</span></button>`
}
