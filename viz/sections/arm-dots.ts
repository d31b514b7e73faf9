import { table } from '../figure.js'
import { formatEstimate, formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import { figureTitle } from '../objective-facts.js'
import type { Arm } from '../objective-record.js'
import type { Metric, RunRecord } from '../run-record.js'

/** Figures that say in nats how well an arm learned the law of the data. */
const likelihoods = ['negativeLogLikelihood', 'partnerLogLoss', 'divergence']

/** An arm with one of its figures over the repetitions. */
interface Judged {
  arm: Arm
  metric: Metric
}

/**
 * How well each arm learned, side by side: its likelihood or divergence with the error over the repetitions, beside the floor
 * that no model can be below.
 * @returns undefined with fewer than two arms that are to succeed
 */
export function armDots({ objective, metrics }: RunRecord): Markup | undefined {
  const arms = objective?.arms ?? []
  const figures = likelihoods.flatMap((figure) => {
    const judged = arms.flatMap((arm): Judged[] => {
      const metric = metrics.find(({ name }) => name === `${figure}:${arm.name}`)
      return metric?.value === undefined ? [] : [{ arm, metric }]
    })
    return judged.filter(({ arm }) => !arm.fails).length < 2 ? [] : [dots(figure, judged)]
  })
  return figures.length === 0 ? undefined : html`${figures}`
}

function dots(figure: string, judged: readonly Judged[]): Markup {
  const floor = figure === 'divergence' ? 0 : judged[0]?.metric.floor
  const ends = judged.flatMap(({ arm, metric }) => (arm.fails ? [] : interval(metric)))
  const [low, high] = [Math.min(floor ?? Number.POSITIVE_INFINITY, ...ends), Math.max(...ends)]
  const place = (value: number) => (high > low ? 4 + (90 * (value - low)) / (high - low) : 50)
  const rows = judged.map(({ arm, metric }) => [
    html`${arm.name}${arm.fails ? html` <small class="badge">control</small>` : undefined}`,
    row(metric, floor, place),
    html`<strong>${formatEstimate(metric.value, metric.standardError)}</strong>`,
  ])
  const beyond = judged.some(({ metric }) => place(metric.value as number) > 100)
  const caption = [
    'A dot is the mean over the repetitions, its line ± 2 standard errors.',
    ...(floor === undefined
      ? []
      : figure === 'divergence'
        ? ['The upright line is 0, the law of the data itself.']
        : [`The upright line is the floor ${formatNumber(floor, 4)}, the entropy of the data: no model is below it.`]),
    ...(beyond ? ['An arrow is a control that lies beyond.'] : []),
  ].join(' ')
  return html`<div class="arm-dots"><h3>${figureTitle(figure)}, by arm</h3>${table({ head: ['arm', 'where it lies', 'mean ± s.e.'], rows }, `${figureTitle(figure)} by arm`)}
<p class="caption">${caption}</p></div>`
}

function row(metric: Metric, floor: number | undefined, place: (value: number) => number): Markup {
  const at = (value: number) => `${Math.min(98, Math.max(0, place(value))).toFixed(2)}%`
  const value = metric.value as number
  const [from, to] = interval(metric) as [number, number]
  const mark =
    place(value) > 100
      ? html`<text class="beyond" x="99%" y="15" text-anchor="end">→</text>`
      : html`<line class="error" x1="${at(from)}" x2="${at(to)}" y1="10" y2="10"/><circle class="dot" cx="${at(value)}" cy="10" r="4.5"/>`
  const upright =
    floor === undefined ? undefined : html`<line class="tick" x1="${at(floor)}" x2="${at(floor)}" y1="0" y2="20"/>`
  return html`<svg class="scale" width="100%" height="20" aria-hidden="true"><line class="rail" x1="0" x2="100%" y1="10" y2="10"/>${upright}${mark}</svg>`
}

/** Two standard errors to either side. */
function interval({ value = Number.NaN, standardError = 0 }: Metric): number[] {
  return [value - 2 * standardError, value + 2 * standardError]
}
