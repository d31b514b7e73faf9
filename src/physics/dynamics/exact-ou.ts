import { invalidValue } from '../../errors.js'
import type { HarmonicPart } from './drive.js'
import { type HarmonicFlow, harmonicFlow } from './harmonic-flow.js'
import type { Integrator } from './integrator.js'

/** The flow of the drive's present harmonic part; kept while nothing that it depends on changes. */
export function flowKeeper(mobility: number): (part: HarmonicPart, kT: number, dt: number) => HarmonicFlow {
  let kept: { part: HarmonicPart; kT: number; dt: number; flow: HarmonicFlow } | null = null
  return (part, kT, dt) => {
    if (kept === null || kept.part !== part || kept.kT !== kT || kept.dt !== dt)
      kept = { part, kT, dt, flow: harmonicFlow(part, mobility, kT, dt) }
    return kept.flow
  }
}

/**
 * The exact Ornstein–Uhlenbeck process of a harmonic landscape that stands still for a step (see harmonicFlow): no error of
 * any order, any step; the oracle of the other schemes.
 * Source: Gillespie, Phys. Rev. E 54, 2084 (1996), for one mode.
 *
 * Cost: O(units³) for every new landscape, temperature or step length, 2·units²·batch multiply-adds a step.
 */
export const exactOu: Integrator = {
  name: 'exact-ou',
  dynamical: true,
  mobilities: false,
  harmonic: true,
  needs: { force: false, energy: false },
  start({ drive, bath: { mobility }, batch, normals: draw }) {
    const normals = new Float64Array(drive.units * batch)
    const flowOf = flowKeeper(mobility)
    return ({ step, dt, kT, x }, next) => {
      const part = drive.harmonicPart()
      if (!part.whole)
        throw invalidValue(
          'exact-ou needs a harmonic potential (stiffness, bias, bilinear). Use ou-splitting, or another integrator.',
          'sampling.integrator',
        )
      draw(step, normals)
      flowOf(part, kT, dt)(x, normals, batch, next)
    }
  },
}
