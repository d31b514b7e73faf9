import { gibbs } from '../../learning/objectives/gibbs.js'
import {
  type Transport,
  type WeightedMove,
  weightedByWork,
  weightedLangevin,
} from '../../learning/objectives/jarzynski.js'
import type { Landscape } from '../../learning/objectives/landscape.js'
import { langevin, metropolisLangevin } from '../../learning/objectives/moves.js'
import type { SettingsOf } from '../scenario/objective.js'

/** A step of weighted walkers; those of Gibbs have no length h. */
type MoveOf = (landscape: Landscape, h: number) => WeightedMove

/** The steps that objective.kernels names. */
export const moves: Record<SettingsOf<'jarzynski'>['kernels'][number], MoveOf> = {
  langevin: (landscape, h) => weightedLangevin(landscape, h),
  mala: (landscape, h) => weightedByWork(landscape, metropolisLangevin(landscape, h)),
  gibbs: (landscape) => weightedByWork(landscape, gibbs(landscape)),
  interpolant: (landscape, h) => weightedLangevin(landscape, h, gaussianInterpolant),
}

/** Biased by O(h). */
export const uncorrected: MoveOf = (landscape, h) => weightedByWork(landscape, langevin(landscape, h))
/** Biased at any h. */
export const wrongOrder: MoveOf = (landscape, h) => weightedByWork(landscape, metropolisLangevin(landscape, h), true)

/**
 * The velocity of the interpolant x_t = σ_t z between independent Gaussians, over a step: d(x) = x(σ'/σ - 1), σ² = kT/k. Only
 * for the potential [stiffness], whose parameters are k.
 */
const gaussianInterpolant: Transport = (from, to, { x, batch }, out) => {
  for (let n = 0; n < x.length; n++) {
    const unit = Math.floor(n / batch)
    out[n] = x[n]! * (Math.sqrt(from[unit]! / to[unit]!) - 1)
  }
}
