import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'
import type { Moment } from '../rules/apparatus.js'
import { slowErrors } from './errors.js'
import type { Hardware } from './hardware.js'
import { rounded } from './rounding.js'

/** Full scale of parameters that are accumulated in few bits, in steps of the optimizer's own scale (see stepScale). */
export const updateRange = 8

/** The arithmetic that adds updates up. */
export interface Accumulator {
  /**
   * What is left of an update that was formed, in place:
   *
   *     θ = rounded(θ_before + Δ + rms(Δ) e),   Δ = θ - θ_before,   e: noise, offset and drift of each parameter
   *
   * @param before - parameters before the update, [parameters]
   * @param theta - with the update as it should be, [parameters]
   * @param scale - of each parameter, 0 where it stays, [parameters]
   */
  add(before: Float64Array, theta: Float64Array, scale: Float64Array, at: Moment): void
}

/** The accumulator of a specimen, for so many parameters. */
export function accumulatorOf({ update, device: seed }: Hardware, size: number): Accumulator {
  const { noise, rounding } = update
  const slow = slowErrors(update, { seed, stream: stream.updateDrift }, size)
  const z = new Float64Array(size)
  const hasErrors = noise !== 0 || update.offset !== 0 || update.drift !== 0
  return {
    add(before, theta, scale, { iteration, update: number }) {
      if (hasErrors) {
        let square = 0
        let moved = 0
        for (let a = 0; a < size; a++) {
          if (scale[a] === 0) continue
          // Compared in the optimizer's scale, in which all parameters move alike.
          square += ((theta[a]! - before[a]!) / scale[a]!) ** 2
          moved++
        }
        const rms = Math.sqrt(square / Math.max(1, moved))
        if (noise !== 0) fillNormals(seed, stream.updateNoise, number, 1, 0, size, z)
        const errors = slow(iteration)
        for (let a = 0; a < size; a++) theta[a]! += rms * scale[a]! * (noise * z[a]! + errors[a]!)
      }
      if (rounding === null) return
      const u =
        rounding.rounding === 'nearest'
          ? null
          : drawUniform({ seed, stream: stream.updateRounding, step: number }, size)
      for (let a = 0; a < size; a++)
        if (scale[a] !== 0) theta[a] = rounded(theta[a]!, rounding.bits, updateRange * scale[a]!, u?.[a])
    },
  }
}
