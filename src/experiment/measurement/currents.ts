import { type Displacements, displacementsOf } from '../../physics/observe/displacements.js'
import type { Estimate } from '../../physics/observe/estimate.js'
import type { ObservedEnsemble } from '../sampling/ensemble.js'
import type { Problem } from '../system/problem.js'

/** How an angle went round: over the whole run, from its start to its end. */
export interface Current extends Displacements {
  readonly unit: number
  readonly period: number
  /** mean number of turns */
  readonly windings: Estimate
}

/** Angles whose currents stand in results.json. */
const mostUnits = 64

/** Drift, diffusion and turns of every unit with a period, of the first 64; null without any. */
export function measureCurrents(
  { scenario, potential }: Problem,
  { ensemble: { initial, final } }: Pick<ObservedEnsemble, 'ensemble'>,
): readonly Current[] | null {
  const { coordinates, visible } = potential.network
  const { protocol } = scenario
  if (coordinates === null || protocol === undefined) return null
  const angles = Array.from({ length: visible }, (_, unit) => unit).filter((unit) => coordinates.period[unit]! > 0)
  if (angles.length === 0) return null
  return angles.slice(0, mostUnits).map((unit) => {
    const period = coordinates.period[unit]!
    const found = displacementsOf(initial, final, unit, protocol.duration)
    const turns = (value: number) => (value * protocol.duration) / period
    const windings = { value: turns(found.drift.value), standardError: turns(found.drift.standardError) }
    return { unit, period, ...found, windings }
  })
}
