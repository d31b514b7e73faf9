import { type Bath, type BathOptions, bathOf } from './bath.js'

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
  /** in which data become noise */
  readonly bath: Bath
  /** [K + 1], descending */
  readonly knots: readonly number[]
}

/** How knots may lie: at equal ratios of the times, or at equal distances. */
export const spacings = ['geometric', 'linear'] as const

/** What a noising process is made of; `defaultNoising` where absent. */
export interface NoisingOptions {
  /** k0 */
  readonly stiffness?: number | undefined
  /** T, the noisiest time */
  readonly duration?: number | undefined
  /** the least noisy time, in (0, T) */
  readonly tMin?: number | undefined
  /** K ≥ 1 */
  readonly slices?: number | undefined
  /** how the knots lie in time */
  readonly spacing?: (typeof spacings)[number] | undefined
}

/** Three relaxation times, after which e^-6 of the data's variance is left, down to a hundredth of one. */
export const defaultNoising = {
  stiffness: 1,
  duration: 3,
  tMin: 0.01,
  slices: 40,
  spacing: 'geometric',
} as const satisfies NoisingOptions

/** The noising process in a bath, with its knots. Cost: O(slices). */
export function createNoising(options: NoisingOptions = {}, bath: BathOptions = {}): Noising {
  const {
    stiffness = defaultNoising.stiffness,
    duration = defaultNoising.duration,
    tMin = defaultNoising.tMin,
    slices = defaultNoising.slices,
    spacing = defaultNoising.spacing,
  } = options
  const knots = Array.from({ length: slices + 1 }, (_, n) => {
    const fraction = n / slices
    return spacing === 'geometric' ? duration * (tMin / duration) ** fraction : duration + (tMin - duration) * fraction
  })
  knots[slices] = tMin
  return { stiffness, bath: bathOf(bath), knots }
}

/** m(t): what is left of the data's amplitude, in (0, 1]. */
export function signal({ stiffness, bath }: Noising, t: number): number {
  return Math.exp(-bath.mobility * stiffness * t)
}

/** s(t): standard deviation of the added noise. */
export function noiseWidth({ stiffness, bath }: Noising, t: number): number {
  return Math.sqrt((bath.kT / stiffness) * -Math.expm1(-2 * bath.mobility * stiffness * t))
}

/** The time at which noise has the width σ = s/m in units of the data: m² = 1/(1 + k0σ²/kT). */
export function timeOfWidth({ stiffness, bath }: Pick<Noising, 'stiffness' | 'bath'>, width: number): number {
  return Math.log1p((stiffness * width ** 2) / bath.kT) / (2 * bath.mobility * stiffness)
}

/**
 * 1/(1 - e^(-2μk0t)) = kT/(k0 s²): the clock in which the stiffness of the score is linear, so that parameters interpolate
 * well in it; also the natural scale of a stiffness at time t, in units of k0. It grows from 1 to 1/(2μk0t).
 */
export function stiffnessClock({ stiffness, bath }: Noising, t: number): number {
  return -1 / Math.expm1(-2 * bath.mobility * stiffness * t)
}

/** Where t lies between two knots: after knot `slice`, by so much of the way to the next, in the clock that forces interpolate in. */
export function betweenKnots(noising: Noising, t: number): { slice: number; weight: number } {
  const { knots } = noising
  const later = knots.findIndex((knot) => knot <= t)
  const slice = Math.max(0, later < 0 ? knots.length - 2 : later - 1)
  const [from, at, to] = [knots[slice]!, t, knots[slice + 1]!].map((time) => stiffnessClock(noising, time))
  return { slice, weight: (at! - from!) / (to! - from!) }
}

/** How generation can be driven; see `scoreScale`. */
export const driveKinds = ['reverse', 'quasi-static'] as const

/** One of them. */
export type DriveKind = (typeof driveKinds)[number]

/** How generation is driven where nothing is said. */
export const defaultDrive: DriveKind = 'reverse'

/**
 * The force that generates is F* = trap·x + scale·∇log p_t(x):
 * "reverse" (R1) k0 x + 2kT ∇log p, the time reversal of the noising; "quasi-static" (R2) kT ∇log p, whose equilibrium
 * state is p_t and which follows it only when driven slowly.
 * Source: Anderson, Stoch. Proc. Appl. 12, 313 (1982) for the reversal.
 */
export function scoreScale({ stiffness, bath }: Noising, drive: DriveKind): { trap: number; scale: number } {
  return drive === 'reverse' ? { trap: stiffness, scale: 2 * bath.kT } : { trap: 0, scale: bath.kT }
}
