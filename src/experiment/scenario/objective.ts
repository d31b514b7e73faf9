import { z } from 'zod'
import { boltznce, sayBoltznce } from './objectives/boltznce.js'
import { type Say, type Surroundings, sayDataMissing } from './objectives/common.js'
import { contrastiveDivergence } from './objectives/contrastive-divergence.js'
import { diffclf } from './objectives/diffclf.js'
import { feynmanKac, sayFeynmanKac } from './objectives/feynman-kac.js'
import { jarzynski, sayJarzynski } from './objectives/jarzynski.js'
import { lineIntegral, sayLineIntegral } from './objectives/line-integral.js'
import { momentMatching, sayMomentMatching } from './objectives/moment-matching.js'
import { nce } from './objectives/nce.js'
import { sayPath } from './objectives/path.js'
import { recoveryLikelihood } from './objectives/recovery-likelihood.js'

/** The section `objective`: how an energy is learned or weighed. One file in objectives/ for each kind. */
export const objectiveSchema = z.discriminatedUnion('kind', [
  contrastiveDivergence,
  jarzynski,
  diffclf,
  boltznce,
  nce,
  recoveryLikelihood,
  momentMatching,
  feynmanKac,
  lineIntegral,
])

/** An objective with its defaults filled in. */
export type ObjectiveSettings = z.output<typeof objectiveSchema>
/** The settings of one kind. */
export type SettingsOf<Kind extends ObjectiveSettings['kind']> = Extract<ObjectiveSettings, { kind: Kind }>

/** Largest network: its exact start takes a Cholesky factor, O(units³). */
const mostUnits = 1000
/** Coordinates of all walkers; about ten arrays of them are held. */
const mostCoordinates = 20_000_000
/** Data whose density or Boltzmann law an objective can be compared with. */
const knownData = ['density', 'gaussian-mixture', 'boltzmann']

/** What an objective needs and what it can't be combined with. */
export function sayObjective(
  scenario: Surroundings & { readonly objective?: ObjectiveSettings | undefined },
  say: Say,
): void {
  const { objective, data, network, potential } = scenario
  if (objective === undefined) {
    if (potential.features !== undefined)
      say(['potential', 'features'], 'functions of the whole state are for an objective; use onsite and pair terms')
    if (data?.source === 'density' || data?.source === 'boltzmann')
      say(['data', 'source'], `${data.source} is for an objective; add one, or use gaussian-mixture with learning`)
    return
  }
  for (const key of ['learning', 'protocol', 'initial'] as const)
    if (scenario[key] !== undefined)
      say([key], `an objective has its own; remove ${key} (its keys stand under objective)`)
  if (scenario.checks.length > 0) say(['checks'], 'an objective brings its own checks; remove these')
  if (network.label !== undefined)
    say(['network', 'label'], 'objectives here learn from states without classes; remove the label units')
  const kind = network.hidden?.kind
  if (kind === 'explicit' || kind === 'glauber')
    say(
      ['network', 'hidden', 'kind'],
      `objectives see the visible units alone, and ${kind} units move beside them; use bistable or quartic, which follow at once`,
    )
  const { lattice, units = (lattice?.[0] ?? 0) * (lattice?.[1] ?? 0) } = network.visible
  if (units > mostUnits)
    say(
      ['network', 'visible', lattice === undefined ? 'units' : 'lattice'],
      `${units} units; objectives are for at most ${mostUnits}, whose exact law is at hand`,
    )
  else if ('walkers' in objective && objective.walkers * units > mostCoordinates)
    say(
      ['objective', 'walkers'],
      `${objective.walkers} walkers of ${units} units; expected at most ${mostCoordinates.toLocaleString('en')} coordinates`,
    )
  if (data !== undefined && !knownData.includes(data.source))
    say(['data', 'source'], `expected ${knownData.join(', ')}: data whose law is known; got ${data.source}`)
  if (objective.kind === 'jarzynski') sayJarzynski(objective, scenario, say)
  else if (objective.kind === 'moment-matching') sayMomentMatching(scenario, say)
  else if (objective.kind === 'feynman-kac') sayFeynmanKac(objective, scenario, say)
  else if (objective.kind === 'line-integral') sayLineIntegral(objective, scenario, say)
  else if (objective.kind === 'diffclf') sayPath(scenario, say)
  else if (objective.kind === 'boltznce') sayBoltznce(objective, scenario, say)
  else sayDataMissing(scenario, say)
}
