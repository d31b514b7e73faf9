import { accumulatorOf } from '../learning/hardware/accumulated.js'
import type { Hardware } from '../learning/hardware/hardware.js'
import { sensorsOf } from '../learning/hardware/sensed.js'
import { specimenOf } from '../learning/hardware/specimen.js'
import type { DescentState } from '../learning/rules/descent.js'
import { type Device, deviceOf } from '../learning/rules/device.js'
import { stiffnessClock } from '../physics/protocol/noising.js'
import type { LearningTask } from './backend.js'

/** What stands between a rule and the parameters that it moves. */
interface Learned {
  /** The device at parameters θ, as iteration n sees it; without n as it was fabricated, read without error. */
  device(theta: Float64Array, n?: number): Device
  /** whether iterates may be averaged: a mean of them would need more bits than they have */
  readonly averages: boolean
  /** what becomes of an update that was formed (see descentStep); undefined where it is added as it is */
  formed(t: number, n: number, scale: Float64Array): ((before: Float64Array, theta: Float64Array) => void) | undefined
  /** puts the gradient that is due in the place of the one that was measured */
  delay(state: DescentState, gradient: Float64Array): void
}

/** A device without hardware of its own is ideal: nothing stands between. */
export function imperfectLearning({ potential, noising, hardware }: LearningTask): Learned {
  const { bath, stiffness } = noising
  if (hardware === undefined)
    return { device: (theta) => deviceOf(potential, theta, bath), averages: true, formed: () => undefined, delay() {} }
  const specimen = specimenOf(hardware, potential, stiffness)
  const sensors = sensorsOf(hardware, potential.network.units)
  const accumulator = accumulatorOf(hardware, potential.size)
  const own = { ...bath, kT: bath.kT * (1 + hardware.bath.mismatch) }
  return {
    averages: hardware.update.rounding === null,
    device(theta, n) {
      // What learns knows the parameters that it gave, not those that the device has.
      const device = deviceOf(potential, specimen.realised(theta, n), own, theta)
      return n === undefined ? device : sensors.reading(device, n)
    },
    formed(t, n, scale) {
      const unit = stiffness * stiffnessClock(noising, t)
      return (before, theta) =>
        accumulator.add(
          before,
          theta,
          scale.map((own) => own * unit),
          n,
        )
    },
    delay: (state, gradient) => delayed(hardware, state, gradient),
  }
}

/** Gradients come as many iterations late as the hardware takes; until the first is there nothing moves. */
function delayed({ update: { delay } }: Hardware, state: DescentState, gradient: Float64Array): void {
  if (delay === 0) return
  const { length } = gradient
  // A slice begins with an optimizer that has seen nothing.
  if (state.adam.steps === 0 || state.pending === undefined) state.pending = new Float64Array(delay * length)
  const place = (state.adam.steps % delay) * length
  const due = state.pending.slice(place, place + length)
  state.pending.set(gradient, place)
  gradient.set(due)
}
