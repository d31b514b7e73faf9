import type { States } from '../network/states.js'
import type { Bath } from '../protocol/bath.js'
import type { Surface } from './drive.js'
import { fitting, forceAlone } from './fitting.js'
import type { Integrator } from './integrator.js'
import type { Noise } from './noise.js'
import { onlyNeeded } from './work-and-heat.js'

/** A stay in a landscape that does not move. */
export interface Stay extends Noise {
  /** temperature and mobility */
  readonly bath: Bath
  /** length of a step in time */
  readonly dt: number
  /** number of the first step, which keys its noise */
  readonly from: number
  /** how many */
  readonly steps: number
  /** see Batch */
  readonly seed: number
  /** what each trajectory gave to the bath, in kT, is added to it, [batch]; for schemes with `ownHeat` */
  readonly heat?: Float64Array
}

/**
 * Moves states by so many steps of a scheme in a landscape that stands still, in place.
 *
 * @throws E_INVALID_VALUE for a landscape that the scheme can't move
 */
export function advance(
  integrator: Integrator,
  surface: Surface,
  { x, batch }: States,
  { bath, dt, from, steps, seed, heat, normals, uniforms }: Stay,
): void {
  const scheme = fitting(integrator, surface)
  const move = scheme.start({ drive: surface, bath, batch, seed, first: 0, normals, uniforms })
  const { at } = onlyNeeded(surface, batch, scheme.needs ?? forceAlone)
  const next = new Float64Array(x.length)
  const given = heat === undefined ? {} : { heat: new Float64Array(batch) }
  for (let step = from; step < from + steps; step++) {
    move({ step, dt, kT: bath.kT, x, ...at(x, false), ...given }, next)
    given.heat?.forEach((value, b) => {
      heat![b]! += value
    })
    x.set(next)
  }
}
