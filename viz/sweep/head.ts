import { formatCount } from '../format.js'
import { html, type Markup } from '../html.js'
import { texts } from '../read-values.js'
import { valueText } from './axes.js'
import type { RecordedSweep } from './record.js'

/** Values that the head names; the table of points has all. */
const mostValues = 12

/** What was swept over, and how it went. */
export function sweepHead({ scenario, grid, shard, points }: RecordedSweep): Markup {
  const of = (status: string) => points.filter((point) => point.status === status).length
  const [failed, pending] = [of('failed'), of('pending')]
  const unchecked = points.filter(({ failedChecks }) => texts(failedChecks).length > 0).length
  const plural = (count: number) => `${formatCount(count)} ${count === 1 ? 'point' : 'points'}`
  const sentences = [
    ...(failed > 0 ? [`${plural(failed)} failed.`] : []),
    ...(unchecked > 0 ? [`Checks fail at ${plural(unchecked)}.`] : []),
    ...(pending > 0 ? [`${plural(pending)} not yet run: the same command continues.`] : []),
  ]
  const tone = failed + unchecked > 0 ? 'bad' : pending > 0 ? 'mixed' : 'good'
  const [sign, word] = { bad: ['✕', 'Not all well'], mixed: ['◐', 'Not finished'], good: ['✓', 'All well'] }[tone]
  const part = shard === null ? '' : ` This is part ${shard.part} of ${shard.of} of the grid; merge collects them.`
  return html`<header class="overview">
<h1>Sweep of ${scenario}</h1>
<p class="about">One scenario at ${plural(points.length)} of a grid.${part}</p>
<dl class="facts">${grid.map(({ path, values }) => html`<div><dt><code>${path}</code></dt><dd>${valuesText(values)}</dd></div>`)}</dl>
<div class="verdict ${tone}"><span class="sign" aria-hidden="true">${sign}</span><div><h2 class="verdict-title">Points <span class="word">${word}</span></h2>
<p>${sentences.length > 0 ? sentences.join(' ') : 'All points finished, and all their checks pass.'}</p></div></div>
</header>`
}

function valuesText(values: readonly unknown[]): string {
  const shown = values.slice(0, mostValues).map(valueText).join(', ')
  return values.length > mostValues ? `${shown}, … (${formatCount(values.length)} values)` : shown
}
