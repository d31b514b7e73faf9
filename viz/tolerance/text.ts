import { absent, formatEstimate, formatNumber } from '../format.js'
import { metricFacts } from '../metric-facts.js'
import type { RecordedEstimate, RecordedImperfection, RecordedTolerance } from './record.js'

/** What the quality is, in words. */
export function qualityTitle({ metric }: Pick<RecordedTolerance, 'metric'>): string {
  const name = metric.replace(/^metrics\./, '')
  return metricFacts(name).title || name
}

/** A mean with its error, as text; a dash where there is none. */
export function estimateText(estimate: RecordedEstimate | null): string {
  return estimate === null ? absent : formatEstimate(estimate.value, estimate.standardError ?? undefined)
}

/** The tolerable size with its error and unit, as text: `0.31 ± 0.04 kT/length`, `> 30`, `< 0.3`. */
export function sizeText({ tolerance, unit, worse, sizes }: RecordedImperfection): string {
  if (tolerance === null) return `not known: a run failed at each size`
  const { where, size, standardError, isLeast } = tolerance
  const ofUnit = unit === '' ? '' : ` ${unit}`
  if (where === 'inside') {
    const error = standardError === null ? formatEstimate(size, undefined) : formatEstimate(size, standardError)
    return `${error}${isLeast ? ' or more' : ''}${ofUnit}`
  }
  // Beyond the end of the sizes, on the side where it lies.
  const sign = (where === 'above') === (worse === 'more') ? '>' : '<'
  const failed = sizes.some(({ loss }) => loss === null) ? ', beyond which a run failed' : ''
  return `${sign} ${formatNumber(size)}${ofUnit}${where === 'above' ? failed : ''}`
}

/** What the device must hold, a line for each imperfection, for a terminal. */
export function toleranceText(found: RecordedTolerance): string {
  const { lost, ideal, imperfections, without, budget, seeds } = found
  const rows = imperfections.map((one) => [one.name, sizeText(one), one.about])
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)))
  return [
    `${qualityTitle(found)} ${estimateText(ideal.quality)} without imperfections; lost when ${lossText(found)}; seeds ${seeds.join(', ')}`,
    '',
    ...rows.map(
      ([name = '', size = '', about = '']) => `  ${name.padEnd(widths[0]!)}  ${size.padEnd(widths[1]!)}  ${about}`,
    ),
    ...without.map(({ name, why }) => `  ${name}: does not apply, ${why}`),
    ...(budget === null
      ? []
      : [
          '',
          `all at once, each at ${formatNumber(budget.part)} of its own: ${estimateText(budget.found.quality)}, loss ${estimateText(budget.found.loss)} of ${formatNumber(lost)}`,
        ]),
  ].join('\n')
}

/** When the quality is lost, in words. */
export function lossText({ lost, worse }: Pick<RecordedTolerance, 'lost' | 'worse'>): string {
  return `${formatNumber(lost)} ${worse === 'more' ? 'higher' : 'lower'} than the ideal at the same seed`
}
