import type { PointSet } from '../../physics/network/states.js'
import { type Displacements, displacementsOf } from '../../physics/observe/displacements.js'
import type { Estimate } from '../../physics/observe/estimate.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
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

/**
 * How coarse numbers may be beside a kick: from a tenth on a washboard's drift was seen to be off by a percent, at a hundredth nothing was.
 */
const coarsest = 0.03

/** What is wrong with angles that have gone round so often that the backend's numbers are coarse beside a kick; none where they are fine. */
export function currentWarnings(
  { potential, bath, scenario }: Problem,
  { ensemble: { initial, final }, roundoff, backend }: Pick<ObservedEnsemble, 'ensemble' | 'roundoff' | 'backend'>,
  { dt }: Pick<Protocol, 'dt'>,
): string[] {
  const { coordinates, mobility, temperature } = potential.network
  if (coordinates === null || scenario.protocol === undefined) return []
  const shortest = dt.reduce((least, step) => Math.min(least, step), Infinity)
  const unit = coordinates.period.findIndex((period, i) => {
    const kick = Math.sqrt(2 * bath.mobility * (mobility?.[i] ?? 1) * bath.kT * (temperature?.[i] ?? 1) * shortest)
    return period > 0 && 2 * roundoff * farthest(initial, final, i) > coarsest * kick
  })
  if (unit < 0) return []
  const turns = Math.round(farthest(initial, final, unit) / coordinates.period[unit]!)
  return [
    `unit ${unit} is ${turns.toLocaleString('en')} periods from 0, where the numbers of ${backend} are coarse beside the kicks of a step: its drift may be a percent off. Start within the period, shorten the run, or use --backend reference.`,
  ]
}

function farthest(initial: PointSet, final: PointSet, unit: number): number {
  let most = 0
  for (const { points, count, units } of [initial, final])
    for (let n = 0; n < count; n++) most = Math.max(most, Math.abs(points[n * units + unit]!))
  return most
}

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
