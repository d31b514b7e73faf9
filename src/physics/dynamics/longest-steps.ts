import { forceAndEnergy } from '../potential/potential.js'
import { scheduledAt } from '../protocol/protocol.js'
import type { Driven } from './driven.js'
import { resolution } from './timestep.js'

/** Shares of the protocol at which the force at a wall is looked at. */
const shares = [0, 0.25, 0.5, 0.75, 1]

/**
 * The longest step that resolves what units have beside the curvature of their landscape, .02 of each: the correlation time of active
 * forces, which stand still for a step (their variance in a trap is off by about dt/τ for that); the relaxation time width²/(12μkT) of a trap
 * whose variance is that between two walls; and that of the layer, kT/F thick, which the force presses against a wall, kT/(μF²). Infinity
 * without any of these.
 *
 * Cost: a force for each wall and time that is looked at.
 */
export function longestOfUnits({ potential, theta, scheduled, kT, bath, initial, duration }: Driven): number {
  const { units, correlationTime, coordinates, mobility, temperature } = potential.network
  let longest = Infinity
  for (const time of correlationTime ?? []) if (time > 0) longest = Math.min(longest, resolution * time)
  if (coordinates === null) return longest
  const { lower, upper } = coordinates
  const batch = initial.length / units
  const state = Float64Array.from({ length: units }, (_, unit) => initial[unit * batch]!)
  const force = new Float64Array(units)
  for (const share of shares) {
    const then = scheduledAt(theta, scheduled, share * duration)
    const heat = kT?.value(share * duration) ?? bath.kT
    for (let unit = 0; unit < units; unit++) {
      const own = bath.mobility * (mobility?.[unit] ?? 1)
      const thermal = heat * (temperature?.[unit] ?? 1)
      const width = upper[unit]! - lower[unit]!
      if (width < Infinity) longest = Math.min(longest, (resolution * width ** 2) / (12 * own * thermal))
      for (const wall of [lower[unit]!, upper[unit]!]) {
        if (!Number.isFinite(wall)) continue
        const before = state[unit]!
        state[unit] = wall
        forceAndEnergy(potential, then, state, 1, force, null)
        state[unit] = before
        const pressing = wall === lower[unit] ? -force[unit]! : force[unit]!
        if (pressing > 0) longest = Math.min(longest, (resolution * thermal) / (own * pressing ** 2))
      }
    }
  }
  return longest
}
