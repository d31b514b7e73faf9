import { formatBeside, formatEstimate, words } from '../format.js'
import { html } from '../html.js'
import { metricFacts } from '../metric-facts.js'
import type { Metric, RunRecord } from '../run-record.js'
import { type Section, section } from '../sections/section.js'
import { type NamedRun, runsTable } from './columns.js'

/**
 * Every metric with a column a run; the best, and those that cannot be told from it, stand out.
 * @returns undefined when no run has metrics
 */
export function comparedMetrics(runs: readonly NamedRun[]): Section | undefined {
  const names = [...new Set(runs.flatMap(({ run }) => run.metrics.map(({ name }) => name)))]
  if (names.length === 0) return undefined
  const rows = names.flatMap((name) => {
    const row = runs.map(({ run }) => run.metrics.find((metric) => metric.name === name))
    const compare = new Set(runs.flatMap(({ run }, at) => (row[at] ? [dataOf(run)] : []))).size === 1
    const best = compare ? bestOf(row, name) : new Set()
    const { title, about } = metricFacts(name)
    const cells = row.map((metric) => {
      const figure = formatEstimate(metric?.value, metric?.standardError)
      return metric && best.has(metric) ? html`<strong>${figure}</strong>` : figure
    })
    const beside = (which: 'floor' | 'control') =>
      row.map((metric) => formatBeside(metric?.[which], metric?.standardError))
    return [
      [html`<span class="metric">${title || words(name)}<small><code>${name}</code> ${about}</small></span>`, ...cells],
      ...(row.some((metric) => metric?.floor !== undefined)
        ? [[html`<small>real data</small>`, ...beside('floor')]]
        : []),
      ...(row.some((metric) => metric?.control !== undefined)
        ? [[html`<small>harmonic control</small>`, ...beside('control')]]
        : []),
    ]
  })
  const body = html`${runsTable(runs, 'metric', rows, 'Metrics by run')}
<p class="caption">Bold: the best run, and those within two standard errors of the difference to it, where all runs of the line learned from the same data.</p>`
  return section('metrics', 'Metrics', 'Each value with its standard error, as the run itself reports it.', body)
}

/** The data of a run as its scenario describes them: metrics on different data do not compare. */
function dataOf({ settings }: RunRecord): string {
  return JSON.stringify(settings.filter(([key]) => key.startsWith('data.')))
}

/** The best value and every one that is not worse by more than two standard errors of the difference. */
function bestOf(row: (Metric | undefined)[], name: string): Set<Metric> {
  const { better } = metricFacts(name)
  const known = row.filter((metric) => metric?.value !== undefined) as Metric[]
  if (known.length < 2 || (better === 'floor' && known.some(({ floor }) => floor === undefined))) return new Set()
  const distance = ({ value, floor }: Metric) =>
    better === 'lower' ? (value as number) : Math.abs((value as number) - (floor as number))
  const first = known.reduce((a, b) => (distance(b) < distance(a) ? b : a))
  const level = (metric: Metric) =>
    distance(metric) - distance(first) <= 2 * Math.hypot(metric.standardError ?? 0, first.standardError ?? 0)
  return new Set(known.filter((metric) => metric === first || level(metric)))
}
