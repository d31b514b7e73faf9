import { table } from '../figure.js'
import { formatEstimate, formatNumber, words } from '../format.js'
import { html, type Insertable, type Markup } from '../html.js'
import { type Section, section } from '../sections/section.js'
import type { VerifiedRow } from './record.js'

/** |z| up to which the scale reaches; a control lies far beyond, and an arrow says so. */
const reach = 5

/** What is exactly known of one subject, and every row that was measured of it. */
export function topicSection(name: string, truth: string, checks: readonly VerifiedRow[]): Section {
  const rows = checks.map((check) => [
    check.name,
    result(check),
    check.standardError === null ? formatNumber(check.value, 4) : formatEstimate(check.value, check.standardError),
    formatNumber(check.truth, 5),
    `± ${formatNumber(check.tolerance, 2)}`,
    check.z === null ? '' : scale(check.z),
    check.z === null ? 'identity' : check.z.toFixed(2).replace('-', '−'),
  ])
  const head = ['check', 'result', 'value ± s.e.', 'truth', 'tolerance', 'where z lies', 'z']
  const title =
    name === 'ornstein-uhlenbeck'
      ? 'Ornstein–Uhlenbeck'
      : `${words(name)[0]?.toUpperCase() ?? ''}${words(name).slice(1)}`
  return section(name, title, truth, table({ head, rows }, title))
}

function result({ pass, control, reason = '' }: VerifiedRow): Insertable {
  if (pass === null) return html`not applicable <small>${reason}</small>`
  if (pass) return html`<span class="pass">✓ ${control ? 'rejected' : 'pass'}</span>`
  return html`<span class="fail">✕ ${control ? 'not rejected' : 'fail'}</span>`
}

/** A dot between -5 and 5, on a line with marks at 0 and ±4, where a check ends to pass. */
function scale(z: number): Markup {
  const at = (value: number) => (60 + 11 * value).toFixed(1)
  const mark =
    Math.abs(z) > reach
      ? html`<text class="beyond" x="${z > 0 ? 120 : 0}" y="13" text-anchor="${z > 0 ? 'end' : 'start'}">${z > 0 ? '→' : '←'}</text>`
      : html`<circle class="dot" cx="${at(z)}" cy="8" r="3.5"/>`
  return html`<svg class="scale" viewBox="0 0 120 16" width="120" height="16" aria-hidden="true"><path d="M${at(-reach)} 8H${at(reach)}"/><path class="hollow" d="M${at(-4)} 1V15M${at(4)} 1V15"/><path class="tick" d="M60 2V14"/>${mark}</svg>`
}
