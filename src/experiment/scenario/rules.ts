import type { Keys } from './keys.js'
import type { Say } from './parts.js'
import { sayData } from './rules/data.js'
import { sayGeneration } from './rules/generation.js'
import { sayGeometry } from './rules/geometry.js'
import { sayHiddenUnits } from './rules/hidden-units.js'
import { sayKind } from './rules/kind.js'
import { sayLabels } from './rules/labels.js'
import { sayLearning } from './rules/learning.js'
import { sayMemory } from './rules/memory.js'
import { sayObjective } from './rules/objective.js'
import { sayObservation } from './rules/observation.js'
import { saySimulation } from './rules/simulation.js'

/** Rules that hold between keys, named by what they protect; each says what is wrong at the path of the key to mend. */
export const rules: readonly ((scenario: Keys, say: Say) => void)[] = [
  sayMemory,
  sayGeometry,
  sayHiddenUnits,
  sayLabels,
  sayKind,
  sayLearning,
  sayObjective,
  sayObservation,
  sayGeneration,
  saySimulation,
  sayData,
]
