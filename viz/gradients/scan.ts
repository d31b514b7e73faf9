import type { ChartSeries, ChartSpec } from '../chart-spec.js'
import { brief, chartFigure } from '../figure.js'
import { formatNumber, formatWithError } from '../format.js'
import { html } from '../html.js'
import { own } from '../read-values.js'
import { type Section, section } from '../sections/section.js'
import { biasCell, percent } from './cells.js'
import type { RecordedBias, RecordedScan } from './record.js'

const titles: Record<string, string> = {
  'contrastive-divergence': 'How long to run',
  'nudged-force-matching': 'How far to nudge',
  'reverse-path': 'How fine a noising run',
}

/** Bias and noise of a rule over its setting, both on logarithmic axes, so that a power is a straight line. */
export function scan({ rule, symbol, setting, fitted, curves }: RecordedScan, drive: string): Section {
  const id = `scan-${rule}-${drive}`
  const content = {
    head: ['curve', setting, 'bias', 'noise of a batch'],
    rows: curves.flatMap(({ label, points }) =>
      points.map(({ x, bias, noise }) => [label, formatNumber(x), biasCell(bias), percent(noise)]),
    ),
  }
  const drawn = (
    key: 'bias' | 'noise',
    y: (point: RecordedScan['curves'][number]['points'][number]) => number | null,
  ) =>
    logChart(
      `${id}-${key}`,
      setting,
      key === 'bias' ? 'bias / exact gradient' : 'noise / exact gradient',
      curves.map(
        ({ label, points }, index): ChartSeries => ({
          label,
          kind: 'line',
          tone: `run-${index}`,
          dashed: index === 2,
          points: true,
          x: points.map(({ x }) => x),
          y: points.map((point) => y(point)),
        }),
      ),
    )
  const bias = drawn('bias', ({ bias: of }) => resolvedValue(of))
  const noise = drawn('noise', ({ noise: of }) => brief(of))
  const powers = curves.map(({ label, biasPower }) =>
    biasPower === null ? `${label}: lost in the noise` : `${label} ∝ ${powerOf(symbol, biasPower)}`,
  )
  const variances = curves.map(({ label, variancePower }) => `${label} ∝ ${powerOf(symbol, variancePower)}`)
  const biased = bias.series.some(({ y }) => y.some((value) => value !== null))
  const upTo = `up to ${symbol} = ${formatNumber(fitted)}`
  const biasCaption = `Bias, ${upTo}: ${powers.join('; ')}.${biased ? ' Points lost in the noise are left out.' : ''}`
  const noiseCaption = `Standard deviation of one batch’s gradient. Its variance, ${upTo}: ${variances.join('; ')}.`
  const body = html`${biased ? chartFigure(bias, biasCaption, content) : html`<p class="caption">${biasCaption}</p>`}
${chartFigure(noise, noiseCaption, content)}`
  const note = `${rule}, in the ${drive} drive. Both axes are logarithmic: a power law is a straight line, and its power the slope.`
  return section(id, own(titles, rule) ?? rule, note, body, biased ? [bias, noise] : [noise])
}

/** `h^(0.989 ± 0.052)` */
function powerOf(symbol: string, { value, standardError }: { value: number; standardError: number }): string {
  return `${symbol}^(${formatWithError(value, standardError)})`
}

function resolvedValue(bias: RecordedBias): number | null {
  return 'below' in bias ? null : brief(bias.value)
}

function logChart(id: string, x: string, y: string, series: ChartSeries[]): ChartSpec {
  const values = series.flatMap((one) => one.y.filter((value) => value !== null))
  // Whole decades, or a part of one where the values span less.
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const [floor, ceiling] =
    high / low > 10
      ? [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high))]
      : [rounded(low / 1.5), rounded(high * 1.5)]
  return { id, height: 300, x: { label: x, log: true }, y: { label: y, log: true, floor, ceiling }, series }
}

/** One significant digit, so that an axis does not end on a number of five. */
function rounded(value: number): number {
  return Number(value.toPrecision(1))
}
