import type { Scenario } from '../../experiment/scenario/schema.js'
import type { Bath } from './bath.js'

/**
 * The noising process: an Ornstein–Uhlenbeck relaxation in a trap of stiffness k0, known in closed form and never
 * simulated for training:
 *
 *     x_t = m x_0 + s ε,   m = e^(-μ k0 t),   s² = (kT/k0)(1 - m²),   ε ~ N(0, 1)
 *
 * Knots: t_0 = T > t_1 > … > t_K = t_min, one set of parameters each.
 */
export interface Noising {
  /** k0 */
  readonly stiffness: number
  readonly bath: Bath
  /** [K + 1], descending */
  readonly knots: readonly number[]
}

/** The noising process of a scenario. */
export function createNoising(scenario: Scenario['noising'], bath: Bath): Noising {
  const { duration, tMin, slices, spacing } = scenario
  const knots = Array.from({ length: slices + 1 }, (_, n) => {
    const fraction = n / slices
    return spacing === 'geometric' ? duration * (tMin / duration) ** fraction : duration + (tMin - duration) * fraction
  })
  knots[slices] = tMin
  return { stiffness: scenario.stiffness, bath, knots }
}

/** m(t): what is left of the data's amplitude, in (0, 1]. */
export function signal({ stiffness, bath }: Noising, t: number): number {
  return Math.exp(-bath.mobility * stiffness * t)
}

/** s(t): standard deviation of the added noise. */
export function noiseWidth({ stiffness, bath }: Noising, t: number): number {
  return Math.sqrt((bath.kT / stiffness) * -Math.expm1(-2 * bath.mobility * stiffness * t))
}

/**
 * 1/(1 - e^(-2μk0t)) = kT/(k0 s²): the clock in which the stiffness of the score is linear, so that parameters interpolate
 * well in it; also the natural scale of a stiffness at time t, in units of k0. It grows from 1 to 1/(2μk0t).
 */
export function stiffnessClock({ stiffness, bath }: Noising, t: number): number {
  return -1 / Math.expm1(-2 * bath.mobility * stiffness * t)
}

/** How generation is driven; see `scoreScale`. */
export type DriveKind = Scenario['sampling']['drive']

/**
 * The force that generates is F* = trap·x + scale·∇log p_t(x):
 * "reverse" (R1) k0 x + 2kT ∇log p, the time reversal of the noising; "quasi-static" (R2) kT ∇log p, whose equilibrium
 * state is p_t and which follows it only when driven slowly.
 * Source: Anderson, Stoch. Proc. Appl. 12, 313 (1982) for the reversal.
 */
export function scoreScale({ stiffness, bath }: Noising, drive: DriveKind): { trap: number; scale: number } {
  return drive === 'reverse' ? { trap: stiffness, scale: 2 * bath.kT } : { trap: 0, scale: bath.kT }
}
