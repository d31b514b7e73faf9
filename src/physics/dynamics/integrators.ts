import { eulerMaruyama } from './euler-maruyama.js'
import { exactOu } from './exact-ou.js'
import { gibbs } from './gibbs.js'
import { heun } from './heun.js'
import type { Integrator } from './integrator.js'
import { leimkuhlerMatthews } from './leimkuhler-matthews.js'
import { mala } from './mala.js'
import { ouSplitting } from './ou-splitting.js'

/** Every scheme by its name. */
export const integrators = {
  'euler-maruyama': eulerMaruyama,
  heun,
  'leimkuhler-matthews': leimkuhlerMatthews,
  'exact-ou': exactOu,
  'ou-splitting': ouSplitting,
  mala,
  gibbs,
} as const satisfies Record<string, Integrator>

/** The name of one of them. */
export type IntegratorName = keyof typeof integrators

/** The scheme where none is asked for. */
export const defaultIntegrator: IntegratorName = 'euler-maruyama'

/** The scheme that is meant by a name, or by itself. */
export function schemeOf(integrator: IntegratorName | Integrator): Integrator {
  return typeof integrator === 'string' ? integrators[integrator] : integrator
}
