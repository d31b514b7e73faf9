import { z } from 'zod'
import { completed } from './automatic.js'
import { type Keys, keysSchema } from './keys.js'
import type { Say } from './parts.js'
import { sayBaths } from './rules/bath.js'
import { sayChecks } from './rules/checks.js'
import { sayData } from './rules/data.js'
import { sayDrives } from './rules/drives.js'
import { sayHardware } from './rules/hardware.js'
import { sayLearning } from './rules/learning.js'
import { sayMemory } from './rules/memory.js'
import { sayGeometry, sayHiddenUnits, sayLabels } from './rules/network.js'
import { sayObjective } from './rules/objective.js'
import { sayObservation } from './rules/observation.js'
import { sayClock, sayConditions, sayGeneration, sayKind, sayNoiseClock, saySimulation } from './rules/simulation.js'
import { sayKinds, sayStates } from './rules/states.js'

/** Rules that hold between keys, named by what they protect; each says what is wrong at the path of the key to mend. */
const rules: readonly ((scenario: Keys, say: Say) => void)[] = [
  sayGeometry,
  sayHiddenUnits,
  sayKinds,
  sayLabels,
  sayBaths,
  sayStates,
  sayDrives,
  sayKind,
  sayClock,
  sayLearning,
  sayHardware,
  sayObjective,
  sayObservation,
  sayChecks,
  sayGeneration,
  sayNoiseClock,
  sayConditions,
  saySimulation,
  sayData,
]

/**
 * The scenario with the rules that hold between its keys. Types, defaults, messages and scenarios/schema.json all come from
 * here.
 */
export const scenarioSchema = keysSchema
  .superRefine((scenario, context) => {
    const say: Say = (path, message) => context.addIssue({ code: 'custom', path, message })
    if (!sayMemory(scenario, say)) return
    for (const rule of rules) rule(scenario, say)
  })
  .transform(completed)

/** A complete scenario, defaults filled in. */
export type Scenario = z.output<typeof scenarioSchema>
/** What a scenario file may leave out and what it must hold. */
export type ScenarioInput = z.input<typeof scenarioSchema>

/** The JSON Schema (draft 7) that editors use for completion; ships as scenarios/schema.json. */
export function scenarioJsonSchema(): object {
  const schema = z.toJSONSchema(scenarioSchema, { target: 'draft-7', io: 'input' }) as JsonSchema
  describeKinds(schema)
  return { title: 'overdamped scenario', ...schema }
}

interface JsonSchema {
  description?: string
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
}

/** The key that tells alternatives apart means what the alternative does: an editor shows it where `kind: jarzynski` stands. */
function describeKinds(node: JsonSchema): void {
  for (const key of Object.values(node.properties ?? {}))
    if (key.const !== undefined && node.description !== undefined) key.description ??= node.description
  for (const inner of Object.values(node)) if (typeof inner === 'object' && inner !== null) describeKinds(inner)
}
