import { z } from 'zod'
import { keysSchema } from './keys.js'
import type { Say } from './parts.js'
import { rules } from './rules.js'

/**
 * The scenario with the rules that hold between its keys. Types, defaults, messages and scenarios/schema.json all come from
 * here.
 */
export const scenarioSchema = keysSchema.superRefine((scenario, context) => {
  const say: Say = (path, message) => context.addIssue({ code: 'custom', path, message })
  for (const rule of rules) rule(scenario, say)
})

/** A complete scenario, defaults filled in. */
export type Scenario = z.output<typeof scenarioSchema>
/** What a scenario file may leave out and what it must hold. */
export type ScenarioInput = z.input<typeof scenarioSchema>

/** The JSON Schema (draft 7) that editors use for completion; ships as scenarios/schema.json. */
export function scenarioJsonSchema(): object {
  return { title: 'overdamped scenario', ...z.toJSONSchema(scenarioSchema, { target: 'draft-7', io: 'input' }) }
}
