import { foldedTable } from '../figure.js'
import { formatCount, formatNumber } from '../format.js'
import { html, type Markup, raw } from '../html.js'
import { mapLevels, mapPaths } from '../map-paths.js'
import { axisTicks, placeOn, side } from '../plane.js'
import type { PointSet } from '../point-set.js'
import type { RunRecord } from '../run-record.js'
import { quantile, summarise } from '../summary.js'
import { type Section, section } from './section.js'
import { shownSwitch } from './shown-switch.js'

const mostPoints = 2000

/**
 * Samples, data, control and exact score as scatter plots on equal axes, for units without a lattice: the first two units.
 * @returns undefined for fewer than two units, without samples, and where these two have two states each: four dots say nothing
 */
export function scatter(run: RunRecord): Section | undefined {
  const shownSet = run.denoised ?? run.samples
  const { lattice } = run.scenario
  if (!shownSet || shownSet.units < 2 || (lattice && Math.min(...lattice) >= 3)) return undefined
  if ([0, 1].every((unit) => new Set(column(shownSet, unit)).size <= 2)) return undefined
  const others = [
    { title: 'Data', set: run.heldOut, about: 'held out, never trained on' },
    { title: 'Harmonic control', set: run.control, about: "a Gaussian of the data's mean and covariance" },
    {
      title: 'Exact score',
      set: run.exactScore,
      about: 'generated with the exact score in place of the learned force',
    },
  ].flatMap(({ title, set, about }) => (set && set.units >= 2 ? [{ title, set, about }] : []))
  const both = run.denoised !== undefined && run.samples !== undefined
  const reach = sharedReach([shownSet, ...(run.samples ? [run.samples] : []), ...others.map(({ set }) => set)])
  const state = run.denoised ? 'denoised' : 'raw'
  const { title, note } = wordsFor(run)
  const map = shownSet.units === 2 ? run.landscape?.map : undefined
  const under = map && landscapeMap(map, map.t.length - 1, reach)
  const samples = html`<figure class="panel"><h3>${title} <small><span class="when-denoised">${state}</span><span class="when-raw">raw</span></small></h3>
<div class="when-denoised">${scatterPlot(shownSet, reach, `${state} samples`, 'accent', under)}</div>
${both ? html`<div class="when-raw">${scatterPlot(run.samples as PointSet, reach, 'raw samples', 'accent', under)}</div>` : undefined}
<figcaption><span class="when-denoised">${shownCount(shownSet, reach)}</span>${both ? html`<span class="when-raw">${shownCount(run.samples as PointSet, reach)}</span>` : undefined}.</figcaption></figure>`
  const panels = others.map(
    ({
      title,
      set,
      about,
    }) => html`<figure class="panel"><h3>${title}</h3>${scatterPlot(set, reach, title.toLowerCase(), 'ink')}
<figcaption>${shownCount(set, reach)}: ${about}.</figcaption></figure>`,
  )
  const units = shownSet.units === 2 ? 'x₁ to the right, x₂ upwards' : `the first two of ${shownSet.units} units`
  const tabled = [
    ...(run.denoised ? [{ title: 'Samples, denoised', set: run.denoised }] : []),
    ...(run.samples ? [{ title: 'Samples, raw', set: run.samples }] : []),
    ...others,
  ]
  const body = html`<div class="switchable">${both ? shownSwitch('scatter') : undefined}
<div class="panels ${1 + panels.length === 4 ? 'four' : ''}">${samples}${panels}</div></div>
<p class="caption">One dot is one point, ${units}; all panels have the same axes, from ${formatNumber(-reach)} to ${formatNumber(reach)}${both ? '' : `; the points are ${state}`}.${map ? ` ${mapNote(run)}` : ''}</p>
${foldedTable(
  {
    head: ['points', 'count', 'mean x₁', 'mean x₂', 's.d. x₁', 's.d. x₂', 'correlation'],
    rows: tabled.map(({ title, set }) => [
      title,
      formatCount(set.count),
      ...moments(set).map((figure) => formatNumber(figure)),
    ]),
  },
  'Table of the moments',
)}`
  return section('samples', title, note, body)
}

function wordsFor({ objective, scenario }: RunRecord): { title: string; note: string } {
  if (objective)
    return { title: 'States', note: 'Of the first arm that is expected to succeed and makes some, at the first seed.' }
  return scenario.learns
    ? { title: 'Samples', note: 'What the network generates beside what it learned from.' }
    : { title: 'Final states', note: 'Where the trajectories ended.' }
}

