import type { ChartSeries, ChartSpec } from '../chart-spec.js'
import { brief, chartFigure } from '../figure.js'
import { formatNumber } from '../format.js'
import { html } from '../html.js'
import type { SliceLoss } from '../learned-record.js'
import { type Section, section } from '../sections/section.js'
import { type NamedRun, runTone } from './columns.js'

type LossKey = 'heldOutLoss' | 'trainingLoss' | 'oracleHeldOutLoss'

/**
 * The held-out losses of all runs over t on one chart, dashed where a run has its oracle beside it.
 * @returns undefined when no run learned
 */
export function comparedLosses(runs: readonly NamedRun[]): Section | undefined {
  const series = runs.flatMap(({ name, run }, index) => {
    const key: LossKey = run.slices.some(({ heldOutLoss }) => heldOutLoss !== undefined)
      ? 'heldOutLoss'
      : 'trainingLoss'
    const learned = curve(run.slices, key, key === 'heldOutLoss' ? name : `${name} (training)`, index)
    const oracle = curve(run.slices, 'oracleHeldOutLoss', `${name}, oracle`, index)
    return [...(learned ? [learned] : []), ...(oracle ? [{ ...oracle, dashed: true, points: false }] : [])]
  })
  if (series.length === 0) return undefined
  const values = series.flatMap(({ y }) => y.filter((value) => value !== null))
  const spec: ChartSpec = {
    id: 'chart-losses',
    height: 340,
    x: { label: 'noising time t', log: series.every(({ x }) => x.every((t) => t > 0)) },
    y: { label: 'held-out loss', floor: 0, ceiling: 1.05 * Math.max(1, ...values) },
    series,
    levels: [{ y: 1, label: 'predicts nothing' }],
  }
  const rows = series.flatMap(({ label, x, y }) =>
    x.map((t, at) => [label, formatNumber(t), formatNumber(y[at] ?? undefined, 4)]),
  )
  const caption =
    'Loss of the learned force on held-out data at each knot: 1 predicts nothing, 0 knows the noise. Data is at the left, noise at the right.'
  const body = html`${chartFigure(spec, caption, { head: ['run', 't', 'loss'], rows })}`
  return section('learning', 'Learning', 'Losses of runs on the same data compare; on other data they do not.', body, [
    spec,
  ])
}

function curve(slices: SliceLoss[], key: LossKey, label: string, index: number): ChartSeries | undefined {
  const known = slices.filter((slice) => slice[key] !== undefined)
  if (known.length === 0) return undefined
  const x = known.map(({ t }) => brief(t))
  return {
    label,
    kind: 'line',
    tone: runTone(index),
    points: true,
    x,
    y: known.map((slice) => brief(slice[key] as number)),
  }
}
