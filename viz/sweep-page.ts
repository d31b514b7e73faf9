import { join } from 'node:path'
import { writeAtomic } from '../src/experiment/files/atomic.js'
import { assets } from './assets.js'
import type { Drawn } from './figure.js'
import { formatCount, words } from './format.js'
import { html, type Insertable, type Markup } from './html.js'
import { page } from './page.js'
import { own } from './read-values.js'
import { type Section, section } from './sections/section.js'
import { type Arrangement, arrange } from './sweep/axes.js'
import { drawings, mostCurves } from './sweep/drawings.js'
import { type SweptFigure, sweptFigures } from './sweep/figures.js'
import { sweepHead } from './sweep/head.js'
import { points } from './sweep/points.js'
import type { RecordedSweep, SweepTable } from './sweep/record.js'

/** Charts that a page can carry; sweep.csv has every figure. */
const mostCharts = 60

/**
 * Writes the page of a sweep, whole or not at all: every figure over the axes of the grid, averaged over seeds, then the points with
 * links to their reports. The same record gives the same bytes.
 * @param directory of the sweep; the directories of the points are relative to it
 * @param name of the page
 * @param sweep what sweep.json holds
 * @param table what sweep.csv holds
 * @returns path of the page
 * @throws OverdampedError E_FILE when dist/viz has not been built, or the page cannot be written
 */
export function writeSweepPage(directory: string, name: string, sweep: RecordedSweep, table: SweepTable): string {
  const path = join(directory, name)
  writeAtomic(path, renderSweep(sweep, table, directory))
  return path
}

function renderSweep(sweep: RecordedSweep, table: SweepTable, directory: string): string {
  // Before the figures come the name of the point, its status, and its values.
  const figures = sweptFigures(table, 2 + sweep.grid.length)
  const sections = [...figureSections(sweep, figures, arrange(sweep)), points(sweep, figures, directory)]
  const footer = 'Written by overdamped from the run directories. ± is one standard error.'
  return page(`Sweep of ${sweep.scenario}`, sweepHead(sweep), sections, footer, assets())
}

const titles: Readonly<Record<string, string>> = {
  thermodynamics: 'Heat and work',
  freeEnergy: 'Free energy',
  speedLimit: 'Speed limit',
  firstPassage: 'First passage',
  errorBudget: 'Error budget',
}

/** A section for each group of figures, such as metrics, as long as there is room. */
function figureSections(sweep: RecordedSweep, figures: readonly SweptFigure[], arrangement: Arrangement): Section[] {
  let left = mostCharts
  return [...new Set(figures.map(({ group }) => group))].flatMap((group) => {
    const of = figures.filter((figure) => figure.group === group)
    const drawn: (Drawn | Markup)[] = []
    let untold = 0
    for (const [place, figure] of of.entries()) {
      const found = left > 0 ? drawings(`sweep-${group}-${place}`, figure, sweep.points, arrangement) : []
      if (found.length === 0) untold++
      left -= found.length
      drawn.push(...found)
    }
    if (drawn.length === 0) return []
    const title = own(titles, group) ?? `${words(group)[0]?.toUpperCase() ?? ''}${words(group).slice(1)}`
    const rest =
      untold === 0 ? undefined : html`<p class="caption">${formatCount(untold)} more in the table of points.</p>`
    const body = html`<div class="charts two">${drawn.map((one) => ('spec' in one ? one.markup : one))}</div>${rest}`
    const charts = drawn.flatMap((one) => ('spec' in one ? [one.spec] : []))
    return [section(`sweep-${group}`, title, noteOf(group, arrangement), body, charts)]
  })
}

function noteOf(group: string, { x, curves, panels, seeds, notes }: Arrangement): Insertable {
  const over =
    x === undefined
      ? html`At each seed.`
      : html`Over <code>${x.path}</code>${curves === undefined ? '' : curves.values.length > mostCurves ? html` and <code>${curves.path}</code>` : html`, a curve for each <code>${curves.path}</code>`}${panels.map(({ path }) => html`, a chart for each <code>${path}</code>`)}.`
  const averaged = seeds !== undefined && x !== undefined ? ' Averaged over the seeds.' : ''
  const truth =
    group === 'checks' || group === 'identities'
      ? ' Dashed: what is exactly known.'
      : group === 'metrics'
        ? ' Dashed: real data.'
        : ''
  return html`${over}${averaged}${notes.map((note) => ` ${note}`)}${truth}`
}
