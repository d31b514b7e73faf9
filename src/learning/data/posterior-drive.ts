import type { Drive } from '../../physics/dynamics/drive.js'
import { type DriveKind, type Noising, noiseWidth, scoreScale, signal } from '../../physics/protocol/noising.js'
import type { PosteriorScore } from './posterior.js'

/**
 * Generation in which visible units feel the best force that points alone give, trap·x + scale·∇log p_t(x) with t the middle of each
 * step; all other units feel the network's.
 *
 * @param network - the drive whose steps and clock are followed
 * @param visible - how many units the posterior moves, the first ones
 */
export function drivePosterior(
  network: Drive,
  posterior: PosteriorScore,
  noising: Noising,
  kind: DriveKind,
  visible: number,
): Drive {
  const { units, clock, mobility } = network
  const { trap, scale } = scoreScale(noising, kind)
  const others = mobility === undefined ? units > visible : mobility.subarray(visible).some((each) => each > 0)
  let t = clock[0]!
  return {
    ...network,
    jump(step) {
      network.jump(step)
      t = step < 0 ? clock[0]! : (clock[step]! + clock[step + 1]!) / 2
      return true
    },
    evaluate(x, batch, force, energy) {
      if (energy !== null) throw new Error('a posterior is driven by a scheme that asks for no energy')
      if (force === null) return
      if (others) network.evaluate(x, batch, force, null)
      else force.fill(0)
      posterior(x, batch, signal(noising, t), noiseWidth(noising, t), force)
      for (let n = 0; n < visible * batch; n++) force[n] = trap * x[n]! + scale * force[n]!
    },
    harmonicPart: () => ({ stiffness: new Float64Array(units ** 2), force: new Float64Array(units), whole: false }),
    curvature: () => trap + scale / noiseWidth(noising, t) ** 2,
  }
}
