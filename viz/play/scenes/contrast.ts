import type { ContrastRecord } from '../../../src/play/scenes/record.js'
import { html, type Markup } from '../../html.js'
import { card, cards, chart, figures, keyed } from '../parts.js'
import { pace, sceneStage } from './parts.js'

/** Three ways of learning the weights of two wells, side by side. */
export function contrastMain({ seed, steps }: ContrastRecord): Markup {
  const picture = html`<canvas id="wells" class="tall" role="img" aria-label="The law that each way has learned, with its walkers, over the law of the data"></canvas>`
  return html`${sceneStage(picture, [keyed('muted', 'law of the data')])}
${cards(
  [
    card(
      'weights',
      'Share of the right well',
      html`${figures([
        ['short-run', 'run-1', html`CD-${steps}`],
        ['persistent', 'run-2', 'persistent CD'],
        ['jarzynski', 'run-0', 'Jarzynski'],
        ['truth', 'muted', 'data'],
      ])}
${chart('shares', 'Share of the right well over the iterations, of each way')}
<p class="caption">Nothing crosses between the wells. Short runs from the data know nothing of the weights and leave them; persistent chains keep theirs, and the parameter runs away from them; walkers that carry e^(−W/kT) know.</p>`,
    ),
  ],
  [
    card('rule', 'Learning', html`<div class="rows">${pace(seed, '–')}</div>`),
    card(
      'walkers',
      'Walkers with weights',
      html`${figures([
        ['effective', 'run-0', 'that count'],
        ['ratio', 'run-0', 'ln Z/Z₀ by work'],
        ['exact-ratio', 'muted', 'exactly'],
      ])}`,
    ),
  ],
)}`
}
