import type { ChartSpec } from '../chart-spec.js'
import type { CloudSpec, TrajectoriesSpec } from '../field-spec.js'
import { brief, chartFigure, type Drawn, table, thinned } from '../figure.js'
import { formatCount, formatEstimate, formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import type { PointSet } from '../point-set.js'
import type { RunRecord } from '../run-record.js'
import { extent, histogram } from '../summary.js'
import { cloud } from './cloud.js'
import { currents, inPeriod } from './currents.js'
import { film } from './film.js'
import { type Section, section } from './section.js'
import { traces } from './traces.js'

/**
 * The recorded trajectories: a film of the lattice, traces of a unit to browse, and where a single unit ends, with the exact
 * equilibrium density when it is known.
 * @param spec what the script draws of the trajectories
 * @param plane what it draws of a cloud of them
 * @returns undefined when nothing was recorded
 */
export function motion(
  run: RunRecord,
  spec: TrajectoriesSpec | undefined,
  plane: CloudSpec | undefined,
): Section | undefined {
  // An objective has no trajectories; its densities are in its own section.
  if (run.objective) return undefined
  const ends = run.scenario.lattice && run.scenario.learns ? undefined : endChart(run)
  if (!spec && !plane && !ends) return undefined
  const note = run.scenario.learns
    ? 'How the network generates: thermal noise, pushed by the learned potential.'
    : 'Driven by its potential and kicked by the bath.'
  const body = html`${spec && film(run, spec)}${plane && cloud(run, plane)}${spec && traces(run, spec)}${ends?.markup}${currents(run)}${timeAverages(run)}`
  return section('motion', 'Trajectories', note, body, ends ? [ends.spec] : [])
}

/** Means over time of the recorded trajectories; a warning where they are short against their own correlations. */
function timeAverages({ timeAverages: found }: RunRecord): Markup | undefined {
  if (found.length === 0) return undefined
  const rows = found.map(({ unit, mean, standardError, correlationTime, converged }) => [
    String(unit),
    formatEstimate(mean, standardError),
    formatNumber(correlationTime),
    converged ? 'yes' : 'no: the error may be too small',
  ])
  const head = ['unit', 'mean over time ± s.e.', 'correlation time', 'long enough']
  return html`<h3>Averages over time</h3>${table({ head, rows }, 'Averages over time')}
<p class="caption">Of the recorded trajectories, which should have settled; errors by blocking. Autocovariances stand in autocorrelation.npz.</p>`
}

/** Most different values of a unit that has states. */
const mostStates = 12

/** The share of the trajectories that end in each state of the first unit; undefined where it has no such states. */
function stateChart(set: PointSet): Drawn | undefined {
  const counts = new Map<number, number>()
  for (const value of firstUnit(set)) counts.set(value, (counts.get(value) ?? 0) + 1)
  const states = [...counts.keys()].sort((a, b) => a - b)
  if (states.length > mostStates || states.length === set.count || !states.every(Number.isInteger)) return undefined
  const rows = states.map((state) => {
    const ended = counts.get(state) as number
    return [formatNumber(state), formatCount(ended), formatNumber(ended / set.count)]
  })
  const spec: ChartSpec = {
    id: 'chart-ends',
    height: 220,
    x: { label: set.units > 1 ? 'state of the first unit' : 'state' },
    y: { label: 'share of the trajectories', floor: 0 },
    series: [
      {
        label: 'final states',
        kind: 'bars',
        tone: 'accent',
        x: states,
        y: states.map((state) => brief((counts.get(state) as number) / set.count)),
      },
    ],
  }
  const caption = `Where the first unit ends in ${formatCount(set.count)} trajectories.`
  const content = { head: ['state', 'trajectories', 'share'], rows }
  return { spec, markup: html`<h3>Final states</h3>${chartFigure(spec, caption, content)}` }
}

/** Bars of probability density, so that an exact density can be laid over them. */
function endChart(run: RunRecord): Drawn | undefined {
  const { samples, denoised, heldOut, boltzmann, scenario } = run
  const set = scenario.learns ? (denoised ?? samples) : samples
  if (!set || (scenario.learns && set.units > 1)) return undefined
  const states = stateChart(set)
  if (states !== undefined) return states
  const state = scenario.learns && denoised ? 'denoised' : 'raw'
  const places = inPeriod(firstUnit(set), run, 0)
  const bars = histogram(places)
  const density = (counts: number[], total: number, width: number) => counts.map((n) => brief(n / (total * width)))
  const shares = density(bars.counts, set.count, bars.width)
  const spec: ChartSpec = {
    id: 'chart-ends',
    height: 280,
    x: { label: set.units > 1 ? 'x₁' : 'x' },
    y: { label: 'probability density', floor: 0 },
    series: [
      { label: `final positions (${state})`, kind: 'bars', tone: 'accent', x: bars.centres.map(brief), y: shares },
    ],
  }
  if (boltzmann && set.units === 1) {
    const points = thinned([...Array(boltzmann.x.length).keys()], 240)
    spec.x.range = densityRange(boltzmann, bars.centres)
    spec.series.push({
      label: 'exact Boltzmann density',
      kind: 'line',
      tone: 'ink',
      x: points.map((index) => brief(boltzmann.x[index] as number)),
      y: points.map((index) => brief(boltzmann.density[index] as number)),
    })
  }
  if (heldOut?.units === 1) {
    const real = histogram(firstUnit(heldOut))
    const y = density(real.counts, heldOut.count, real.width)
    spec.series.push({ label: 'held-out data', kind: 'line', tone: 'ink', x: real.centres.map(brief), y })
  }
  const beyond = bars.outside > 0 ? ` Beyond the range shown: ${formatCount(bars.outside)}.` : ''
  const equilibrium = ' The line is the exact Boltzmann density, which is reached once the start is forgotten.'
  const overlay = boltzmann && set.units === 1 ? equilibrium : heldOut?.units === 1 ? ' The line is held-out data.' : ''
  const angle = run.currents.some(({ unit }) => unit === 0) ? ', as an angle within the period about 0' : ''
  const caption = `Where ${set.units > 1 ? 'the first unit' : 'the unit'} ends in ${formatCount(set.count)} trajectories (${state})${angle}.${overlay}${beyond}`
  const exact = boltzmann && set.units === 1
  const content = {
    head: ['bin centre', 'trajectories', 'density', ...(exact ? ['exact density'] : [])],
    rows: bars.centres.map((centre, bin) => [
      formatNumber(centre),
      formatCount(bars.counts[bin] as number),
      formatNumber(shares[bin]),
      ...(exact ? [formatNumber(interpolated(boltzmann, centre))] : []),
    ]),
  }
  return { spec, markup: html`<h3>Final positions <small>${state}</small></h3>${chartFigure(spec, caption, content)}` }
}

function firstUnit(set: PointSet): Float64Array {
  return Float64Array.from({ length: set.count }, (_, row) => set.points[row * set.units] as number)
}

/** The stretch that holds the bars and every place where the density is more than a thousandth of its peak. */
function densityRange({ x, density }: NonNullable<RunRecord['boltzmann']>, centres: number[]): [number, number] {
  const limit = extent(Array.from(density))[1] / 1000
  const occupied = [...centres, ...Array.from(x).filter((_, index) => (density[index] as number) > limit)]
  const [low, high] = extent(occupied)
  return [brief(low - 0.04 * (high - low)), brief(high + 0.04 * (high - low))]
}

/** Linear interpolation on the ascending grid of the exact density, 0 outside it. */
function interpolated({ x, density }: { x: ArrayLike<number>; density: ArrayLike<number> }, at: number): number {
  const above = Array.from(x).findIndex((value) => value >= at)
  if (above <= 0) return above === 0 && x[0] === at ? (density[0] as number) : 0
  const [low, high] = [x[above - 1] as number, x[above] as number]
  const share = (at - low) / (high - low)
  return (density[above - 1] as number) * (1 - share) + (density[above] as number) * share
}
