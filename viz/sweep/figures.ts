import { words } from '../format.js'
import { metricFacts } from '../metric-facts.js'
import { figureTitle } from '../objective-facts.js'
import { finite, own } from '../read-values.js'
import type { SweepTable } from './record.js'

/** A figure that the runs of a sweep have, at each point. */
export interface SweptFigure {
  /** in results.json */
  readonly path: string
  /** the first part of the path */
  readonly group: string
  readonly title: string
  /** '' for a plain number, and where only the scenario knows it */
  readonly unit: string
  readonly values: readonly (number | undefined)[]
  /** one standard error of each run by itself */
  readonly errors: readonly (number | undefined)[]
  /** what it should be, of a check, or what real data have, of a metric */
  readonly truths: readonly (number | undefined)[]
}

/** Columns that belong to the one that they begin with. */
const companions = ['standardError', 'truth', 'pass', 'floor', 'control', 'exactScore']
/** A run's times are of the machine, and its steps and draws stand in its settings. */
const notFigures = ['timings', 'steps']
/** Numbers of this size are rounding. */
const rounding = 1e-9
/** Relative differences of this size are, too. */
const same = 1e-12

/**
 * The figures of a sweep that differ between its points by more than rounding, in the order of the table but for checks, which
 * come last.
 */
export function sweptFigures({ columns, rows }: SweepTable, first: number): SweptFigure[] {
  const place = new Map(columns.map((name, column) => [name, column]))
  const column = (name: string) => {
    const at = place.get(name)
    return rows.map((row) => (at === undefined || at < first ? undefined : finite(row[at])))
  }
  const found = columns.slice(first).flatMap((path): SweptFigure[] => {
    const owner = path.slice(0, Math.max(0, path.lastIndexOf('.')))
    if (place.has(owner) && companions.includes(path.slice(owner.length + 1))) return []
    const group = path.split('.')[0] as string
    const values = column(path)
    if (notFigures.includes(group) || !differ(values)) return []
    const floor = column(`${path}.floor`)
    const truths = column(`${path}.truth`).map((truth, n) => truth ?? floor[n])
    return [{ path, group, ...factsOf(path), values, errors: column(`${path}.standardError`), truths }]
  })
  return [...found.filter(({ group }) => group !== 'checks'), ...found.filter(({ group }) => group === 'checks')]
}

function differ(values: readonly (number | undefined)[]): boolean {
  const known = values.filter((value) => value !== undefined)
  const [low, high] = [Math.min(...known), Math.max(...known)]
  const size = Math.max(-low, high)
  return known.length > 1 && size > rounding && high - low > same * size
}

const units: Readonly<Record<string, string>> = {
  'thermodynamics.work': 'kT',
  'thermodynamics.heat': 'kT',
  'thermodynamics.hiddenHeat': 'kT',
  'thermodynamics.entropyProduction': 'k_B',
  'speedLimit.bound': 'k_B',
  'freeEnergy.exact': 'kT',
  'freeEnergy.jarzynski': 'kT',
  'freeEnergy.bennett': 'kT',
  'freeEnergy.crooks.freeEnergy': 'kT',
  'freeEnergy.reverseWork': 'kT',
  firstPassage: 'time',
}

/** What lies beside an estimate of a free energy, in its unit. */
const ofFreeEnergy = /^freeEnergy\..*(interval\.(low|high)|bias|bootstrapError)$/

function factsOf(path: string): Pick<SweptFigure, 'title' | 'unit'> {
  const [group = '', ...rest] = path.split('.')
  const name = rest.join('.')
  const unit = own(units, path) ?? (ofFreeEnergy.test(path) ? 'kT' : '')
  if (group === 'metrics') {
    const [figure = '', ...arm] = name.split(':')
    const title = metricFacts(figure).title || figureTitle(figure)
    return { title: arm.length === 0 ? title : `${title}: ${arm.join(':')}`, unit }
  }
  // Names of the user's own stay as they are.
  if (['checks', 'observables'].includes(group)) return { title: name, unit }
  const title = rest.length === 0 ? words(group) : rest.map((part) => own(people, part) ?? words(part)).join(', ')
  return { title: ofTheirGroup.includes(group) ? `${words(group)}, ${title}` : title, unit }
}

const people: Readonly<Record<string, string>> = { jarzynski: 'Jarzynski', bennett: 'Bennett', crooks: 'Crooks' }

/** Groups whose names of figures say little without the group's. */
const ofTheirGroup = ['freeEnergy', 'speedLimit', 'firstPassage', 'errorBudget']

/** A title with its unit, for an axis or the head of a column. */
export function withUnit({ title, unit }: Pick<SweptFigure, 'title' | 'unit'>): string {
  return unit === '' ? title : `${title} / ${unit}`
}
