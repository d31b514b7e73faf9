import type { ChartSeries, ChartSpec } from '../chart-spec.js'
import { brief, chartFigure } from '../figure.js'
import { formatNumber, formatWithError } from '../format.js'
import { html, type Markup } from '../html.js'
import type { BandEstimate, SliceDiagnosis } from '../learned-record.js'

/** Charts and the markup that has their places. */
export interface SliceCharts {
  charts: ChartSpec[]
  markup: Markup
}

/** A variance that is known worse than this says nothing, and is left out of the chart. */
const worstError = 0.25

/**
 * How far the force of each knot is from the best that is known without training, what its moments say, and how much of the data's
 * variance generation has there.
 * @returns undefined for a run without these figures, such as one of an older version
 */
export function sliceCharts(knots: readonly SliceDiagnosis[]): SliceCharts | undefined {
  const [first] = knots
  if (first === undefined) return undefined
  const gap = gapChart(knots)
  const bands = bandCharts(knots)
  return {
    charts: [...gap, ...bands].map(({ spec }) => spec),
    markup: html`${gap.map(({ markup }) => markup)}${bands.length > 0 ? html`<div class="charts two">${bands.map(({ markup }) => markup)}</div>` : undefined}`,
  }
}

interface Part {
  spec: ChartSpec
  markup: Markup
}

const noiseTime = (knots: readonly SliceDiagnosis[]) => ({
  label: 'noising time t',
  log: knots.every(({ t }) => t > 0),
})

/** The held-out loss over that of the best force known without training, on the same states, between curves of its standard error. */
function gapChart(knots: readonly SliceDiagnosis[]): Part[] {
  const known = knots.flatMap((knot) => {
    const ratio = ratioOf(knot)
    return ratio === undefined ? [] : [{ knot, ratio, excess: (knot.heldOutLoss ?? 0) - (knot.posteriorLoss ?? 0) }]
  })
  if (known.length === 0) return []
  const curve = (of: (value: number, error: number) => number) => ({
    x: known.map(({ knot }) => brief(knot.t)),
    y: known.map(({ ratio: { value, error } }) => (Number.isNaN(error) ? null : brief(of(value, error)))),
  })
  const edge = { kind: 'line', tone: 'muted', dashed: true } as const
  const spec: ChartSpec = {
    id: 'chart-posterior',
    height: 240,
    x: noiseTime(knots),
    y: {
      label: 'loss / posterior',
      floor: 0,
      ceiling: Math.min(2, 1.1 * Math.max(1.1, ...known.map(({ ratio: { value } }) => value))),
    },
    series: [
      {
        ...{ label: 'network over posterior', kind: 'line', tone: 'accent', points: true },
        x: known.map(({ knot }) => brief(knot.t)),
        y: known.map(({ ratio: { value } }) => brief(value)),
      },
      { label: '± standard error', ...edge, ...curve((value, error) => value + error) },
      { label: '', ...edge, ...curve((value, error) => value - error) },
    ],
    levels: [{ y: 1, label: 'no training at all' }],
  }
  const above = known.filter(({ ratio: { value, error } }) => value - 2 * (error || 0) > 1)
  // In loss, not in ratio: where hardly any signal is left a large ratio costs nothing.
  const worst = [...above].sort((a, b) => b.excess - a.excess)[0]
  const reading =
    worst === undefined
      ? 'The network is at no knot above it by more than two standard errors.'
      : `The network is above it by more than two standard errors at ${above.length} of ${known.length} knots; most is left to learn at t = ${formatNumber(worst.knot.t, 2)}, where the ratio is ${formatWithError(worst.ratio.value, worst.ratio.error)}.`
  const caption = `Held-out loss over that of the posterior mean over the data, which needs no training, on the same noised states. ${reading} Where noise is faint the posterior copies its data, and is no bound.`
  const content = {
    head: ['t', 'network', 'posterior', 'ratio'],
    rows: [...known]
      .reverse()
      .map(({ knot, ratio }) => [
        ...[knot.t, knot.heldOutLoss, knot.posteriorLoss].map((value) => formatNumber(value)),
        formatWithError(ratio.value, ratio.error),
      ]),
  }
  return [{ spec, markup: html`<h3>How far from the best force</h3>${chartFigure(spec, caption, content)}` }]
}

