import { table } from '../figure.js'
import { absent, formatBeside, formatEstimate, formatNumber, words } from '../format.js'
import { html, type Markup } from '../html.js'
import { isDigits, metricFacts, outcome, realData } from '../metric-facts.js'
import { figureTitle } from '../objective-facts.js'
import type { Metric, RunRecord } from '../run-record.js'
import { type Section, section } from './section.js'

const outcomes = { beats: 'beats the control', loses: 'loses to the control', level: 'level with the control' }

/**
 * Every metric beside its floor (real data), the harmonic control and the exact score, with a scale that places them.
 * @returns undefined without metrics
 */
export function metrics(run: RunRecord): Section | undefined {
  if (run.metrics.length === 0) return undefined
  if (run.objective) return ofArms(run.metrics)
  const real = realData(run.scenario.dataSource)
  const withScore = run.metrics.some(({ exactScore }) => exactScore !== undefined)
  const rows = run.metrics.map((metric) => {
    const { title, about, better } = metricFacts(metric.name)
    const result = outcome(metric)
    const undirected = better === 'floor' && metric.floor === undefined
    return [
      html`<span class="metric">${title || words(metric.name)}<small><code>${metric.name}</code> ${about}${ofClasses(metric)}</small></span>`,
      html`<strong>${formatEstimate(metric.value, metric.standardError)}</strong>`,
      formatBeside(metric.floor, metric.standardError),
      formatBeside(metric.control, metric.standardError),
      ...(withScore ? [formatBeside(metric.exactScore, metric.standardError)] : []),
      undirected ? absent : better === 'lower' ? 'lower' : `close to ${real}`,
      html`${scale(metric)}${result ? html`<span class="outcome ${result}">${outcomes[result]}</span>` : undefined}`,
    ]
  })
  const head = [
    'metric',
    'value ± s.e.',
    real,
    'harmonic control',
    ...(withScore ? ['exact score'] : []),
    'better',
    'where it lies',
  ]
  const state = run.denoised ? 'Measured on denoised samples' : 'Measured on raw samples'
  const body = html`${table({ head, rows }, 'Metrics')}
<p class="legend-line"><span><i class="tick"></i>${real}</span><span><i class="dot"></i>this run, ± 2 s.e.</span><span><i class="tick hollow"></i>harmonic control</span>${withScore ? html`<span><i class="diamond"></i>exact score</span>` : undefined}</p>`
  const clipped = isDigits(run.scenario.dataSource) && run.denoised ? ', clipped to [−1, 1]' : ''
  const note = `${state}${clipped}. A figure means little alone: ${real} shows how good it can be, the harmonic control what a Gaussian reaches.`
  return section('metrics', 'Metrics', note, body)
}

/** The figure of each class, where there are several. */
function ofClasses({ byClass }: Metric): string {
  if (byClass.length < 2) return ''
  return ` By class: ${byClass.map(({ name, value, standardError }) => `${name} ${formatEstimate(value, standardError)}`).join(', ')}.`
}

/** Metrics of an objective, named FIGURE:ARM: what they are read against are its other arms and its checks. */
function ofArms(found: readonly Metric[]): Section {
  const named = found.map(({ name, ...metric }) => {
    const [figure = name, arm = absent] = name.split(/:(.*)/s)
    return { figure, arm, ...metric }
  })
  const figures = [...new Set(named.map(({ figure }) => figure))]
  const byName = new Map(named.toReversed().map((metric) => [JSON.stringify([metric.figure, metric.arm]), metric]))
  const of = (figure: string, arm: string) => byName.get(JSON.stringify([figure, arm]))
  const arms = [...new Set(named.map(({ arm }) => arm))].map((arm) => [
    arm,
    ...figures.map((figure) => {
      const metric = of(figure, arm)
      return metric && html`<strong>${formatEstimate(metric.value, metric.standardError)}</strong>`
    }),
  ])
  const floors = figures.map((figure) => named.find((metric) => metric.figure === figure)?.floor)
  const rows = floors.every((floor) => floor === undefined)
    ? arms
    : [...arms, ['floor: no model is below it', ...floors.map((floor) => formatNumber(floor))]]
  const body = table({ head: ['arm', ...figures.map(figureTitle)], rows }, 'Metrics')
  return section(
    'metrics',
    'Metrics',
    'Means over the repetitions ± their standard errors, where there are several.',
    body,
  )
}

/** A line from the lowest to the highest of the figures, with a mark for each. */
function scale({ value, standardError = 0, floor, control, exactScore }: Metric): Markup | undefined {
  if (value === undefined || (floor === undefined && control === undefined)) return undefined
  const error = 2 * standardError
  const figures = [floor, control, exactScore, value - error, value + error].filter((figure) => figure !== undefined)
  const [low, high] = [Math.min(...figures), Math.max(...figures)]
  if (!Number.isFinite(low) || !Number.isFinite(high)) return undefined
  // Halves, since a difference of the largest numbers is none.
  const along = (figure: number) => (figure / 2 - low / 2) / (high / 2 - low / 2)
  const place = (figure: number) => (high > low ? 8 + 144 * along(figure) : 80).toFixed(1)
  const tick = (figure: number | undefined, style: string) =>
    figure === undefined ? undefined : html`<path class="${style}" d="M${place(figure)} 3V17"/>`
  const at = place(value)
  return html`<svg class="scale" viewBox="0 0 160 20" width="160" height="20" aria-hidden="true"><path class="rail" d="M4 10H156"/>
${tick(floor, 'tick')}${tick(control, 'tick hollow')}
${exactScore === undefined ? undefined : html`<path class="diamond" d="M${place(exactScore)} 5l5 5-5 5-5-5z"/>`}
<path class="error" d="M${place(value - error)} 10H${place(value + error)}"/><circle class="dot" cx="${at}" cy="10" r="4.5"/></svg>`
}
