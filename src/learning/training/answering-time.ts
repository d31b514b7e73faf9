import { type DriveKind, type Noising, scoreScale } from '../../physics/protocol/noising.js'
import type { Protocol } from '../../physics/protocol/protocol.js'

/**
 * The time in which a variance answers to what a slice's parameters are off. By a clock the slice takes Δt, its force has
 * α = (1 + c) kT/scale times the parameters, and the direction relaxes at the rate r = 2μ(1 + c)kT/v: α (1 - e^(-rΔt))/r.
 */
export function answeringTime(
  noising: Noising,
  drive: DriveKind,
  { dt, clock }: Protocol,
  k: number,
  variance: number,
): number {
  const { knots, bath } = noising
  const [from, to] = [knots[k - 1]!, knots[k]!]
  // By the middle of each step: its ends are knots to rounding only.
  const slice = dt.reduce((sum, step, n) => {
    const middle = (clock[n]! + clock[n + 1]!) / 2
    return middle < from && middle > to ? sum + step : sum
  }, 0)
  const stiffness = (1 + (from - to) / slice) * bath.kT
  const rate = (2 * bath.mobility * stiffness) / variance
  return ((stiffness / scoreScale(noising, drive).scale) * -Math.expm1(-rate * slice)) / rate
}
