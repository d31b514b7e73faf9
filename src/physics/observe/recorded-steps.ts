import type { StepTimes } from '../protocol/protocol.js'

/** Frames where nothing else is asked for, at most about this many. */
export const mostFrames = 600

/** How often a protocol is looked at: about so many times beside the start, or after every so many steps. */
export interface Recording {
  /** `mostFrames` when absent */
  readonly frames?: number | undefined
  /** in place of `frames`; where steps are not equal, it counts those of the even grid */
  readonly every?: number | undefined
}

/**
 * The steps after which states are recorded, evenly spaced in time, with the last one: -1 for the start, then every so many steps;
 * the last frame may follow sooner than the others do.
 *
 * @param even - where steps are not equal: those that end on an even grid of time, ascending, and the last step
 */
export function recordedSteps(
  steps: number,
  { frames = mostFrames, every }: Recording = {},
  even?: Int32Array,
): Int32Array {
  const looks = even?.length ?? steps
  const stride = every ?? Math.max(1, Math.ceil(looks / frames))
  return Int32Array.from({ length: Math.ceil(looks / stride) + 1 }, (_, frame) => {
    const look = Math.min(frame * stride, looks) - 1
    return look < 0 ? -1 : (even?.[look] ?? look)
  })
}

/** When a protocol is looked at. */
export interface RecordedTimes {
  /** number of the step before each frame, -1 at the start, [frames] */
  readonly step: Int32Array
  /** the protocol's clock at each frame, [frames] */
  readonly time: Float64Array
}

/** The times of a protocol's recorded steps. */
export function recordedTimes({ dt, clock, even }: StepTimes, recording: Recording = {}): RecordedTimes {
  const step = recordedSteps(dt.length, recording, even)
  return { step, time: Float64Array.from(step, (index) => clock[index + 1]!) }
}

/** Every so many of the times, at most about `most` beside the start, and the last one. */
export function thinnedTimes({ step, time }: RecordedTimes, most: number): RecordedTimes {
  const last = step.length - 1
  const stride = Math.max(1, Math.ceil(last / most))
  const kept = (_: number, frame: number) => frame % stride === 0 || frame === last
  return { step: step.filter(kept), time: time.filter(kept) }
}

/** The frames at equal spacing from the start on: all but a last one that follows sooner or later; and the spacing. */
export function evenFrames({ time }: Pick<RecordedTimes, 'time'>): { spacing: number; frames: number } {
  const spacing = Math.abs((time[1] ?? time[0]!) - time[0]!)
  let frames = Math.min(2, time.length)
  while (frames < time.length && isEqual(Math.abs(time[frames]! - time[frames - 1]!), spacing)) frames++
  return { spacing, frames }
}

function isEqual(a: number, b: number): boolean {
  // Clocks are sums or quotients of rounded numbers.
  return Math.abs(a - b) <= 1e-6 * b
}
