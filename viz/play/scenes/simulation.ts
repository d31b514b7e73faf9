import type { SimulationRecord } from '../../../src/play/scenes/record.js'
import { canvasStyle, pictureName } from '../../arrangement.js'
import { formatNumber } from '../../format.js'
import { html, type Markup } from '../../html.js'
import { oneOf, slider } from '../controls.js'
import { layoutOf, unitsOf } from '../layout.js'
import { card, cards, chart, figures, keyed } from '../parts.js'
import { exchanged, pace, sceneStage } from './parts.js'

/** A single particle in its landscape, which a trap may drag; or a network that moves. */
export function simulationMain(record: SimulationRecord): Markup {
  return unitsOf(record) === 1 ? particle(record) : oscillators(record)
}

function particle(record: SimulationRecord): Markup {
  const picture = html`<canvas id="landscape" class="wide" tabindex="0" role="application" aria-roledescription="potential" aria-label="The potential, the particles in it, and the trap" aria-describedby="keys"></canvas>
<p class="unseen" id="keys">The left and right arrow keys move the trap; up and down make it stiffer and softer. Space plays and pauses.</p>`
  const legend = [keyed('accent', 'potential with the trap'), keyed('run-1', 'equilibrium'), keyed('bar', 'particles')]
  return html`${sceneStage(picture, legend)}
${cards(
  [card('bath', 'Bath', bath(record)), card('trap', 'Trap', trap())],
  [
    exchanged(formatNumber(record.bath.kT)),
    card(
      'freedom',
      'Free energy of dragging',
      html`${figures([
        ['jarzynski', 'run-3', 'Jarzynski'],
        ['exact', 'faint', 'exact'],
      ])}
${chart('works', 'Histogram of the work of each particle')}
<p class="caption" id="freedom-words">From equilibrium, −kT ln⟨e^(−W/kT)⟩ is the free energy, however fast the trap goes.</p>`,
    ),
    record.passage === null ? undefined : passages(record.passage.to),
  ],
)}`
}

function bath({ seed, trajectories }: SimulationRecord): Markup {
  const many = String(Math.min(400, trajectories))
  return html`<div class="rows">${oneOf({
    name: 'count',
    legend: 'Particles',
    choices: [...(trajectories > 1 ? ([[many, many]] as const) : []), ['1', 'one']],
  })}
${slider({ id: 'kT', label: 'Temperature', min: 0.1, max: 4, step: 0.1, value: 1, reading: '1 kT' })}
${pace(seed, '4 steps a frame')}</div>`
}

function trap(): Markup {
  return html`<div class="rows">${slider({ id: 'stiffness', label: 'Stiffness κ', min: 0, max: 12, step: 0.5, value: 0, reading: 'none' })}
${slider({ id: 'position', label: 'Centre λ', min: -4, max: 4, step: 0.05, value: 0, reading: '0' })}
<div class="line"><button type="button" id="there">There and back</button> <label class="check"><input type="checkbox" id="equilibrium"> begin in equilibrium</label></div></div>
<p class="caption">Drag in the picture: the trap κ(x − λ)²/2 follows, and moving it is work. The free energy by work holds for a hand that does not look; yours does.</p>`
}

function passages(to: number): Markup {
  return card(
    'passages',
    html`First passages <small>of x = ${formatNumber(to)}</small>`,
    html`${figures([
      ['crossed', 'run-4', 'have crossed'],
      ['passage-mean', 'run-5', 'mean time'],
      ['passage-rate', 'run-6', 'at a constant rate'],
      ['passage-exact', 'faint', 'exact mean'],
    ])}<p class="caption" id="passage-words">The mean is one only when all have crossed; before, time over crossings is what a constant rate would make it.</p>`,
  )
}

function oscillators(record: SimulationRecord): Markup {
  const layout = layoutOf(record)
  const picture = html`<canvas id="lattice" style="${canvasStyle(layout)}" role="img" aria-label="${pictureName(layout)}: the states of the network"></canvas>`
  const many = Math.min(64, record.trajectories)
  return html`${sceneStage(picture)}
${cards(
  [
    card(
      'bath',
      'Bath',
      html`<div class="rows">${oneOf({
        name: 'count',
        legend: 'Networks',
        choices: [['1', 'one'], ...(many > 1 ? ([[String(many), String(many)]] as const) : [])],
      })}
${slider({ id: 'kT', label: 'Temperature', min: 0.1, max: 4, step: 0.1, value: 1, reading: '1 kT' })}
${pace(record.seed, '–')}</div>
<p class="caption">Shown from <span id="low">–</span>, as the page, to <span id="high">–</span>, as its text.</p>`,
    ),
  ],
  [exchanged(formatNumber(record.bath.kT))],
)}`
}
