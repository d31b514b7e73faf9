import { html, type Markup } from '../../html.js'
import { seedField, slider } from '../controls.js'
import { card, chart, figures } from '../parts.js'
import { transport } from '../transport.js'

/** What is drawn, and the buttons that move it. @param legend - behind the time that it is */
export function sceneStage(picture: Markup, legend: readonly Markup[] = []): Markup {
  return html`<div class="stage">${picture}
<div class="transport">${transport()}</div>
<p class="caption legend"><output id="time-is">–</output>${legend}</p></div>`
}

/** How fast it goes, and from which random numbers. */
export function pace(seed: number, reading: string): Markup {
  return html`${slider({ id: 'pace', label: 'Speed', min: -4, max: 4, step: 1, value: 0, reading })}
<div class="line">${seedField(seed)}</div>`
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
