import type { ChartSeries, ChartSpec } from '../chart-spec.js'
import { brief, chartFigure, numberCell } from '../figure.js'
import { formatNumber, words } from '../format.js'
import { html, type Markup } from '../html.js'
import type { SliceDiagnosis, SliceLoss } from '../learned-record.js'
import { own } from '../read-values.js'
import type { RunRecord } from '../run-record.js'
import { type Section, section } from './section.js'
import { sliceCharts } from './slices.js'
import { whileLearning } from './while-learning.js'

const curves = [
  { key: 'trainingLoss', label: 'training', tone: 'muted', dashed: false },
  { key: 'heldOutLoss', label: 'held-out', tone: 'accent', dashed: false },
  { key: 'oracleLoss', label: 'oracle, training', tone: 'muted', dashed: true },
  { key: 'oracleHeldOutLoss', label: 'oracle, held-out', tone: 'ink', dashed: true },
] as const

/**
 * The loss of the learned force at every knot, and while it was learned.
 * @returns undefined when the run learned nothing
 */
export function learning(run: RunRecord): Section | undefined {
  const diagnosed = sliceCharts(run.diagnoses)
  if (run.slices.length === 0 && run.iterations.length === 0 && diagnosed === undefined) return undefined
  const losses = run.slices.length > 0 ? [knotChart(run.slices, run.diagnoses)] : []
  const iterations = whileLearning(run.iterations)
  const summary = summaryFigures(run.learning)
  const body = html`${
    summary.length > 0
      ? html`<dl class="figures">${summary.map(
          ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
        )}</dl>`
      : undefined
  }${losses.map(({ markup }) => markup)}${diagnosed?.markup}${iterations.map(({ markup }) => markup)}`
  const note =
    'The loss has no unit: 1 is a force that predicts nothing, 0 one that knows the injected noise. Noise cannot be told from data exactly, so even the best force stays above 0.'
  return section('learning', 'Learning', note, body, [
    ...losses.map(({ spec }) => spec),
    ...(diagnosed?.charts ?? []),
    ...iterations.map(({ spec }) => spec),
  ])
}

const summaryNames: Record<string, string> = {
  trainingLoss: 'mean training loss',
  heldOutLoss: 'mean held-out loss',
  oracleTrainingLoss: "the oracle's training loss",
  oracleHeldOutLoss: "the oracle's held-out loss",
}

/** The summary of results.json; the gap is held-out loss over the oracle's, less one. */
function summaryFigures(learned: Record<string, number>): [string, string][] {
  return Object.entries(learned).map(([name, value]) =>
    name === 'gap'
      ? ['above the oracle', `${formatNumber(100 * value, 2)} %`]
      : [own(summaryNames, name) ?? words(name), formatNumber(value)],
  )
}

function knotChart(slices: SliceLoss[], diagnoses: readonly SliceDiagnosis[]): { spec: ChartSpec; markup: Markup } {
  const present = curves.filter(({ key }) => slices.some((slice) => slice[key] !== undefined))
  const ts = slices.map(({ t }) => brief(t))
  const series = present.map(
    ({ key, label, tone, dashed }): ChartSeries => ({
      label,
      kind: 'line',
      tone,
      dashed,
      points: !dashed,
      x: ts,
      y: slices.map((slice) => (slice[key] === undefined ? null : brief(slice[key]))),
    }),
  )
  const known = diagnoses.filter(({ posteriorLoss }) => posteriorLoss !== undefined)
  if (known.length > 0)
    series.push({
      ...{ label: 'posterior', kind: 'line', tone: 'run-1', dashed: true, points: false },
      x: known.map(({ t }) => brief(t)),
      // Where noise is faint it is far above all others.
      y: known.map(({ posteriorLoss }) => ((posteriorLoss as number) <= 1 ? brief(posteriorLoss as number) : null)),
    })
  const highest = Math.max(1, ...series.flatMap(({ y }) => y.filter((value) => value !== null)))
  const spec: ChartSpec = {
    id: 'chart-losses',
    height: 320,
    x: { label: 'noising time t', log: ts.every((t) => t > 0) },
    y: { label: 'loss', floor: 0, ceiling: highest * 1.05 },
    series,
    levels: [{ y: 1, label: 'predicts nothing' }],
  }
  const oracle = present.some(({ key }) => key.startsWith('oracle'))
  const caption = `Loss of the force at each of the ${slices.length} knots. Data is at the left, noise at the right; generation runs from right to left. A gap between training and held-out is overfitting${
    oracle
      ? '; the distance to the oracle (least squares, the best this potential can do) is what the rule left undone'
      : ''
  }${known.length > 0 ? '; the posterior is the mean over the data that a noised state may come from, which needs no training' : ''}${known.some(({ posteriorLoss }) => (posteriorLoss as number) > 1) ? ', and is not drawn where its loss is above 1' : ''}.`
  const content = {
    head: ['t', 'slice', ...present.map(({ label }) => label)],
    rows: [...slices]
      .reverse()
      .map((slice) => [
        numberCell(slice.t),
        numberCell(slice.slice),
        ...present.map(({ key }) => numberCell(slice[key])),
      ]),
  }
  return { spec, markup: html`<h3>Loss at each knot</h3>${chartFigure(spec, caption, content)}` }
}
