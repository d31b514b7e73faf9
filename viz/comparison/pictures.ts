import type { ChartSpec } from '../chart-spec.js'
import { brief, chartFigure } from '../figure.js'
import { formatCount, formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import type { PointSet } from '../point-set.js'
import type { RunRecord } from '../run-record.js'
import { shownRange } from '../sections/images.js'
import { scatterPlot, sharedReach, shownCount } from '../sections/scatter.js'
import { type Section, section } from '../sections/section.js'
import { sprite, spriteImage } from '../sprite.js'
import { histogram } from '../summary.js'
import { type NamedRun, runLabel, runTone } from './columns.js'

const across = 6
const most = 36

/**
 * The samples of every run, at the same scale: images, scatter plots, or the distribution of a single unit.
 * @returns undefined when no run holds samples
 */
export function comparedPictures(runs: readonly NamedRun[]): Section | undefined {
  const shown = ({ denoised, samples }: RunRecord) => denoised ?? samples
  const flat = runs.flatMap(({ run }) => (isLattice(run) ? [] : (shown(run) ?? [])))
  const reach = sharedReach(flat.filter(({ units }) => units > 1))
  const panels = runs.flatMap((named, index) => {
    const set = shown(named.run)
    if (!set || (set.units < 2 && !isLattice(named.run))) return []
    const state = named.run.denoised ? 'denoised' : 'raw'
    const picture = isLattice(named.run) ? sheet(named, set, state) : cloud(named, set, reach, state)
    return [html`<figure class="panel"><h3>${runLabel(named, index)}</h3>${picture}</figure>`]
  })
  const chart = singleUnit(runs)
  if (panels.length === 0 && !chart) return undefined
  const note = 'The first samples of each run, not picked.'
  const body = html`${panels.length > 0 ? html`<div class="panels runs">${panels}</div>` : undefined}${chart?.markup}`
  return section('samples', 'Samples', note, body, chart ? [chart.spec] : [])
}

function isLattice({ scenario: { lattice }, denoised, samples }: RunRecord): boolean {
  return lattice !== undefined && Math.min(...lattice) >= 3 && (denoised ?? samples)?.units === lattice[0] * lattice[1]
}

function sheet({ name, run }: NamedRun, set: PointSet, state: string): Markup {
  const count = Math.min(most, set.count)
  const rows = [...Array(count).keys()]
  const picture = sprite(set, rows, run.scenario.lattice as readonly [number, number], across, shownRange(run))
  return html`${spriteImage(picture, `${count} ${state} samples of ${name}`)}
<figcaption>${count} of ${formatCount(set.count)}, ${state}.</figcaption>`
}

function cloud({ name }: NamedRun, set: PointSet, reach: number, state: string): Markup {
  return html`${scatterPlot(set, reach, `${state} samples of ${name}`, 'accent')}
<figcaption>${shownCount(set, reach)}, ${state}; axes to ±${formatNumber(reach)}.</figcaption>`
}

/** Where a single unit ends, one curve a run. */
function singleUnit(runs: readonly NamedRun[]): { spec: ChartSpec; markup: Markup } | undefined {
  const curves = runs.flatMap(({ name, run }, index) => {
    const set = run.denoised ?? run.samples
    if (set?.units !== 1) return []
    const bars = histogram(set.points)
    const y = bars.counts.map((n) => brief(n / (set.count * bars.width)))
    return [{ label: name, kind: 'line' as const, tone: runTone(index), x: bars.centres.map(brief), y }]
  })
  if (curves.length === 0) return undefined
  const spec: ChartSpec = {
    id: 'chart-ends',
    height: 280,
    x: { label: 'x' },
    y: { label: 'probability density', floor: 0 },
    series: curves,
  }
  const rows = curves.flatMap(({ label, x, y }) =>
    x.map((centre, bin) => [label, formatNumber(centre), formatNumber(y[bin])]),
  )
  const content = { head: ['run', 'bin centre', 'density'], rows }
  return { spec, markup: html`<h3>Final positions</h3>${chartFigure(spec, 'Where the unit ends, by run.', content)}` }
}
