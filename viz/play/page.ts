import { writeAtomic } from '../../src/experiment/files/atomic.js'
import type { NetworkRecord } from '../../src/play/record.js'
import { kernels } from '../assets.js'
import { formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import { oneOf, seedField, slider } from './controls.js'
import { layoutOf } from './layout.js'
import { card, cards, chart, figures } from './parts.js'
import { shell } from './shell.js'
import { stage } from './stage.js'

/** What a page has besides. */
export interface PlayPageOptions {
  /** The kernels for a graphics card, which a visitor can choose. */
  graphics?: boolean | undefined
}

/**
 * Writes the page on which a trained network runs, whole or not at all.
 * @throws OverdampedError E_FILE when dist/viz has not been built
 */
export function writePlayPage(record: NetworkRecord, file: string, options: PlayPageOptions = {}): void {
  writeAtomic(file, renderPlay(record, options))
}

/**
 * The page on which a trained network runs: one HTML file that loads nothing. The same record gives the same bytes.
 * @throws OverdampedError E_FILE when dist/viz has not been built
 */
export function renderPlay(record: NetworkRecord, { graphics = false }: PlayPageOptions = {}): string {
  const main = html`<div class="play live">${stage(layoutOf(record))}
${cards(
  [generation(record), graphics ? computing : undefined, drawing(record), hidden(record)],
  [energies(record), lens],
)}</div>`
  const { data, ...parameters } = record.parameters
  const head: NetworkRecord = { ...record, parameters: { ...parameters, data: [] } }
  return shell({ record: head, main, worker: 'play-worker', graphics, parts: [kernels(), ...data] })
}

/** What is generated, how many at once, how hot and how fast. */
function generation({ classes, seed }: NetworkRecord): Markup {
  const named = (classes ?? []).map((name, n) => [String(n), String(name)] as const)
  return card(
    'generation',
    'Generate',
    html`<div class="rows">${
      named.length === 0
        ? undefined
        : oneOf({ name: 'label', legend: 'Class', choices: [...named, ['each', 'each in turn']] })
    }
${oneOf({
  name: 'count',
  legend: 'Networks',
  choices: [
    ['1', 'one'],
    ['64', 'sixty-four'],
  ],
})}
${slider({ id: 'kT', label: 'Temperature', min: 0.05, max: 3, step: 0.05, value: 1, reading: '1 kT' })}
${slider({ id: 'pace', label: 'Speed', min: -3, max: 3, step: 1, value: 0, reading: '8 s a sample' })}
<div class="line">${seedField(seed)}
<label class="check"><input type="checkbox" id="repeat" checked> then the next seed</label></div></div>`,
  )
}

/** The processor or a graphics card. */
const computing = card(
  'computing',
  'Compute',
  html`<div class="rows">${oneOf({
    name: 'on',
    legend: 'On',
    choices: [
      ['processor', 'processor'],
      ['graphics', 'graphics card'],
    ],
  })}</div>
<p class="caption"><output id="device">–</output>. Where units are known the processor fills in the rest. How fast it is here, as it is measured, stands at the foot of the page.</p>`,
)

/** What the pointer does to the lattice. */
function drawing(record: NetworkRecord): Markup {
  const [rows, columns] = layoutOf(record).lattice
  // Half of a single row or column is all of it, or nothing.
  const halves = [...(columns > 1 ? ['left', 'right'] : []), ...(rows > 1 ? ['top', 'bottom'] : [])].map(
    (half) => html`<button type="button" data-half="${half}">${half}</button>`,
  )
  return card(
    'drawing',
    'Draw',
    html`<div class="rows">${oneOf({
      name: 'tool',
      legend: 'Pointer',
      choices: [
        ['look', 'look'],
        ['ink', 'ink'],
        ['paper', 'paper'],
        ['free', 'free'],
      ],
    })}
${
  record.examples.count === 0 || halves.length === 0
    ? undefined
    : html`<div class="line" role="group" aria-labelledby="halves"><span id="halves">Held-out half</span>${halves}<button type="button" id="other">another image</button></div>`
}
<div class="line"><output id="known">No pixel is known: all are free.</output> <button type="button" id="clear" class="plain" hidden>Free all</button></div></div>
<p class="caption">What you draw as ink or paper is known, and the network fills in the rest.</p>`,
  )
}

/** What was exchanged so far. */
function energies({ bath }: NetworkRecord): Markup {
  return card(
    'energies',
    html`Exchanged so far <small>in kT = ${formatNumber(bath.kT)}</small>`,
    html`${figures([
      ['work', 'run-0', 'work W'],
      ['heat', 'run-1', 'heat Q'],
      ['energy', 'run-2', 'energy ΔU'],
      ['entropy', 'run-3', 'entropy Σ'],
    ])}
${chart('account', 'Work, heat, energy and entropy production over the steps that were made')}
<p class="caption">Q goes to the bath; Σ is the entropy production. <span id="first-law">ΔU = W − Q.</span></p>`,
  )
}

/** One unit: its couplings are drawn on the lattice, its potential here. */
const lens = card(
  'lens',
  html`One unit <small id="lens-unit">none is chosen</small>`,
  html`<p class="caption" id="lens-words">Point at a unit, or go to it with the arrow keys: its couplings appear on the lattice, and its potential here.</p>
${chart('potential', 'Potential of the unit now, all others where they are')}`,
)

/** The hidden oscillators of the first network. */
function hidden({ network }: NetworkRecord): Markup | undefined {
  if (network.hidden === undefined) return undefined
  return card(
    'hidden',
    html`Hidden oscillators <small id="flips"></small>`,
    html`<canvas id="hidden-states" role="img" aria-label="States of the hidden oscillators: which of their wells each is in"></canvas>`,
  )
}
