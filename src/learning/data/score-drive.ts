import type { Drive } from '../../physics/dynamics/drive.js'
import { scratch } from '../../physics/potential/term.js'
import { type GenerationOptions, generationClock } from '../../physics/protocol/generation-protocol.js'
import { type DriveKind, type Noising, noiseWidth, scoreScale, signal } from '../../physics/protocol/noising.js'
import { type GaussianMixture, mixtureScore } from './mixture.js'

/**
 * Generation with the exact score of a mixture in place of a learned network: U = -trap·x²/2 - scale·ln p_t(x). What is
 * still wrong with its samples is the integrator's and the slicing's doing; what a network adds to that is its own.
 *
 * @param known - "always": the score of the middle of each step; "at-knots": that of the knots only, interpolated or held
 *   between them as a network's parameters are, U = (1 - w) U_n + w U_(n+1)
 */
export function driveExactScore(
  mixture: GaussianMixture,
  noising: Noising,
  kind: DriveKind,
  options: GenerationOptions,
  known: 'always' | 'at-knots' = 'always',
): Drive {
  const { dt, clock, slice, weight } = generationClock(noising, options)
  const { trap, scale } = scoreScale(noising, kind)
  const { knots } = noising
  const start = [{ t: knots[0]!, share: 1 }]
  let parts = start
  const densities = scratch()
  const scores = scratch()
  return {
    units: mixture.units,
    dt,
    clock,
    jump(step) {
      // The middle of the step, as for an interpolated network.
      if (step < 0) parts = start
      else if (known === 'always') parts = [{ t: (clock[step]! + clock[step + 1]!) / 2, share: 1 }]
      else {
        const [n, w] = [slice[step]!, weight[step]!]
        parts = [
          { t: knots[n]!, share: 1 - w },
          { t: knots[n + 1]!, share: w },
        ].filter(({ share }) => share > 0)
      }
      return true
    },
    evaluate(x, batch, force, energy) {
      const [density, score] = [densities(batch), scores(x.length)]
      if (force !== null) for (let n = 0; n < x.length; n++) force[n] = trap * x[n]!
      if (energy !== null)
        for (let b = 0; b < batch; b++) {
          let square = 0
          for (let i = 0; i < mixture.units; i++) square += x[i * batch + b]! ** 2
          energy[b] = (-trap * square) / 2
        }
      for (const { t, share } of parts) {
        const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
        mixtureScore(mixture, m, s, x, batch, energy && density, force && score)
        if (force !== null) for (let n = 0; n < x.length; n++) force[n]! += share * scale * score[n]!
        if (energy !== null) for (let b = 0; b < batch; b++) energy[b]! -= share * scale * density[b]!
      }
    },
    harmonicPart: () => ({
      stiffness: new Float64Array(mixture.units ** 2),
      force: new Float64Array(mixture.units),
      whole: false,
    }),
    curvature: () => parts.reduce((sum, { t, share }) => sum + (share * scale) / noiseWidth(noising, t) ** 2, trap),
  }
}
