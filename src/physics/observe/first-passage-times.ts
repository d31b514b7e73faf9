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
 * Memory: 9 bytes a trajectory.
 */
export function observeFirstPassage(trajectories: number, unit: number, target: number): Observer & FirstPassageTimes {
  const times = new Float64Array(trajectories).fill(Number.POSITIVE_INFINITY)
  const side = new Int8Array(trajectories)
  let left = trajectories
  return {
    trajectories,
    times,
    wants: () => left > 0,
    see({ index, clock, first, batch, x }) {
      for (let b = 0; b < batch; b++) {
        const n = first + b
        const now = Math.sign(x[unit * batch + b]! - target)
        if (index < 0) side[n] = now
        if (now * side[n]! > 0 || times[n]! !== Number.POSITIVE_INFINITY) continue
        times[n] = clock
        left--
      }
    },
  }
}
