import { invalidValue } from '../../errors.js'
import { type GenerationOptions, generationProtocol } from './generation-protocol.js'
import type { Noising } from './noising.js'
import { atTime, knotIntegral, powerIntegral } from './powers.js'
import type { Protocol } from './protocol.js'

/**
 * The clock of generation: the noise time s runs down from T to t_min at the speed c = |ds/dt| while real time t runs on. Under
 *
 *     F = kT ∇log p_s + c (k0 x + kT ∇log p_s)
 *
 * the law of the states is p_s at every time whatever c is: c = 1 is the reverse drive, and c → 0 goes through equilibria. What is lost is
 * entropy, at the rate c² g(s), g = (μ/kT)⟨|k0 x + kT ∇log p_s|²⟩. At a given duration τ = ∫ ds/c the loss ∫ c g ds is least where c ∝ 1/√g
 * (Cauchy–Schwarz), and then it is
 *
 *     (∫ √g ds)²/τ
 *
 * Positive functions of s are known at the knots here, and are powers of s between two.
 * Source of the bound's form: Sivak & Crooks, Phys. Rev. Lett. 108, 190602 (2012); here it holds at any speed, since the law does.
 */
export const clocks = ['uniform', 'optimal'] as const

/** c at each knot of a clock that goes evenly: (T - t_min)/τ. */
export function uniformSpeed({ knots }: Pick<Noising, 'knots'>, duration: number): Float64Array {
  return new Float64Array(knots.length).fill((knots[0]! - knots.at(-1)!) / duration)
}

/** Least g, over the largest, that a clock takes as it is: where nothing is lost it would rush without limit. */
const leastRate = 1e-8
/** Of the interval in which a scale is found: down to rounding. */
const halvings = 60

/**
 * c at each knot of the clock that loses least: ∝ 1/√g, and `slowest` where that is less. The force is off by (1 + c)/2c times as much in
 * the states' own time as in the reverse drive's, so that a slow clock shows what a network did not learn.
 *
 * @param g - at the knots, [K + 1]
 * @param slowest - least c; 0 when absent, and then the loss is (∫ √g ds)²/τ
 * @throws E_INVALID_VALUE where g is not known or 0 throughout, and for a speed at which generation takes less than its duration
 */
export function optimalSpeed(
  noising: Pick<Noising, 'knots'>,
  g: ArrayLike<number>,
  duration: number,
  slowest = 0,
): Float64Array {
  const { knots } = noising
  const largest = Array.from(g).reduce((most, rate) => Math.max(most, rate), 0)
  if (!(largest > 0) || !Number.isFinite(largest))
    throw invalidValue('what generation loses is 0 or unknown at all knots; use uniform.', 'sampling.clock')
  if (!(slowest < uniformSpeed(noising, duration)[0]!))
    throw invalidValue(`at ${slowest} generation takes less than ${duration}; expected less.`, 'sampling.slowest')
  const root = Float64Array.from(g, (rate) => Math.sqrt(Math.max(rate, leastRate * largest)))
  const at = (scale: number) => root.map((value) => Math.max(scale / value, slowest))
  const free = knotIntegral(knots, root) / duration
  if (slowest === 0) return at(free)
  // What may not be slower takes less time; the rest takes more of it, and is slower than it would be by itself.
  let [low, high] = [0, free]
  for (let n = 0; n < halvings; n++) {
    const middle = (low + high) / 2
    if (
      knotIntegral(
        knots,
        at(middle).map((c) => 1 / c),
      ) > duration
    )
      low = middle
    else high = middle
  }
  return at(high)
}

/** How a network is driven at a speed: writes the parameters that act, from learned ones. */
export type AtSpeed = (learned: Float64Array, speed: number, out: Float64Array) => void

/**
 * Generation by a clock.
 *
 * @param theta - learned parameters at the knots, [K + 1][parameters]
 * @param speed - c at the knots, [K + 1]
 */
export function clockedProtocol(
  noising: Noising,
  theta: readonly Float64Array[],
  speed: Float64Array,
  atSpeed: AtSpeed,
  options: GenerationOptions = {},
): Protocol {
  const { knots } = noising
  const at = (s: number) => atTime(knots, speed, s)
  const elapsed = (from: number, to: number) => powerIntegral(from, 1 / at(from), to, 1 / at(to))
  const learned = generationProtocol(noising, theta, { ...options, speed: { at, elapsed } })
  const { clock } = learned
  const speeds = learned.dt.map((_, n) => at((clock[n]! + clock[n + 1]!) / 2))
  const own = new Float64Array(theta[0]!.length)
  return {
    ...learned,
    parameters(step, out) {
      const changed = learned.parameters(step, own)
      atSpeed(own, step < 0 ? speed[0]! : speeds[step]!, out)
      return changed || (step > 0 && speeds[step] !== speeds[step - 1])
    },
  }
}
