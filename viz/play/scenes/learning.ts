import type { LearningRecord } from '../../../src/play/scenes/record.js'
import { html, type Markup } from '../../html.js'
import { oneOf, slider } from '../controls.js'
import { card, cards, chart, figures } from '../parts.js'
import { pace, sceneStage } from './parts.js'

/** A landscape in the plane that forms while a rule runs. */
export function learningMain({ seed, learning, noising }: LearningRecord): Markup {
  const picture = html`<canvas id="plane" class="square" role="img" aria-label="Contours of −ln p in the plane, with residual forces"></canvas>`
  const check = (id: string, words: string) =>
    html`<label class="check"><input type="checkbox" id="${id}" checked> ${words}</label>`
  const last = noising.slices ?? 40
  return html`${sceneStage(picture)}
${cards(
  [
    card(
      'shown',
      'What is shown',
      html`<div class="rows">${oneOf({
        name: 'law',
        legend: '−ln p',
        choices: [
          ['0', 'as learned'],
          ['1', 'exactly'],
        ],
      })}
<div class="line">${check('arrows', 'residual forces')} ${check('samples', 'samples')} ${check('data', 'data')}</div>
${slider({ id: 'knot', label: 'Noise level', min: 0, max: last, step: 1, value: 0, reading: '–' })}
<div class="line"><label class="check"><input type="checkbox" id="follow" checked> the one that is learned now</label></div></div>
<p class="caption">Contours are one kT apart. Arrows are the learned force less the exact one.</p>`,
    ),
    card(
      'rule',
      html`Rule <small>${learning.rule ?? 'force-matching'}</small>`,
      html`<div class="rows">${pace(seed, '–')}</div>`,
    ),
  ],
  [
    card(
      'loss',
      html`Loss <small>1 knows nothing, 0 knows the noise</small>`,
      html`${chart('losses', 'Loss over the iterations')}<p class="caption" id="loss-words">–</p>`,
    ),
    card(
      'generated',
      'Samples',
      html`${figures([
        ['residual', 'run-1', 'residual force'],
        ['level', 'run-0', 'brought to time t'],
      ])}
<p class="caption">Drawn again and again with what is learned so far: generation goes as far as the knots do.</p>`,
    ),
  ],
)}`
}
