import { absent, formatNumber } from '../format.js'
import { html } from '../html.js'
import { checkResult } from '../sections/checks.js'
import { type Section, section } from '../sections/section.js'
import { type NamedRun, runsTable } from './columns.js'

/**
 * Every check with a column a run: passed or failed, and the distance from the truth in standard errors.
 * @returns undefined without checks
 */
export function comparedChecks(runs: readonly NamedRun[]): Section | undefined {
  const names = [...new Set(runs.flatMap(({ run }) => run.checks.map(({ name }) => name)))]
  if (names.length === 0) return undefined
  const rows = names.map((name) => [
    name,
    ...runs.map(({ run }) => {
      const check = run.checks.find((other) => other.name === name)
      if (!check) return absent
      const z = check.z === undefined ? '' : `, z = ${formatNumber(check.z, 2)}`
      return html`${checkResult(check)}${z}`
    }),
  ])
  const note = 'Figures whose truth is known exactly; a dash where a run does not have the check.'
  return section('checks', 'Checks', note, runsTable(runs, 'check', rows, 'Checks by run'))
}
