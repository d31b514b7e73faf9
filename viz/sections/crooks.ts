import type { ChartSpec } from '../chart-spec.js'
import { brief, chartFigure, type Drawn } from '../figure.js'
import { formatCount, formatEstimate, formatNumber } from '../format.js'
import { html } from '../html.js'
import type { CrooksHistogram, FreeEnergy } from '../run-record.js'

/**
 * Works of a protocol and of its reverse: their histograms over one another, which cross at ΔF, and the log of their ratio.
 * @returns charts in order; none without works of both directions
 */
export function crooksCharts(crooks: CrooksHistogram | undefined, found: FreeEnergy): Drawn[] {
  return crooks === undefined ? [] : [...overlay(crooks, found), ...logRatios(crooks, found.crooksFit)]
}

/** P_F(W) and P_R(-W) on common bins, with ΔF where Crooks' relation has them cross. */
function overlay({ work, forward, reverse, logRatio }: CrooksHistogram, found: FreeEnergy): Drawn[] {
  if (forward === undefined || reverse === undefined || work.length < 2) return []
  const { exact, bennett, crooksFit } = found
  const [at, name, label] =
    exact === undefined
      ? [bennett?.value ?? crooksFit?.freeEnergy.value, bennett?.value === undefined ? 'the fit' : 'Bennett', 'ΔF']
      : [exact, 'the exact value', 'ΔF, exact']
  const x = Array.from(work, brief)
  const density = (values: ArrayLike<number>) => Array.from(values, brief)
  const spec: ChartSpec = {
    id: 'chart-works',
    height: 260,
    x: { label: 'W / kT' },
    y: { label: 'probability density', floor: 0 },
    series: [
      { label: 'P_F(W), forward', kind: 'line', tone: 'run-0', x, y: density(forward) },
      { label: 'P_R(−W), reverse', kind: 'line', tone: 'run-1', dashed: true, x, y: density(reverse) },
    ],
    marks: at === undefined ? [] : [{ x: brief(at), label }],
  }
  const content = {
    head: ['W / kT, bin centre', 'P_F(W)', 'P_R(−W)'],
    rows: x.map((w, n) => [formatNumber(w), formatNumber(forward[n]), formatNumber(reverse[n])]),
  }
  const crossing = crossingOf(work, logRatio)
  const crossed =
    crossing === undefined
      ? 'Too few bins are filled by both to see them cross.'
      : `These histograms cross between ${formatNumber(crossing[0])} and ${formatNumber(crossing[1])} kT.`
  const place = at === undefined ? '' : ` (the line, ${formatNumber(at)} kT by ${name})`
  const caption = `Works of the protocol, and minus the works of its reverse. By Crooks’ relation P_F(W) = P_R(−W) e^((W−ΔF)/kT): they cross at W = ΔF${place}. ${crossed}`
  return [{ spec, markup: html`<h3>Work in both directions</h3>${chartFigure(spec, caption, content)}` }]
}

/**
 * The bins between which the log ratio goes from below 0 to above: the last below and the first above that leave the fewest bins on
 * the wrong side. Single bins of a histogram's tails cross back and forth by noise.
 */
function crossingOf(work: ArrayLike<number>, logRatio: ArrayLike<number>): [number, number] | undefined {
  const filled = Array.from(work).flatMap((w, n) =>
    Number.isFinite(logRatio[n]) ? [{ w, ratio: logRatio[n] as number }] : [],
  )
  let wrong = filled.filter(({ ratio }) => ratio <= 0).length
  let best = { wrong: Number.POSITIVE_INFINITY, place: 0 }
  filled.forEach(({ ratio }, n) => {
    // Of a crossing between n - 1 and n: bins above 0 before it, and bins below 0 after it.
    if (n > 0 && wrong < best.wrong) best = { wrong, place: n }
    wrong += ratio > 0 ? 1 : -1
  })
  const [below, above] = [filled[best.place - 1], filled[best.place]]
  return below && above && below.ratio <= 0 && above.ratio > 0 ? [below.w, above.w] : undefined
}

/** The log ratio of both histograms, which lies on a line of slope 1. */
function logRatios({ work, logRatio, logRatioError }: CrooksHistogram, fit: FreeEnergy['crooksFit']): Drawn[] {
  const bins = Array.from(work).flatMap((w, n) => {
    const [ratio, error] = [logRatio[n], logRatioError[n]]
    return ratio === undefined || error === undefined || !Number.isFinite(ratio) ? [] : [{ w, ratio, error }]
  })
  if (bins.length < 2) return []
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
  return [{ spec, markup: chartFigure(spec, caption, content) }]
}
