import { driveNetwork } from '../dynamics/drive.js'
import type { Observer } from '../dynamics/observer.js'
import { columnsOf, keepRows } from '../network/states.js'
import type { Potential } from '../potential/potential.js'
import type { Protocol } from '../protocol/protocol.js'

/** A few whole trajectories. */
export interface RecordedTrajectories {
  /** the protocol's clock at each frame, [frames] */
  readonly time: Float64Array
  /** number of the step before each frame, -1 at the start, [frames] */
  readonly step: Int32Array
  /** states, [recorded, frames, units] */
  readonly x: Float64Array
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
  const x = new Float64Array(recorded * frames * units)
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

/**
 * Forces at the recorded states, each in the landscape of the step that led there (at the start: the one before the first).
 *
 * @returns [recorded, frames, units]
 *
 * Cost: O(recorded·frames·edges).
 */
export function recordedForces(
  potential: Potential,
  protocol: Protocol,
  { x, recorded, frames, step }: RecordedTrajectories,
): Float64Array {
  const { units } = potential.network
  const drive = driveNetwork(potential, protocol)
  const force = new Float64Array(units * recorded)
  const out = new Float64Array(x.length)
  const count = recorded * frames
  for (let frame = 0; frame < frames; frame++) {
    drive.jump(step[frame]!)
    drive.evaluate(columnsOf({ points: x, count, units }, frame, frames).x, recorded, force, null)
    keepRows({ x: force, batch: recorded }, { points: out, count, units }, frame, frames)
  }
  return out
}
