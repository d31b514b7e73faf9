import { z } from 'zod'
import { type Surroundings, sayDataMissing } from './objectives/common.js'
import { continual, continualProtocol, sayContinual, sayContinualProtocol } from './objectives/continual.js'
import { contrastiveDivergence, sayContrastiveDivergence } from './objectives/contrastive-divergence.js'
import { displacement, sayDisplacement } from './objectives/displacement.js'
import { energyDiscrepancy, sayEnergyDiscrepancy } from './objectives/energy-discrepancy.js'
import { energyFilter, sayEnergyFilter } from './objectives/energy-filter.js'
import { falcon, sayFalcon } from './objectives/falcon.js'
import { feynmanKac, sayFeynmanKac } from './objectives/feynman-kac.js'
import { fixedTime, sayFixedTime } from './objectives/fixed-time.js'
import { imitation, sayImitation } from './objectives/imitation.js'
import { jarzynski, sayJarzynski } from './objectives/jarzynski.js'
import { lineIntegral, sayLineIntegral } from './objectives/line-integral.js'
import { momentMatching, sayMomentMatching } from './objectives/moment-matching.js'
import { nce } from './objectives/nce.js'
import { boltznce, diffclf, sayBoltznce, sayPath } from './objectives/path.js'
import { recoveryLikelihood } from './objectives/recovery-likelihood.js'
import { sayTap, tap } from './objectives/tap.js'
import { sayThermodynamicComputer, thermodynamicComputer } from './objectives/thermodynamic-computer.js'
import type { Say } from './parts.js'

/** The section `objective`: how an energy is learned or weighed. One file in objectives/ for each kind. */
export const objectiveSchema = z.discriminatedUnion('kind', [
  contrastiveDivergence,
  jarzynski,
  diffclf,
  boltznce,
  nce,
  energyDiscrepancy,
  energyFilter,
  recoveryLikelihood,
  momentMatching,
  displacement,
  falcon,
  feynmanKac,
  imitation,
  lineIntegral,
  tap,
  continual,
  continualProtocol,
  fixedTime,
  thermodynamicComputer,
])

/** An objective with its defaults filled in. */
export type ObjectiveSettings = z.output<typeof objectiveSchema>
/** The settings of one kind. */
export type SettingsOf<Kind extends ObjectiveSettings['kind']> = Extract<ObjectiveSettings, { kind: Kind }>

/** What each kind needs of the rest of a scenario, and what it can't be combined with. */
export const objectiveRules: {
  readonly [K in ObjectiveSettings['kind']]: (objective: SettingsOf<K>, scenario: Surroundings, say: Say) => void
} = {
  'contrastive-divergence': sayContrastiveDivergence,
  jarzynski: sayJarzynski,
  diffclf: sayPath,
  boltznce: sayBoltznce,
  nce: sayDataMissing,
  'energy-discrepancy': sayEnergyDiscrepancy,
  'energy-filter': sayEnergyFilter,
  'recovery-likelihood': sayDataMissing,
  'moment-matching': sayMomentMatching,
  displacement: sayDisplacement,
  falcon: sayFalcon,
  'feynman-kac': sayFeynmanKac,
  imitation: sayImitation,
  'line-integral': sayLineIntegral,
  tap: sayTap,
  continual: sayContinual,
  'continual-protocol': sayContinualProtocol,
  'fixed-time': sayFixedTime,
  'thermodynamic-computer': sayThermodynamicComputer,
}
