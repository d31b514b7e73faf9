import { driveNetwork } from '../dynamics/drive.js'
import type { Observer } from '../dynamics/observer.js'
import { columnsOf, keepRows } from '../network/states.js'
import type { Potential } from '../potential/potential.js'
import type { Protocol } from '../protocol/protocol.js'
import { mostFrames, recordedSteps } from './recorded-steps.js'

/** A few whole trajectories. */
export interface RecordedTrajectories {
  /** the protocol's clock at each frame, [frames] */
  readonly time: Float64Array
  /** number of the step before each frame, -1 at the start, [frames] */
  readonly step: Int32Array
  /** states, [recorded, frames, units] */
  readonly x: Float64Array
  /** number of trajectories */
  readonly recorded: number
  /** number of moments */
  readonly frames: number
}

/**
 * Keeps the first `recorded` trajectories at the start and after the recorded steps.
 *
 * @param steps - those of recordedSteps, or how many steps there are, of which about `maxFrames` are taken
 */
export function observeTrajectories(
  recorded: number,
  units: number,
  steps: Int32Array | number,
  maxFrames = mostFrames,
): Observer & RecordedTrajectories {
  const step = typeof steps === 'number' ? recordedSteps(steps, { frames: maxFrames }) : steps
  const frames = step.length
  const time = new Float64Array(frames)
  const frameOf = new Map(Array.from(step, (index, frame) => [index, frame]))
  const x = new Float64Array(recorded * frames * units)
  return {
    trajectories: recorded,
    time,
    step,
    x,
    recorded,
    frames,
    memory: { time, x },
    joins: { time: 'first', x: 'rows' },
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
