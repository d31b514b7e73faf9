import { foldedTable } from '../figure.js'
import { formatCount, formatNumber, formatWithError } from '../format.js'
import { html, type Markup } from '../html.js'
import type { Arm, ReliabilityBin } from '../objective-record.js'

/** Side of the square that probabilities from 0 to 1 are drawn in, and the room for its labels. */
const side = 260
const margin = { left: 34, top: 8, bottom: 26, right: 8 }
/** The tallest bar of the numbers of states. */
const tallest = 44

/** How far the told probabilities of classes can be trusted: one picture for each arm that tells any. */
export function reliability(arms: readonly Arm[]): Markup | undefined {
  const told = arms.filter((arm) => arm.reliability.length > 0)
  if (told.length === 0) return undefined
  return html`<h3>How often what is told comes true</h3><div class="panels">${told.map((arm) => panel(arm, told.length > 1))}</div>
<p class="caption">Held-out states by the probability that the model gave to the class it holds most probable: how often it was right, ± one standard error, at the mean of that probability. On the dashed line one can take it at its word; below it the model is too sure. Bars: how many states are told so.</p>`
}

function panel({ name, reliability: bins }: Arm, named: boolean): Markup {
  const rows = bins.map(({ confidence, frequency, standardError, count }) => [
    formatNumber(confidence),
    formatWithError(frequency, standardError),
    formatCount(count),
  ])
  const head = ['told probability', 'came true ± s.e.', 'states']
  return html`<figure class="panel">${named ? html`<h3>${name}</h3>` : undefined}${picture(bins)}
<figcaption>${formatCount(bins.reduce((sum, { count }) => sum + count, 0))} held-out states.</figcaption>${foldedTable({ head, rows }, 'Table of the figures')}</figure>`
}

function picture(bins: readonly ReliabilityBin[]): Markup {
  const across = (p: number) => (margin.left + side * p).toFixed(1)
  const up = (p: number) => (margin.top + side * (1 - Math.min(1, Math.max(0, p)))).toFixed(1)
  const ticks = [0, 0.25, 0.5, 0.75, 1]
  const most = Math.max(...bins.map(({ count }) => count))
  const [wide, high] = [margin.left + side + margin.right, margin.top + side + margin.bottom]
  const grid = ticks.map((p) => `M${across(p)} ${up(0)}V${up(1)}M${across(0)} ${up(p)}H${across(1)}`).join('')
  const bars = bins.map(({ confidence, count }) => {
    const height = Math.max(1, (tallest * count) / most)
    const left = margin.left + side * (Math.min(9, Math.floor(confidence * 10)) / 10) + 2
    return html`<rect class="count" x="${left.toFixed(1)}" y="${(margin.top + side - height).toFixed(1)}" width="${side / 10 - 4}" height="${height.toFixed(1)}"/><text x="${(left + side / 20 - 2).toFixed(1)}" y="${(margin.top + side - height - 4).toFixed(1)}" text-anchor="middle">${count < 1e4 ? count : `${formatNumber(count / 1000, 2)}k`}</text>`
  })
  const points = bins.map(
    ({ confidence, frequency, standardError }) =>
      html`<path class="error" d="M${across(confidence)} ${up(frequency - standardError)}V${up(frequency + standardError)}"/><circle class="dot" cx="${across(confidence)}" cy="${up(frequency)}" r="4"/>`,
  )
  return html`<svg class="scatter reliability" viewBox="0 0 ${wide} ${high}" role="img" aria-label="Reliability: how often a told class came true, over the probability it was told with">
<path class="grid" d="${grid}"/><path class="just" d="M${across(0)} ${up(0)}L${across(1)} ${up(1)}"/>${bars}${points}
${ticks.map((p) => html`<text x="${across(p)}" y="${high - margin.bottom + 15}" text-anchor="middle">${formatNumber(p, 2)}</text><text x="${margin.left - 5}" y="${(Number(up(p)) + 3.5).toFixed(1)}" text-anchor="end">${formatNumber(p, 2)}</text>`)}</svg>`
}
