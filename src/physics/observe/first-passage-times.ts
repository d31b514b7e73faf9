import type { Observer } from '../dynamics/observer.js'

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
 * Memory: 9 bytes a trajectory.
 */
export function observeFirstPassage(
  trajectories: number,
  unit: number,
  target: number,
  start: number | null = null,
): Observer & FirstPassageTimes {
  const times = new Float64Array(trajectories).fill(Number.POSITIVE_INFINITY)
  const side = new Int8Array(trajectories)
  const rounded = Math.fround(target)
  const sideOf = (x: number) => (x === rounded ? 0 : Math.sign(x - target))
  let left = trajectories
  return {
    trajectories,
    times,
    wants: () => left > 0,
    see({ index, clock, first, batch, x }) {
      for (let b = 0; b < batch; b++) {
        const n = first + b
        const now = index < 0 && start !== null ? Math.sign(start - target) : sideOf(x[unit * batch + b]!)
        if (index < 0) side[n] = now
        if (now * side[n]! > 0 || times[n]! !== Number.POSITIVE_INFINITY) continue
        times[n] = clock
        left--
      }
    },
  }
}
