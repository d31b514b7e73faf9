import { absent, formatEstimate, formatNumber } from '../format.js'
import { metricFacts } from '../metric-facts.js'
import type {
  RecordedCurve,
  RecordedEstimate,
  RecordedImperfection,
  RecordedMetric,
  RecordedTolerance,
} from './record.js'

/** What a figure is, in words. */
export function metricTitle(path: string): string {
  const name = path.replace(/^metrics\./, '')
  return metricFacts(name).title || name
}

/** A mean with its error, as text; a dash where there is none. */
export function estimateText(estimate: RecordedEstimate | null): string {
  return estimate === null ? absent : formatEstimate(estimate.value, estimate.standardError ?? undefined)
}

/** The tolerable size with its error and unit, as text: `0.31 ± 0.04 kT/length`, `> 30`, `< 0.3`. @param tolerance - by one metric, or all */
export function sizeText(
  { unit, worse, curves }: RecordedImperfection,
  { tolerance }: Pick<RecordedCurve, 'tolerance'>,
): string {
  if (tolerance === null) return `not known: a run failed at each size`
  const { where, size, standardError, isLeast } = tolerance
  const ofUnit = unit === '' ? '' : ` ${unit}`
  if (where === 'inside') {
    const error = standardError === null ? formatEstimate(size, undefined) : formatEstimate(size, standardError)
    return `${error}${ofUnit}${isLeast ? ' (the error at least)' : ''}`
  }
  // Beyond the end of the sizes, on the side where it lies.
  const sign = (where === 'above') === (worse === 'more') ? '>' : '<'
  const hasFailed = curves.some(({ sizes }) => sizes.some(({ loss }) => loss === null))
  return `${sign} ${formatNumber(size)}${ofUnit}${where === 'above' && hasFailed ? ', beyond which a run failed' : ''}`
}

/** What the device must hold, a line for each imperfection, for a terminal. */
export function toleranceText({ metrics, imperfections, without, budget, seeds }: RecordedTolerance): string {
  const rows = imperfections.map((one) => [one.name, sizeText(one, one), decidedText(one), one.about])
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)))
  const padded = (row: readonly string[]) => row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join('  ')
  return [
    `Without imperfections, and when it is lost; seeds ${seeds.join(', ')}:`,
    ...metrics.map((one) => `  ${metricTitle(one.path)} ${estimateText(one.ideal.quality)}; ${lossText(one)}`),
    '',
    ...rows.map((row) => `  ${padded(row)}`),
    ...without.map(({ name, why }) => `  ${name}: does not apply, ${why}`),
    ...(budget === null ? [] : ['', `all at once, each at ${formatNumber(budget.part)} of its own:`]),
    ...(budget?.found ?? []).map(({ quality, loss }, m) => {
      const { path, lost } = metrics[m]!
      return `  ${metricTitle(path)} ${estimateText(quality)}, loss ${estimateText(loss)} of ${formatNumber(lost)}`
    }),
  ].join('\n')
}

/** By which metric it is lost first, in words; nothing where it is not. */
export function decidedText({ decidedBy }: Pick<RecordedImperfection, 'decidedBy'>): string {
  return decidedBy === null ? '' : metricTitle(decidedBy)
}

/** When the quality is lost, in words. */
export function lossText({ lost, worse }: Pick<RecordedMetric, 'lost' | 'worse'>): string {
  return `${formatNumber(lost)} ${worse === 'more' ? 'higher' : 'lower'} than the ideal at the same seed`
}
