import type { Potential } from '../../physics/potential/potential.js'
import { type Noising, stiffnessClock } from '../../physics/protocol/noising.js'
import type { Apparatus } from '../rules/apparatus.js'
import type { DescentState } from '../rules/descent.js'
import { deviceOf } from '../rules/device.js'
import { accumulatorOf } from './accumulated.js'
import type { Hardware } from './hardware.js'
import { sensorsOf } from './sensed.js'
import { specimenOf } from './specimen.js'

/** The apparatus of imperfect hardware: its specimen, read by its sensors, its updates added up by its electronics. */
export function imperfectApparatus(hardware: Hardware, potential: Potential, noising: Noising): Apparatus {
  const { stiffness } = noising
  const specimen = specimenOf(hardware, potential, stiffness)
  const sensors = sensorsOf(hardware, potential.network.units)
  const accumulator = accumulatorOf(hardware, potential.size)
  const bath = { ...noising.bath, kT: noising.bath.kT * (1 + hardware.bath.mismatch) }
  return {
    ...{ bath, averages: hardware.update.rounding === null },
    realised: (theta) => specimen.realised(theta),
    device(theta, at) {
      // What learns knows the parameters that it gave, not those that the device has.
      const device = deviceOf(potential, specimen.realised(theta, at?.iteration), bath, theta)
      return at === undefined ? device : sensors.reading(device, at)
    },
    formed(t, at, scale) {
      const unit = stiffness * stiffnessClock(noising, t)
      const own = scale.map((relative) => relative * unit)
      return (before, theta) => accumulator.add(before, theta, own, at)
    },
    delay: (state, gradient) => delayed(hardware, state, gradient),
  }
}

/** Gradients come as many updates late as the hardware takes; until the first is there nothing moves. */
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
