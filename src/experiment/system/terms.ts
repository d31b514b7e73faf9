import type { PotentialOptions } from '../../physics/potential/potential.js'
import type { Scenario } from '../scenario/schema.js'

/** The terms of a scenario's potential, and the forces of its active bath. */
export function termsOf({ potential, bath }: Pick<Scenario, 'potential' | 'bath'>): PotentialOptions {
  return { ...potential, active: bath.active }
}
