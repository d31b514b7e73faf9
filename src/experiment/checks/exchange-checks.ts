import type { WorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { type Check, identityCheck } from '../../physics/observe/check.js'
import { energies, harmonic, type RunCheck } from './run-check.js'

/** ΔU = W - Q on every trajectory, to 1e-10 of (|W| + |Q| + 1). */
export function firstLawOf({ work, heat, energyChange }: WorkAndHeat): Check {
  const worst = largest(
    energyChange.map((change, n) => (change - work[n]! + heat[n]!) / (Math.abs(work[n]!) + Math.abs(heat[n]!) + 1)),
  )
  return identityCheck('first law: |ΔU - W + Q|', worst, 0, 1e-10)
}

/**
 * Σ½(F + F')·dx = Q on every trajectory of a harmonic system, to rounding: each step of each unit adds an independent one of
 * its energy, about kT, and the worst of many trajectories is a few standard deviations out.
 *
 * @param roundoff - unit roundoff of the backend's arithmetic
 */
export function heatIntegralOf(
  { heat, heatIntegral }: WorkAndHeat,
  steps: number,
  units: number,
  roundoff: number,
): Check {
  const worst = largest(heat.map((q, n) => (q - heatIntegral[n]!) / (Math.abs(q) + 1)))
  return identityCheck('heat: |Q - Σ½(F+F′)·dx|', worst, 0, Math.max(1e-10, 16 * roundoff * Math.sqrt(steps * units)))
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}

/** The first law of a run. */
export const firstLawCheck: RunCheck = {
  needs: [energies],
  run: ({ observed }) => [firstLawOf(observed.workAndHeat!)],
}

/** The heat of a run by its integral. */
export const heatIntegralCheck: RunCheck = {
  needs: [energies, harmonic],
  run: ({ observed: { workAndHeat, ensemble }, protocol, roundoff }) => [
    heatIntegralOf(workAndHeat!, protocol.dt.length, ensemble.final.units, roundoff),
  ],
}
