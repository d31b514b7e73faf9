import { formatEstimate, formatWithError, words } from '../format.js'
import { html } from '../html.js'
import { type Section, section } from '../sections/section.js'
import { type NamedRun, runsTable } from './columns.js'
import { comparedHistograms } from './histograms.js'

/**
 * Mean work, heat and entropy production, and the identities, with a column a run.
 * @returns undefined when no run measured any
 */
export function comparedThermodynamics(runs: readonly NamedRun[]): Section | undefined {
  const means = [...new Set(runs.flatMap(({ run }) => run.thermodynamics.map(({ name }) => name)))]
  const identities = [...new Set(runs.flatMap(({ run }) => run.identities.map(({ name }) => name)))]
  if (means.length + identities.length === 0) return undefined
  const rows = [
    ...means.map((name) => [
      words(name),
      ...runs.map(({ run }) => {
        const row = run.thermodynamics.find((mean) => mean.name === name)
        return formatEstimate(row?.mean, row?.standardError)
      }),
    ]),
    ...identities.map((name) => [
      name,
      ...runs.map(({ run }) => {
        const row = run.identities.find((identity) => identity.name === name)
        return formatWithError(row?.value, row?.standardError)
      }),
    ]),
  ]
  const note = 'Means and distributions over the trajectories, in units of kT.'
  const drawn = comparedHistograms(runs)
  const body = html`${runsTable(runs, 'mean', rows, 'Heat and work by run')}${
    drawn.length > 0 ? html`<div class="charts">${drawn.map(({ markup }) => markup)}</div>` : undefined
  }`
  return section(
    'thermodynamics',
    'Heat and work',
    note,
    body,
    drawn.map(({ spec }) => spec),
  )
}
