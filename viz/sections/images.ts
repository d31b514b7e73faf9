import { foldedTable } from '../figure.js'
import { enumerate, formatCount, formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import { realData } from '../metric-facts.js'
import type { PointSet } from '../point-set.js'
import type { RunRecord } from '../run-record.js'
import { evenly, sprite, spriteImage } from '../sprite.js'
import { summarise } from '../summary.js'
import { classRows, classSheet } from './class-rows.js'
import { extremes } from './extremes.js'
import { type Section, section } from './section.js'
import { shownSwitch } from './shown-switch.js'

const across = 8
const most = 64

/**
 * Sheets of samples beside real data and the harmonic control, for units on a lattice; the same number at the same scale.
 * @returns undefined without samples or without a lattice of at least 3×3
 */
export function images(run: RunRecord): Section | undefined {
  const { lattice } = run.scenario
  const shownSet = run.denoised ?? run.samples
  if (!lattice || Math.min(...lattice) < 3 || shownSet?.units !== lattice[0] * lattice[1]) return undefined
  const real = realData(run.scenario.dataSource)
  const listed = run.scenario.dataSource === 'bars-and-stripes'
  const others: [string, PointSet | undefined, string][] = [
    [real.replace(/^r/, 'R'), run.heldOut, listed ? 'all that there are' : 'held out, never trained on'],
    ['Harmonic control', run.control, "a Gaussian of the data's mean and covariance"],
    ['Exact score', run.exactScore, 'generated with the exact score'],
  ]
  const present = others.flatMap(([title, set, about]) =>
    set && set.units === shownSet.units ? [{ title, set, about }] : [],
  )
  const count = Math.min(most, shownSet.count)
  const first = Array.from({ length: count }, (_, index) => index)
  const range = shownRange(run)
  const size = `${lattice[0]} by ${lattice[1]} pixels`
  const byClass = classRows(run.classes, across)
  const sheet = (
    set: PointSet,
    classes: ArrayLike<number> | undefined,
    rows: readonly number[],
    alt: string,
    when = '',
  ) =>
    byClass && classes
      ? html`<div class="${when}">${classSheet(byClass, set, classes, lattice, across, range, `${alt}, a class below another`)}</div>`
      : spriteImage(sprite(set, rows, lattice, across, range), alt, when)
  const state = run.denoised ? 'denoised' : 'raw'
  const samples: Markup = html`<figure class="panel">
<h3>${run.scenario.learns ? 'Samples' : 'Final states'} <small><span class="when-denoised">${state}</span><span class="when-raw">raw</span></small></h3>
${sheet(shownSet, run.classes, first, `${count} ${state} samples of ${size}`, 'when-denoised')}
${run.denoised && run.samples ? sheet(run.samples, run.classes, first, `${count} raw samples of ${size}`, 'when-raw') : undefined}
<figcaption>The first ${byClass ? `${byClass.each} of each class` : count} of ${formatCount(shownSet.count)}, not picked.</figcaption></figure>`
  const panels = present.map(({ title, set, about }) => {
    const classes = set === run.heldOut ? run.heldOutClasses : undefined
    const shown = byClass && classes ? 'Of each class' : `${Math.min(count, set.count)}, evenly spread`
    return html`<figure class="panel"><h3>${title}</h3>
${sheet(set, classes, evenly(set, count), `${Math.min(count, set.count)} images of ${size}: ${title.toLowerCase()}, ${about}`)}
<figcaption>${shown}, not picked: ${about}.</figcaption></figure>`
  })
  const values = `Every square is one unit; the background is ${formatNumber(range[0])}, full ink ${formatNumber(range[1])}, values beyond are clipped for the picture${run.denoised ? '' : '; the states are raw'}.`
  const body = html`<div class="switchable">${run.denoised && run.samples ? shownSwitch('images') : undefined}
<div class="panels ${1 + panels.length === 4 ? 'four' : ''}">${samples}${panels}</div></div>
<p class="caption">${values}${run.scenario.dataSource === 'mnist' ? ' Digits: MNIST, usually given as CC BY-SA 3.0.' : ''}</p>
${foldedTable(valueTable(run, present), 'Table of the values')}
${extremes(run, lattice, range)}`
  const compared =
    present.length > 0
      ? ` beside ${enumerate(present.map(({ title }) => (/^Real/.test(title) ? '' : 'the ') + title.toLowerCase()))}`
      : ''
  const note = run.scenario.learns
    ? `What the network generates${compared}, at the same scale.`
    : 'Where the network ended.'
  return section('samples', run.scenario.learns ? 'Samples' : 'Final states', note, body)
}

/** The values of the units, all images together. */
function valueTable(run: RunRecord, present: { title: string; set: PointSet }[]) {
  const sets = [
    ...(run.denoised ? [{ title: 'Samples, denoised, unclipped', set: run.denoised }] : []),
    ...(run.samples ? [{ title: 'Samples, raw', set: run.samples }] : []),
    ...present,
  ]
  return {
    head: ['values of the units', 'images', 'mean', 's.d.', '5 %', 'median', '95 %', 'outside [−1, 1]'],
    rows: sets.map(({ title, set }) => {
      const { mean, standardDeviation, lower, median, upper } = summarise(set.points)
      const outside = Array.from(set.points).filter((value) => Math.abs(value) > 1).length / set.points.length
      const figures = [mean, standardDeviation, lower, median, upper].map((value) => formatNumber(value))
      return [title, formatCount(set.count), ...figures, `${formatNumber(100 * outside, 2)} %`]
    }),
  }
}

/**
 * The values that pictures draw as paper and ink: [-1, 1] for data; ±the value that all but 5 % of the units stay under for a
 * simulation, which has no natural range of grey.
 */
export function shownRange(run: RunRecord): readonly [number, number] {
  const set = run.denoised ?? run.samples
  if (run.scenario.learns || !set) return [-1, 1]
  const reach = summarise(Array.from(set.points, Math.abs)).upper || 1
  return [-reach, reach]
}
