import { words } from './format.js'
import { html, type Markup } from './html.js'

const known: Record<string, string> = {
  divergence: 'KL(data‖model), nat',
  weight: 'mode weight',
  dataWeight: 'that of the data',
  weightError: 'distance of the two',
  statisticError: 'largest |z| of ⟨φ⟩',
  effectiveSampleShare: 'effective share of the walkers',
  logPartitionError: 'error of log Z',
  logPartitionRatio: 'log Z ratio',
  exactLogPartitionRatio: 'exact log Z ratio',
  meanSquare: '⟨x²⟩',
  meanSquareError: 's.e. of ⟨x²⟩',
  work: 'work per walker, kT',
  heat: 'heat per walker, kT',
  forces: 'force evaluations',
  energies: 'energy evaluations',
}

/** What a figure of an objective's arm is called. */
export function figureTitle(name: string): string {
  return known[name] ?? words(name)
}

/** Which scalars of the states an objective's parameters need beside their own statistics. */
export function localityWords(locality: string): string {
  if (locality === 'local') return 'local'
  if (locality === 'three-factor') return 'three-factor: one scalar a walker'
  return locality === 'sampler' ? 'sampler: learns nothing' : locality
}

/** An arm with the rule it follows; one that fails by design is a control. */
export function armName(name: string, fails: boolean, rule: string): Markup {
  return html`<span class="arm">${name}${fails ? html` <small class="badge">control</small>` : undefined}<small>${rule}</small></span>`
}
