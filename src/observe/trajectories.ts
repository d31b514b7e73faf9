import type { Observer } from '../dynamics/observer.js'

/** A few whole trajectories. */
export interface RecordedTrajectories {
  /** the protocol's clock at each frame, [frames] */
  readonly time: Float64Array
  /** states, [recorded, frames, units] */
  readonly x: Float32Array
  readonly recorded: number
  readonly frames: number
}

/**
 * Keeps the first `recorded` trajectories at the start and at about `maxFrames` evenly spaced steps, the last one included.
 */
export function observeTrajectories(
  recorded: number,
  units: number,
  steps: number,
  maxFrames: number,
): Observer & RecordedTrajectories {
  const stride = Math.max(1, Math.ceil(steps / maxFrames))
  const frames = Math.ceil(steps / stride) + 1
  const time = new Float64Array(frames)
  const x = new Float32Array(recorded * frames * units)
  const keep = (states: Float64Array, first: number, batch: number, frame: number, clock: number) => {
    time[frame] = clock
    for (let b = 0; b < batch && first + b < recorded; b++)
      for (let i = 0; i < units; i++) x[((first + b) * frames + frame) * units + i] = states[i * batch + b]!
  }
  return {
    needsEnergy: false,
    time,
    x,
    recorded,
    frames,
    start: (states, first, batch, clock) => keep(states, first, batch, 0, clock),
    step({ index, first, batch, next, clock }) {
      if (first >= recorded) return
      if ((index + 1) % stride === 0 || index + 1 === steps)
        keep(next, first, batch, Math.ceil((index + 1) / stride), clock)
    },
  }
}
