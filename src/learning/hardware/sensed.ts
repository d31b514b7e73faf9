import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { scratch } from '../../physics/potential/term.js'
import type { Moment } from '../rules/apparatus.js'
import type { Device } from '../rules/device.js'
import { areNone, slowErrors } from './errors.js'
import type { Hardware } from './hardware.js'

/** Sensors that read a device: what a rule is told, in place of what is. */
export interface Sensors {
  /**
   * A device as its sensors show it at a moment: each force F_i + e_i with white noise in each trajectory, an offset and a drift for
   * each unit; each state that is read x + ρξ. A rule may read several times: the white noise of each reading is its own.
   */
  reading(device: Device, at: Moment): Device
}

/** Readings of an update that have numbers of their own; further ones have those of further trajectories. */
const readings = 64

/** The sensors of a specimen. Cost: a normal number for each unit and trajectory that is read. */
export function sensorsOf({ force, readout, device: seed }: Hardware, units: number): Sensors {
  if (areNone(force) && readout === 0) return { reading: (device) => device }
  const slow = slowErrors(force, { seed, stream: stream.forceDrift }, units)
  const [noise, states] = [scratch(), scratch()]
  return {
    reading(device, { iteration, update }) {
      let reading = 0
      const noisy = (of: number, rms: number, batch: number, values: Float64Array) => {
        if (rms === 0) return
        const z = noise(values.length)
        const [step, first] = [update * readings + (reading % readings), Math.floor(reading / readings) * batch]
        fillNormals(seed, of, step % 2 ** 32, values.length / batch, first, batch, z)
        reading++
        for (let k = 0; k < values.length; k++) values[k]! += rms * z[k]!
      }
      const read = (x: Float64Array, batch: number) => {
        if (readout === 0) return x
        const seen = states(x.length)
        seen.set(x)
        noisy(stream.readout, readout, batch, seen)
        return seen
      }
      const { mobility } = device.network
      return {
        ...device,
        force(x, batch, out) {
          device.force(x, batch, out)
          noisy(stream.forceNoise, force.noise, batch, out)
          const errors = slow(iteration)
          for (let i = 0; i < units; i++) {
            const isClamped = mobility?.[i] === 0
            for (let k = i * batch; k < (i + 1) * batch; k++) out[k] = isClamped ? 0 : out[k]! + errors[i]!
          }
        },
        statistic: (x, batch, out) => device.statistic(read(x, batch), batch, out),
        run(x, batch, run, out) {
          device.run(x, batch, run, out)
          noisy(stream.readout, readout, batch, out)
        },
        electronics: {
          directional: (x, r, batch, out) => device.electronics.directional(read(x, batch), r, batch, out),
          laplacian: (x, batch, out) => device.electronics.laplacian(read(x, batch), batch, out),
        },
      }
    },
  }
}
