import { eulerMaruyama } from './euler-maruyama.js'
import { exactOu } from './exact-ou.js'
import { heun } from './heun.js'
import type { Integrator, IntegratorName } from './integrator.js'
import { leimkuhlerMatthews } from './leimkuhler-matthews.js'
import { mala } from './mala.js'
import { ouSplitting } from './ou-splitting.js'

const schemes: Record<IntegratorName, Integrator> = {
  'euler-maruyama': eulerMaruyama,
  heun,
  'leimkuhler-matthews': leimkuhlerMatthews,
  'exact-ou': exactOu,
  'ou-splitting': ouSplitting,
  mala,
}

/** A scheme by its name. */
export function integratorNamed(name: IntegratorName): Integrator {
  return schemes[name]
}