/** A run of an older version has the losses only: the error is NaN. */
function ratioOf({ heldOutLoss, posteriorLoss, posteriorRatio }: SliceDiagnosis) {
  const value = posteriorRatio.value ?? (posteriorLoss ? (heldOutLoss ?? Number.NaN) / posteriorLoss : Number.NaN)
  return Number.isNaN(value) ? undefined : { value, error: posteriorRatio.standardError ?? Number.NaN }
}

/** Moments and signal variances, a curve for each band of components. */
function bandCharts(knots: readonly SliceDiagnosis[]): Part[] {
  const moments = bandPart(knots, {
    id: 'chart-moments',
    title: 'Moments',
    y: { label: 'moment × s², %' },
    level: 0,
    of: ({ moments }) => moments,
    // Times s² they are of one size at all knots: how a denoised state's error goes with its place.
    shown: ({ value, noiseWidth = Number.NaN }) => 100 * value * noiseWidth ** 2,
    caption:
      'Mean of x ∂ log p along the principal components of the data, plus 1, times s²: 0 for the right network, whatever the data. Below 0 the force is too strong, and generation loses variance; losses do not show it. The table has the moments themselves.',
  })
  const variance = bandPart(knots, {
    id: 'chart-signal-variance',
    title: 'Variance in generation',
    y: { label: 'of the data’s variance', floor: 0, ceiling: 1.5 },
    level: 1,
    of: ({ signalVariance }) => signalVariance,
    shown: ({ value, error }) => (error < worstError ? value : undefined),
    caption: `Variance of generated states where they pass each knot, less the noise’s, over that of the data, along the same components. Generation runs from right to left; values with an error above ${worstError} are left out.`,
  })
  return [...moments, ...variance]
}

interface BandChart {
  id: string
  title: string
  y: ChartSpec['y']
  /** of the right network */
  level: number
  of: (knot: SliceDiagnosis) => readonly BandEstimate[]
  shown: (figure: { value: number; error: number; noiseWidth: number | undefined }) => number | undefined
  caption: string
}

function bandPart(knots: readonly SliceDiagnosis[], { id, title, y, level, of, shown, caption }: BandChart): Part[] {
  const bands = of(knots[0] as SliceDiagnosis)
  if (bands.length === 0) return []
  const name = ({ from, to }: BandEstimate, n: number) =>
    from === to ? `component ${from}` : n === bands.length - 1 && n > 0 ? `${from} on` : `${from}–${to}`
  const series = bands.map(
    (band, n): ChartSeries => ({
      ...{ label: name(band, n), kind: 'line', tone: `run-${n}`, points: true },
      x: knots.map(({ t }) => brief(t)),
      y: knots.map((knot) => {
        const { value, standardError = 0 } = of(knot)[n] ?? {}
        const figure =
          value === undefined ? undefined : shown({ value, error: standardError, noiseWidth: knot.noiseWidth })
        return figure === undefined || !Number.isFinite(figure) ? null : brief(figure)
      }),
    }),
  )
  const spec: ChartSpec = { id, height: 260, x: noiseTime(knots), y, series, levels: [{ y: level, label: '' }] }
  const content = {
    head: ['t', ...bands.map(name)],
    rows: [...knots]
      .reverse()
      .map((knot) => [
        formatNumber(knot.t),
        ...bands.map((_, n) => formatWithError(of(knot)[n]?.value, of(knot)[n]?.standardError)),
      ]),
  }
  return [{ spec, markup: html`<div><h3>${title}</h3>${chartFigure(spec, caption, content)}</div>` }]
}
