import type { ChartSpec } from '../chart-spec.js'
import { brief, chartFigure, table } from '../figure.js'
import { formatCount, formatEstimate, formatNumber } from '../format.js'
import { html } from '../html.js'
import type { Hybrid } from '../learned-record.js'
import { metricFacts, realData } from '../metric-facts.js'
import type { RunRecord } from '../run-record.js'
import { type Section, section } from './section.js'

const measures = ['oneNearestNeighbour', 'frechetDistance'] as const

/**
 * The quality of samples where the posterior of the training data takes the network's place above or below a noise time: which
 * slices lose it.
 * @returns undefined for a run without such hybrids
 */
export function hybrids({ hybrids: found, scenario }: RunRecord): Section | undefined {
  if (found === undefined || found.hybrids.length === 0) return undefined
  const real = realData(scenario.dataSource)
  const charts = measures.map((measure) => chart(found.hybrids, found.floor, measure, real))
  const rows = [
    ...found.hybrids.map((hybrid) => ({ name: nameOf(hybrid), hybrid })),
    { name: real, hybrid: found.floor },
  ]
  const content = {
    head: ['posterior', ...measures.map((name) => metricFacts(name).title), metricFacts('nearestTraining').title],
    rows: rows.map(({ name, hybrid }) => [
      name,
      ...[...measures, 'nearestTraining' as const].map((measure) =>
        // Copies are off by rounding.
        (hybrid[measure].value ?? 1) < 1e-4
          ? '0'
          : formatEstimate(hybrid[measure].value, hybrid[measure].standardError),
      ),
    ]),
  }
  const body = html`<div class="charts two">${charts.map(({ spec, title, caption }) => html`<div><h3>${title}</h3>${chartFigure(spec, caption, pointsOf(spec))}</div>`)}</div>
${table(content, 'Samples with the posterior in the network’s place')}`
  const count = found.trajectories === undefined ? 'Equally many' : formatCount(found.trajectories)
  const note = `${count} samples of each kind. The posterior is the mean over the training data that a noised state may come from, without any training; where it acts at the least noise, samples are copies of training data, and those of the same are each other’s neighbours.`
  return section(
    'hybrids',
    'Error budget',
    note,
    body,
    charts.map(({ spec }) => spec),
  )
}

function nameOf({ posterior, t }: Hybrid): string {
  if (posterior === 'above' || posterior === 'below') return `${posterior} t = ${formatNumber(t, 2)}`
  return posterior === 'nowhere' ? 'nowhere: the network alone' : posterior
}

function chart(
  hybrids: readonly Hybrid[],
  floor: Omit<Hybrid, 'posterior' | 't'>,
  measure: (typeof measures)[number],
  real: string,
) {
  const curve = (posterior: string, label: string, tone: 'accent' | 'run-1') => {
    const own = hybrids
      .filter(
        (hybrid) => hybrid.posterior === posterior && hybrid.t !== undefined && hybrid[measure].value !== undefined,
      )
      .sort((a, b) => (a.t as number) - (b.t as number))
    return {
      ...{ label, kind: 'line' as const, tone, points: true },
      x: own.map(({ t }) => brief(t as number)),
      y: own.map((hybrid) => brief(hybrid[measure].value as number)),
    }
  }
  const series = [curve('above', 'posterior above t', 'accent'), curve('below', 'posterior below t', 'run-1')]
  const alone = hybrids.find(({ posterior }) => posterior === 'nowhere')?.[measure].value
  const levels = [
    ...(alone === undefined ? [] : [{ y: alone, label: 'the network alone' }]),
    ...(floor[measure].value === undefined ? [] : [{ y: floor[measure].value, label: real }]),
  ]
  const figures = [...series.flatMap(({ y }) => y), ...levels.map(({ y }) => y)]
  const [low, high] = [Math.min(...figures), Math.max(...figures)]
  const pad = 0.12 * (high - low || high)
  const spec: ChartSpec = {
    id: `chart-hybrids-${measure}`,
    height: 240,
    x: { label: 'noise time t of the change', log: true },
    y: { label: '', floor: low - 2 * pad, ceiling: high + pad },
    series,
    levels,
  }
  const caption =
    measure === 'oneNearestNeighbour'
      ? 'How well samples are told from held-out data. What the posterior above t gains on the network alone, the network loses above t.'
      : 'The same of means and covariances.'
  return { spec, title: metricFacts(measure).title, caption }
}

function pointsOf({ series }: ChartSpec) {
  const [above, below] = series
  return {
    head: ['t', ...series.map(({ label }) => label)],
    rows: (above?.x ?? []).map((t, n) =>
      [t, above?.y[n], below?.y[n]].map((value) => formatNumber(value ?? undefined)),
    ),
  }
}
