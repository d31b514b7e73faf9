import { roundoff as roundoffOf } from '../../backend/backend.js'
import type { WorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { type Check, identityCheck } from '../../physics/observe/check.js'
import { energies, harmonic, openSpace, type RunCheck } from './run-check.js'

/** Standard deviations of accumulated rounding that the worst of many trajectories may be off. */
const worstRounding = 16

/**
 * Largest rounding error of an energy that is exchanged over a run, relative to a unit's part of an energy: each step of each
 * unit adds an independent one, and the worst of many trajectories is a few standard deviations out.
 *
 * @param roundoff - unit roundoff of the arithmetic
 */
export function exchangeRounding(steps: number, units: number, roundoff: number): number {
  return worstRounding * roundoff * Math.sqrt(steps * units)
}

/**
 * ΔU = W - Q on every trajectory, to rounding. Energies telescope, whatever their own errors: what is left is the rounding of
 * the sums, always in float64, relative to what was summed and to the energy of all units.
 *
 * @param scale - of a unit's part of an energy, see `energyScale`
 */
export function firstLawOf(
  { work, heat, energyChange }: WorkAndHeat,
  steps: number,
  units: number,
  scale: number,
): Check {
  const worst = largest(
    energyChange.map((change, n) =>
      share(change - work[n]! + heat[n]!, Math.abs(work[n]!) + Math.abs(heat[n]!) + scale * units),
    ),
  )
  return identityCheck('first law: |ΔU - W + Q|', worst, 0, exchangeRounding(steps, 1, roundoffOf.float64))
}

/**
 * Σ½(F + F')·dx = Q on every trajectory of a harmonic system, to rounding, relative to |Q| and to the parts that energies
 * are made of.
 *
 * @param scale - of a unit's part of an energy, see `energyScale`
 * @param roundoff - unit roundoff of the backend's arithmetic
 */
export function heatIntegralOf(
  { heat, heatIntegral }: WorkAndHeat,
  steps: number,
  units: number,
  scale: number,
  roundoff: number,
): Check {
  const worst = largest(heat.map((q, n) => share(q - heatIntegral[n]!, Math.abs(q) + scale)))
  return identityCheck('heat: |Q - Σ½(F+F′)·dx|', worst, 0, exchangeRounding(steps, units, roundoff))
}

/** Nothing is no share of nothing: without a force there are no energies. */
function share(part: number, whole: number): number {
  return part === 0 ? 0 : part / whole
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}

/** The first law of a run. */
export const firstLawCheck: RunCheck = {
  needs: [energies],
  run: ({ observed: { workAndHeat, states }, protocol, energyScale }) => [
    firstLawOf(workAndHeat!, protocol.dt.length, states.final.units, energyScale),
  ],
}

/** The heat of a run by its integral. */
export const heatIntegralCheck: RunCheck = {
  needs: [energies, openSpace, harmonic],
  run: ({ observed: { workAndHeat, states }, protocol, energyScale, roundoff }) => [
    heatIntegralOf(workAndHeat!, protocol.dt.length, states.final.units, energyScale, roundoff),
  ],
}
