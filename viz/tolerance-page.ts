import { join } from 'node:path'
import { writeAtomic } from '../src/experiment/files/atomic.js'
import { assets } from './assets.js'
import { table } from './figure.js'
import { formatNumber } from './format.js'
import { html, type Markup } from './html.js'
import { page } from './page.js'
import { type Section, section } from './sections/section.js'
import { curveSection } from './tolerance/curve.js'
import type { RecordedTolerance } from './tolerance/record.js'
import { decidedText, estimateText, lossText, metricTitle, sizeText } from './tolerance/text.js'

/**
 * Writes tolerance.html, whole or not at all: what the device must hold, then the quality against the size of each imperfection. The same
 * record gives the same bytes.
 * @param directory of the study
 * @param found what tolerance.json holds
 * @returns path of the page
 * @throws OverdampedError E_FILE when dist/viz has not been built, or the page cannot be written
 */
export function writeTolerancePage(directory: string, found: RecordedTolerance): string {
  const path = join(directory, 'tolerance.html')
  const sections = [
    summary(found),
    ...(found.budget === null ? [] : [budgetSection(found, found.budget)]),
    ...found.imperfections.map((one) => curveSection(one, found)),
  ]
  const footer = 'Written by overdamped from the run directories. ± is one standard error.'
  writeAtomic(path, page(`Tolerance of ${found.scenario}`, head(found), sections, footer, assets()))
  return path
}

function head(found: RecordedTolerance): Markup {
  const facts = [
    ...found.metrics.map((metric) => [
      metricTitle(metric.path),
      `${estimateText(metric.ideal.quality)}, lost when ${lossText(metric)}`,
    ]),
    ['seeds', found.seeds.join(', ')],
  ]
  return html`<header class="overview">
<h1>What the device must hold</h1>
<p class="about">${found.scenario} on hardware with one imperfection at a time, each beside the ideal device at the same seed.</p>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>`
}

/** A row for each imperfection. */
function summary(found: RecordedTolerance): Section {
  const rows = found.imperfections.map((one) => [
    html`<a href="#tolerance-${one.name}">${one.name}</a><br /><small>${one.about}</small>`,
    `${one.tolerance?.where !== 'inside' ? '' : one.worse === 'more' ? 'at most ' : 'at least '}${sizeText(one, one)}`,
    decidedText(one),
  ])
  const without = found.without.map(
    ({ name, why }) => html`<p class="caption"><strong>${name}</strong> does not apply: ${why}.</p>`,
  )
  const note =
    'The size at which the mean loss over seeds, made monotonic, crosses what counts as lost, by the metric that loses first; its error is the jackknife over seeds. > and <: not crossed among the sizes that were tried.'
  return section(
    'tolerances',
    'Tolerances',
    note,
    html`${table({ head: ['imperfection', 'tolerable size', 'lost first'], rows }, 'Tolerances')}${without}`,
  )
}

function budgetSection(found: RecordedTolerance, budget: NonNullable<RecordedTolerance['budget']>): Section {
  const { part, hardware, atEnds, found: measured } = budget
  const rows = found.metrics.map(({ path, lost }, m) => [
    metricTitle(path),
    estimateText(measured[m]!.quality),
    estimateText(measured[m]!.loss),
    formatNumber(lost),
  ])
  const ends =
    atEnds.length === 0
      ? undefined
      : html`<p class="caption">Not crossed among the sizes that were tried, and taken at the end of these: ${atEnds.join(', ')}.</p>`
  const body = html`${table({ head: ['all at once', 'quality', 'loss', 'counts as lost'], rows }, 'All at once')}${ends}
<details class="scenario"><summary>The device</summary><pre tabindex="0"><code>hardware: ${JSON.stringify(hardware, null, 2)}</code></pre></details>`
  const note = `Every imperfection at once, each at ${formatNumber(part)} of its own tolerable size.`
  return section('budget', 'All at once', note, body)
}
