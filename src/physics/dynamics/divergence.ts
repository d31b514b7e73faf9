import { OverdampedError } from '../../errors.js'
import { type Bath, hottest } from '../protocol/bath.js'
import type { Drive } from './drive.js'

/** A coordinate beyond this (or not a number) counts as diverged, where nothing else is said; states are never clipped. */
export const divergenceLimit = 1e6

/** The suggested step resolves the stiffest curvature met: μ·dt·k ≤ this, an eighth of Euler–Maruyama's bound of 2. */
const safeStep = 0.25

/** How far out, in thermal lengths of the starting cloud, the curvature is looked at for the suggestion. */
const reach = 2

/**
 * The error for a trajectory that ran away at a step. The dt it suggests resolves the curvature of that step's landscape
 * over the region that the batch started from, stretched by `reach`, for nonlinear walls that stiffen outwards.
 *
 * @param start - initial states of the batch, [units, batch]
 * @param column - position of the trajectory in the batch
 * @param limit - what it ran beyond
 */
export function divergedError(
  drive: Drive,
  bath: Bath,
  start: Float64Array,
  step: number,
  first: number,
  column: number,
  limit: number = divergenceLimit,
): OverdampedError {
  const batch = start.length / drive.units
  const dt = drive.dt[step]!
  let curvature = 0
  const state = new Float64Array(drive.units)
  const kT = bath.kT * hottest(drive.temperature)
  const thermal = Math.sqrt(kT / Math.max(drive.curvature(state), Number.MIN_VALUE))
  for (const sign of [-1, 1]) {
    for (let i = 0; i < drive.units; i++)
      state[i] = sign * reach * Math.max(Math.abs(start[i * batch + column]!), Math.min(thermal, Math.sqrt(kT)))
    curvature = Math.max(curvature, drive.curvature(state))
  }
  const holds = safeStep / (bath.mobility * curvature)
  const remedy =
    holds < dt
      ? `dt ${format(dt)} is too large here; try dt ≤ ${format(holds)}`
      : `dt ${format(dt)} resolves this potential, so it is not bounded below; add or raise a quartic term`
  return new OverdampedError(
    'E_DIVERGED',
    `|x| > ${limit.toExponential(0).replace('+', '')}. ${remedy}`,
    `step ${step}, trajectory ${first + column}`,
    1,
  )
}

/** Two significant digits, rounded down, so that a suggested bound is never larger than the one computed. */
function format(value: number): string {
  const scale = 10 ** (Math.floor(Math.log10(value)) - 1)
  return String(Number((Math.floor(value / scale) * scale).toPrecision(2)))
}
