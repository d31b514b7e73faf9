import { table } from '../figure.js'
import { formatCount, formatEstimate, formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import type { RunRecord } from '../run-record.js'

/** Mean first-passage time as a small table, with what is to be said of runs that did not cross. */
export function firstPassage({ firstPassage: found }: RunRecord): Markup | undefined {
  if (!found) return undefined
  const { unit, to, runs, censored, mean, standardError, restrictedMean, exponentialMean, kramers, warning } = found
  const optional = (name: string, value: number | undefined, text: string) =>
    value === undefined ? [] : [[name, text]]
  const rows = [
    ...optional('mean', mean, formatEstimate(mean, standardError)),
    ...(censored > 0
      ? [
          ['mean of min(t, duration)', formatEstimate(restrictedMean?.mean, restrictedMean?.standardError)],
          ['mean at a constant rate', formatEstimate(exponentialMean?.mean, exponentialMean?.standardError)],
        ]
      : []),
    ...optional('Kramers’ formula', kramers, formatNumber(kramers, 4)),
    ['runs that crossed', `${formatCount(runs - censored)} of ${formatCount(runs)}`],
  ]
  return html`<h3>First passage</h3>${table({ head: [`time until unit ${unit} crosses ${formatNumber(to)}`, 'value'], rows }, 'First-passage time')}${
    warning === '' ? undefined : html`<p class="caption"><strong>Warning.</strong> ${warning}</p>`
  }`
}
