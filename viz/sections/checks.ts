import { table } from '../figure.js'
import { absent, formatNumber, formatWithError } from '../format.js'
import { html, type Markup } from '../html.js'
import type { Check, RunRecord } from '../run-record.js'
import { type Section, section } from './section.js'

/** Passed or failed, or why neither. */
export function checkResult({ pass, reason }: Check): Markup {
  if (pass === null) return html`not applicable <small>${reason}</small>`
  return pass ? html`<span class="pass">✓ pass</span>` : html`<span class="fail">✕ fail</span>`
}

/**
 * Every check with its value, the truth and the distance between them in standard errors; those that fail come first.
 * @returns undefined without checks
 */
export function checks(run: RunRecord): Section | undefined {
  if (run.checks.length === 0) return undefined
  const failed = run.checks.filter(({ pass }) => pass === false)
  const untold = run.checks.filter(({ pass }) => pass === null)
  const rows = [...failed, ...untold, ...run.checks.filter(({ pass }) => pass === true)].map((check) => [
    html`${check.name}${check.negativeControl ? html` <small class="badge">negative control</small>` : undefined}`,
    checkResult(check),
    check.standardError === undefined
      ? formatNumber(check.value, 4)
      : formatWithError(check.value, check.standardError),
    formatNumber(check.truth, 4),
    formatNumber(check.z, 2),
    check.tolerance === undefined ? absent : `± ${formatNumber(check.tolerance, 2)}`,
    check.kind || absent,
  ])
  const head = ['check', 'result', 'value ± s.e.', 'truth', 'z', 'tolerance', 'kind']
  const controls = run.checks.some(({ negativeControl }) => negativeControl)
    ? ' A negative control is wrong on purpose: it passes when it is rejected.'
    : ''
  const note = `Figures whose truth is known exactly; a check passes when value and truth differ by no more than the tolerance. z is their distance in standard errors, an identity must hold to rounding.${controls}`
  const told = rows.length - untold.length
  const count =
    failed.length > 0
      ? `${failed.length} of ${told} fail.`
      : told === 1
        ? 'The one check passes.'
        : told > 0
          ? `All ${told} pass.`
          : ''
  const others = untold.length === 0 ? '' : ` ${untold.length} not applicable.`
  return section(
    'checks',
    'Checks',
    note,
    html`<p class="caption">${count}${others}</p>${table({ head, rows }, 'Checks')}`,
  )
}
