import { absent, formatNumber } from '../format.js'
import { html } from '../html.js'
import { figureTitle } from '../objective-facts.js'
import { type Section, section } from '../sections/section.js'
import { type NamedRun, runsTable } from './columns.js'

/** Figures that runs of different objectives share, in their order. */
const shared = ['divergence', 'weight', 'dataWeight', 'statisticError', 'logPartitionRatio', 'work', 'heat']
/** What they cost. */
const costs = ['forces', 'energies']

/**
 * How close each arm of each run came to the truth and what it cost, with a column a run.
 * @returns undefined without runs of objectives
 */
export function comparedObjectives(runs: readonly NamedRun[]): Section | undefined {
  const names = [...new Set(runs.flatMap(({ run }) => run.objective?.arms.map(({ name }) => name) ?? []))]
  if (names.length === 0) return undefined
  const rows = names.flatMap((name) => {
    const arms = runs.map(({ run }) => run.objective?.arms.find((arm) => arm.name === name))
    const row = (key: string, of: 'figures' | 'cost') => {
      const values = arms.map((arm) => arm?.[of][key])
      if (values.every((value) => value === undefined)) return []
      return [[html`<small>${figureTitle(key)}</small>`, ...values.map((value) => formatNumber(value, 3))]]
    }
    return [
      [name, ...arms.map((arm) => (arm === undefined ? absent : arm.fails ? 'control: fails' : arm.locality))],
      ...shared.flatMap((key) => row(key, 'figures')),
      ...costs.flatMap((key) => row(key, 'cost')),
    ]
  })
  const note =
    'Exact distances are by quadrature. Evaluations are those of one repetition; work and heat are per walker, in kT.'
  return section('objectives', 'Objectives', note, runsTable(runs, 'arm', rows, 'Objectives by run'))
}
