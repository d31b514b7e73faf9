import { type GaussianMixture, noisedMixture } from '../data/mixture.js'
import { type DriveKind, type Noising, noiseWidth, scoreScale, signal } from '../protocol/noising.js'
import { type GenerationOptions, generationClock } from '../protocol/protocol.js'
import type { Drive } from './drive.js'

/**
 * Generation with the exact score of a mixture in place of a learned network: U = -trap·x²/2 - scale·ln p_t(x). What is
 * still wrong with its samples is the integrator's and the slicing's doing; what a network adds to that is its own.
 */
export function driveExactScore(
  mixture: GaussianMixture,
  noising: Noising,
  kind: DriveKind,
  options: GenerationOptions,
): Drive {
  const { dt, clock } = generationClock(noising, options)
  const { trap, scale } = scoreScale(noising, kind)
  let t = clock[0]!
  let density = new Float64Array(0)
  return {
    units: mixture.units,
    dt,
    clock,
    jump(step) {
      // The middle of the step, as for an interpolated network.
      t = step < 0 ? clock[0]! : (clock[step]! + clock[step + 1]!) / 2
      return true
    },
    evaluate(x, batch, force, energy) {
      if (density.length !== batch) density = new Float64Array(batch)
      noisedMixture(
        mixture,
        signal(noising, t),
        noiseWidth(noising, t),
        x,
        batch,
        energy === null ? null : density,
        force,
      )
      if (force !== null) for (let n = 0; n < x.length; n++) force[n] = trap * x[n]! + scale * force[n]!
      if (energy === null) return
      for (let b = 0; b < batch; b++) {
        let square = 0
        for (let i = 0; i < mixture.units; i++) square += x[i * batch + b]! ** 2
        energy[b] = (-trap * square) / 2 - scale * density[b]!
      }
    },
    harmonicPart: () => ({
      stiffness: new Float64Array(mixture.units ** 2),
      force: new Float64Array(mixture.units),
      whole: false,
    }),
    curvature: () => trap + scale / noiseWidth(noising, t) ** 2,
  }
}
