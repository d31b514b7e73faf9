import type { ChartSpec } from '../chart-spec.js'
import { brief, chartFigure } from '../figure.js'
import { formatNumber } from '../format.js'
import { type Section, section } from '../sections/section.js'
import type { VerifiedRow } from './record.js'

/** A check passes up to here. */
const passes = 4
const bin = 0.5

/**
 * How all z-scores are distributed, beside the standard normal density that independent ones of right truths have.
 * @returns undefined with fewer than ten of them
 */
export function scores(checks: readonly VerifiedRow[]): Section | undefined {
  const z = checks.flatMap((check) => (check.z === null || check.control ? [] : [check.z]))
  if (z.length < 10) return undefined
  const centres = Array.from({ length: (2 * passes) / bin + 2 }, (_, n) => -passes - bin / 2 + n * bin)
  const counts = centres.map((centre, n) => {
    const [low, high] = [
      n === 0 ? Number.NEGATIVE_INFINITY : centre - bin / 2,
      n === centres.length - 1 ? Number.POSITIVE_INFINITY : centre + bin / 2,
    ]
    return z.filter((one) => one >= low && one < high).length
  })
  const normal = centres.map((x) => brief((z.length * bin * Math.exp(-(x ** 2) / 2)) / Math.sqrt(2 * Math.PI)))
  const spec: ChartSpec = {
    id: 'chart-scores',
    height: 240,
    x: { label: 'z = (value − truth) / standard error' },
    y: { label: 'checks', floor: 0 },
    series: [
      { label: 'checks', kind: 'bars', tone: 'accent', x: centres, y: counts },
      { label: 'standard normal', kind: 'line', tone: 'ink', x: centres, y: normal },
    ],
  }
  const mean = z.reduce((sum, one) => sum + one, 0) / z.length
  const square = z.reduce((sum, one) => sum + one ** 2, 0) / z.length
  const beyond = z.filter((one) => Math.abs(one) > passes).length
  const caption = `${z.length} statistical checks without controls: ⟨z⟩ = ${formatNumber(mean, 2)}, ⟨z²⟩ = ${formatNumber(square, 2)}, where independent ones have 0 and 1. ${beyond === 0 ? `None lies beyond ±${passes}.` : `${beyond} beyond ±${passes}, counted in the outermost bars.`} Rows of one claim share its simulations, so not all are independent.`
  const content = {
    head: ['bin centre', 'checks', 'standard normal'],
    rows: centres.map((x, n) => [formatNumber(x), formatNumber(counts[n]), formatNumber(normal[n])]),
  }
  const note = 'A value is measured with a standard error, its truth is exactly known.'
  return section('scores', 'z-scores', note, chartFigure(spec, caption, content), [spec])
}
