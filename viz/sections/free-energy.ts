import type { ChartSpec } from '../chart-spec.js'
import { brief, chartFigure, table } from '../figure.js'
import { absent, formatCount, formatEstimate, formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import type { Estimate } from '../learned-record.js'
import type { CrooksHistogram, RunRecord } from '../run-record.js'

/** Estimates of the free energy with their warning, and Crooks' relation where the protocol ran both ways. */
export function freeEnergy({
  freeEnergy: found,
  crooks,
}: Pick<RunRecord, 'freeEnergy' | 'crooks'>): { spec?: ChartSpec; markup: Markup } | undefined {
  if (!found) return undefined
  const { jarzynski, bennett, crooksFit, exact, warning } = found
  const row = (name: string, estimate: Estimate | undefined, about: string) =>
    estimate === undefined ? [] : [[name, formatEstimate(estimate.value, estimate.standardError), about || absent]]
  const rows = [
    ...row(
      'Jarzynski average',
      jarzynski,
      jarzynski?.effectiveSampleSize === undefined
        ? ''
        : `effective sample size ${formatNumber(jarzynski.effectiveSampleSize)}`,
    ),
    ...row(
      'Bennett acceptance ratio',
      bennett,
      bennett?.overlap === undefined ? '' : `overlap ${formatNumber(bennett.overlap)}, from 0 to 1`,
    ),
    ...row(
      'Crooks fit',
      crooksFit?.freeEnergy,
      crooksFit?.slope === undefined
        ? ''
        : `slope ${formatEstimate(crooksFit.slope.value, crooksFit.slope.standardError)}, exactly 1`,
    ),
    ...(exact === undefined ? [] : [['exact', formatNumber(exact), 'by quadrature or in closed form']]),
  ]
  const chart = crooks && crooksChart(crooks, crooksFit)
  const markup = html`<h3>Free energy</h3>${table({ head: ['estimate', 'ΔF / kT ± s.e.', 'quality'], rows }, 'Free energy between the ends of the protocol')}${
    warning === '' ? undefined : html`<p class="caption"><strong>Warning.</strong> ${warning}</p>`
  }${chart?.markup}`
  return { markup, ...(chart === undefined ? {} : { spec: chart.spec }) }
}

function crooksChart(
  { work, logRatio, logRatioError }: CrooksHistogram,
  fit: NonNullable<RunRecord['freeEnergy']>['crooksFit'],
): { spec: ChartSpec; markup: Markup } | undefined {
  const bins = Array.from(work).flatMap((w, n) => {
    const [ratio, error] = [logRatio[n], logRatioError[n]]
    return ratio === undefined || error === undefined || !Number.isFinite(ratio) ? [] : [{ w, ratio, error }]
  })
  if (bins.length < 2) return undefined
  const x = bins.map(({ w }) => brief(w))
  const [slope, zero] = [fit?.slope?.value, fit?.freeEnergy?.value]
  const line =
    slope === undefined || zero === undefined
      ? []
      : [
          {
            label: 'fit',
            kind: 'line' as const,
            tone: 'muted' as const,
            dashed: true,
            x,
            y: bins.map(({ w }) => brief(slope * (w - zero))),
          },
        ]
  const spec: ChartSpec = {
    id: 'chart-crooks',
    height: 260,
    x: { label: 'W / kT' },
    y: { label: 'ln [P_F(W) / P_R(−W)]' },
    series: [
      {
        label: 'both directions',
        kind: 'line',
        tone: 'accent',
        points: true,
        x,
        y: bins.map(({ ratio }) => brief(ratio)),
      },
      ...line,
    ],
    marks: zero === undefined ? [] : [{ x: brief(zero), label: 'ΔF' }],
  }
  const content = {
    head: ['W / kT, bin centre', 'log ratio ± s.e.'],
    rows: bins.map(({ w, ratio, error }) => [formatNumber(w), formatEstimate(ratio, error)]),
  }
  const caption = `The log ratio of the works of the protocol and of its reverse in ${formatCount(bins.length)} bins that both fill. By Crooks’ relation they lie on a line of slope 1 that crosses 0 at ΔF; the fit uses every work, not the bins.`
  return { spec, markup: chartFigure(spec, caption, content) }
}
