import type { Observer } from '../dynamics/observer.js'
import { keepRows } from '../network/states.js'

/** A few whole trajectories. */
export interface RecordedTrajectories {
  /** the protocol's clock at each frame, [frames] */
  readonly time: Float64Array
  /** number of the step before each frame, -1 at the start, [frames] */
  readonly step: Int32Array
  /** states, [recorded, frames, units] */
  readonly x: Float32Array
  readonly recorded: number
  readonly frames: number
}

/** Frames kept of each recorded trajectory, at most about this many, where nothing else is asked for. */
export const mostFrames = 600

/**
 * Keeps the first `recorded` trajectories at the start and at about `maxFrames` evenly spaced steps, the last one included.
 *
 * @param even - where steps are not equal: those that end on an even grid of time, ascending, and the last step
 */
export function observeTrajectories(
  recorded: number,
  units: number,
  steps: number,
  maxFrames = mostFrames,
  even?: Int32Array,
): Observer & RecordedTrajectories {
  const looks = even?.length ?? steps
  const stride = Math.max(1, Math.ceil(looks / maxFrames))
  const frames = Math.ceil(looks / stride) + 1
  const time = new Float64Array(frames)
  const step = Int32Array.from({ length: frames }, (_, frame) => {
    const look = Math.min(frame * stride, looks) - 1
    return look < 0 ? -1 : (even?.[look] ?? look)
  })
  const frameOf = new Map(Array.from(step, (index, frame) => [index, frame]))
  const x = new Float32Array(recorded * frames * units)
  return {
    trajectories: recorded,
    time,
    step,
    x,
    recorded,
    frames,
    wants: (index) => frameOf.has(index),
    see(states) {
      const frame = frameOf.get(states.index)!
      time[frame] = states.clock
      keepRows(states, { points: x, count: recorded * frames, units }, states.first * frames + frame, frames)
    },
  }
}