function column(set: PointSet, unit: number): Float64Array {
  return Float64Array.from({ length: set.count }, (_, row) => set.points[row * set.units + unit] as number)
}

/** Half the side of the square that holds all but the farthest .2 % of every set's first two units. */
export function sharedReach(sets: PointSet[]): number {
  const reaches = sets.map((set) => {
    const far = [0, 1].map((unit) => column(set, unit).map(Math.abs).filter(Number.isFinite).sort())
    return Math.max(...far.map((sorted) => quantile(sorted, 0.998)).filter(Number.isFinite), 1e-6)
  })
  return Math.max(...reaches) * 1.08
}

/**
 * A scatter plot of the first two units, at most 2,000 points. It is one path of zero-length strokes with round ends: a dot
 * costs a dozen bytes, scales and prints.
 * @param reach both axes run from -reach to reach
 * @param what the points are, for screen readers
 * @param under what lies below them
 */
export function scatterPlot(
  set: PointSet,
  reach: number,
  what: string,
  tone: 'accent' | 'ink',
  under?: Markup,
): Markup {
  const place = placeOn(reach)
  const dots: string[] = []
  for (let row = 0; row < Math.min(set.count, mostPoints); row++) {
    const [x, y] = [set.points[row * set.units] as number, set.points[row * set.units + 1] as number]
    if (Math.abs(x) <= reach && Math.abs(y) <= reach) dots.push(`M${place(x)} ${place(-y)}h0`)
  }
  const ticks = axisTicks(reach)
  const lines = ticks.map((tick) => `M${place(tick)} 0V${side}M0 ${place(-tick)}H${side}`).join('')
  const labels = ticks.map(
    (tick) =>
      html`<text x="${place(tick)}" y="${side - 6}" text-anchor="middle">${formatNumber(tick, 2)}</text>${
        tick === 0 ? undefined : html`<text x="5" y="${place(-tick) + 4}">${formatNumber(tick, 2)}</text>`
      }`,
  )
  return html`<svg class="scatter" viewBox="0 0 ${side} ${side}" role="img" aria-label="Scatter plot of ${what}${under ? ', over the potential' : ''}">
${under}<path class="grid" d="${lines}"/><path class="dots ${tone}" d="${raw(dots.join(''))}"/>${labels}</svg>`
}

/** One map of the potential of two units, in the place of a scatter plot. */
export function landscapeMap(
  map: NonNullable<NonNullable<RunRecord['landscape']>['map']>,
  index: number,
  reach: number,
): Markup {
  const place = placeOn(reach)
  const paths = mapPaths(map, index, (x, y) => [place(x), place(-y)])
  return html`<g class="landscape">${paths.map((d) => html`<path d="${raw(d)}"/>`)}</g>`
}

/** What the lines of a map are, for a caption. */
function mapNote({ scenario: { learns } }: RunRecord): string {
  const levels = `Lines are ${mapLevels.slice(0, -1).join(', ')} and ${mapLevels.at(-1)} kT above its lowest place`
  return learns
    ? `Under the samples lies the learned potential of the last knot, −ln p of the law that the network has there. ${levels}; a deep place without samples is a well that no data made and no trajectory found.`
    : `Under them lies the potential at the end, over kT. ${levels}.`
}

/** How many points of a set a scatter plot shows, in words. */
export function shownCount(set: PointSet, reach: number): string {
  const drawn = Math.min(set.count, mostPoints)
  const within = [0, 1].map((unit) => column(set, unit).map((x) => (Math.abs(x) <= reach ? 1 : 0)))
  const beyond =
    drawn - Array.from({ length: drawn }, (_, n) => within.every((axis) => axis[n] === 1)).filter(Boolean).length
  const count =
    set.count <= mostPoints
      ? `${formatCount(set.count)} points`
      : `The first ${formatCount(mostPoints)} of ${formatCount(set.count)} points`
  return beyond === 0 ? count : `${count}, ${formatCount(beyond)} of them beyond the axes`
}

function moments(set: PointSet): number[] {
  const [x, y] = [column(set, 0), column(set, 1)]
  const [first, second] = [summarise(x), summarise(y)]
  const products = x.map((value, row) => (value - first.mean) * ((y[row] as number) - second.mean))
  const correlation = summarise(products).mean / (first.standardDeviation * second.standardDeviation)
  return [first.mean, second.mean, first.standardDeviation, second.standardDeviation, correlation]
}
