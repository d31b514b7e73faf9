import type { Observer } from '../dynamics/observer.js'
import { type Span, spanOf } from '../dynamics/span.js'
import type { Bath } from '../protocol/bath.js'
import { type Estimate, meanOf } from './estimate.js'

/** When each trajectory first crossed a target. */
export interface FirstPassageTimes {
  /** Infinity for those that have not crossed, [trajectories] */
  readonly times: Float64Array
}

/**
 * Watches one unit after every step until each trajectory has crossed `target`, from whichever side it starts on (a start on
 * the target counts as a crossing at once). The time is that of the step's end, on the protocol's clock.
 *
 * A backend in float32 rounds its states, but not the target: a state that is the float32 nearest to the target stands on it.
 *
 * @param start - where all trajectories start, before rounding; null where they start spread out
 *
 * Memory: 12 bytes a trajectory.
 */
export function observeFirstPassage(
  of: number | Span,
  unit: number,
  target: number,
  start: number | null = null,
): Observer & FirstPassageTimes {
  const { trajectories } = spanOf(of)
  const times = new Float64Array(trajectories).fill(Number.POSITIVE_INFINITY)
  const side = new Int32Array(trajectories)
  const rounded = Math.fround(target)
  const sideOf = (x: number) => (x === rounded ? 0 : Math.sign(x - target))
  /** trajectories that have begun and not crossed */
  const left = new Int32Array(1)
  return {
    trajectories,
    times,
    memory: { times, side, left },
    joins: { times: 'rows', side: 'rows', left: 'counts' },
    wants: (index) => index < 0 || left[0]! > 0,
    see({ index, clock, first, batch, x }) {
      if (index < 0) left[0]! += Math.min(batch, trajectories - first)
      for (let b = 0; b < batch; b++) {
        const n = first + b
        const now = index < 0 && start !== null ? Math.sign(start - target) : sideOf(x[unit * batch + b]!)
        if (index < 0) side[n] = now
        if (now * side[n]! > 0 || times[n]! !== Number.POSITIVE_INFINITY) continue
        times[n] = clock
        left[0]!--
      }
    },
  }
}

/** First-passage times of runs, some of which may have ended before they crossed. */
export interface FirstPassage {
  /** how many there were */
  readonly runs: number
  /** runs that had not crossed when they ended */
  readonly censored: number
  /** mean first-passage time; null when any run is censored: no average of the others is one */
  readonly mean: Estimate | null
  /** ⟨min(t, duration)⟩, which assumes nothing and never exceeds the mean */
  readonly restrictedMean: Estimate
  /**
   * (total time of all runs)/(crossings): the mean if the rate of crossing is constant, as over a high barrier; null without
   * a crossing. Its error is the value over √crossings
   */
  readonly exponentialMean: Estimate | null
  /** how many runs are missing and what that means; null when none is */
  readonly warning: string | null
}

/**
 * Statistics of recorded first-passage times. A run that ended without crossing is *censored*: it is known to be longer
 * than `duration`, and leaving it out would make the mean too small.
 *
 * @param times of the first crossing, [runs]; Infinity (or NaN, or anything above `duration`) for a run that did not cross
 * @param duration length of every run
 * Source: Lawless, Statistical Models and Methods for Lifetime Data (2003), section 4.1, for the censored exponential.
 */
export function firstPassage(times: Float64Array, duration: number): FirstPassage {
  const runs = times.length
  const observed = times.map((t) => (t <= duration ? t : duration))
  const censored = times.filter((t) => !(t <= duration)).length
  const crossed = runs - censored
  const restrictedMean = meanOf(observed)
  const exponential = (restrictedMean.value * runs) / crossed
  return {
    runs,
    censored,
    mean: censored === 0 ? restrictedMean : null,
    restrictedMean,
    exponentialMean: crossed === 0 ? null : { value: exponential, standardError: exponential / Math.sqrt(crossed) },
    warning:
      censored === 0
        ? null
        : `${censored} of ${runs} runs had not crossed after ${duration}: the mean first-passage time is longer than the ` +
          'restricted mean. Run longer, or read the mean of a constant rate if the barrier is high.',
  }
}

/** -ζ(½)/√(2π): the mean overshoot of a Gaussian random walk, in steps' standard deviations. */
const overshoot = 1.4603545088095868 / Math.sqrt(2 * Math.PI)

/**
 * How far out a target seems to lie when crossings are looked for only after each step: paths that cross and come back
 * within a step are missed, and to first order in √h the watched target acts like a continuously watched one at
 *
 *     target + .5826 √(2μkTh)   (away from the start)
 *
 * so compare a simulated first-passage time with the exact one to the shifted target. What is left is o(√h), and the O(h)
 * of the integrator.
 *
 * @param dt step length h between looks
 * @returns a length ≥ 0
 * Source: Broadie, Glasserman and Kou, Math. Finance 7, 325 (1997), theorem 1.1; Chernoff, Ann. Math. Stat. 36, 55 (1965).
 */
export function missedCrossingShift({ kT, mobility }: Bath, dt: number): number {
  return overshoot * Math.sqrt(2 * mobility * kT * dt)
}
