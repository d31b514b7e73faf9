import { html, type Insertable, type Markup } from '../../html.js'
import { card, icon, slider } from '../controls.js'

/** What is drawn, and the buttons that move it. */
export function sceneStage(picture: Markup, begins: string, running: Insertable): Markup {
  const button = (id: string, path: string, words: string, classes = '') =>
    html`<button type="button" id="${id}" class="${classes}">${icon(path)}<span>${words}</span></button>`
  return html`<div class="stage">${picture}
<div class="transport">${button('play', 'M4 2.5v11l9.5-5.5z', 'Play', 'primary')}${button('step', 'M3 3v10l6-5zM11 3h2v10h-2z', 'Step')}${button('again', 'M8 3a5 5 0 1 1-4.6 3l1.4.6A3.5 3.5 0 1 0 8 4.5V7L4.5 3.7 8 .5z', begins)}${button('next', 'M2 3v10l5-5zM8 3v10l5-5zM13 3h1.5v10H13z', 'Next seed')}</div>
<p class="caption"><output id="time-is">–</output>${running}</p></div>`
}

/** A canvas that is a picture with a name. */
export function chart(id: string, label: string): Markup {
  return html`<canvas id="${id}" class="chart" role="img" aria-label="${label}"></canvas>`
}

/** How fast it goes, and from which random numbers. */
export function pace(seed: number, reading: string): Markup {
  return html`${slider({ id: 'pace', label: 'Speed', min: -4, max: 4, step: 1, value: 0, reading })}
<div class="line"><label>Seed <input type="number" id="seed" min="0" max="9007199254740991" step="1" value="${seed}"></label></div>`
}

/** Figures with a stroke in the colour of what they are the figure of. */
export function figures(all: readonly (readonly [id: string, tone: string, words: Insertable])[]): Markup {
  return html`<dl class="figures">${all.map(
    ([id, tone, words]) =>
      html`<div class="figure"><dt><i class="key" style="--tone:var(--${tone})"></i>${words}</dt><dd id="${id}">–</dd></div>`,
  )}</dl>`
}

/** Cards in two stacks. */
export function cards(left: readonly Insertable[], right: readonly Insertable[]): Markup {
  return html`<div class="cards"><div class="stack">${left}</div><div class="stack">${right}</div></div>`
}

/** Work, heat and energy as they accrue. @param kT - what they are shown in */
export function exchanged(kT: string): Markup {
  return card(
    'energies',
    html`Exchanged so far <small>in kT = ${kT}</small>`,
    html`${figures([
      ['work', 'run-0', 'work W'],
      ['heat', 'run-1', 'heat Q'],
      ['energy', 'run-2', 'energy ΔU'],
    ])}
${chart('account', 'Work, heat and energy over the steps that were made')}
<p class="caption">Means over the trajectories; Q goes to the bath. <span id="first-law">ΔU = W − Q.</span></p>`,
  )
}
