import { advance } from '../../physics/dynamics/advance.js'
import type { Surface } from '../../physics/dynamics/drive.js'
import { leimkuhlerMatthews } from '../../physics/dynamics/leimkuhler-matthews.js'
import type { States } from '../../physics/network/states.js'
import type { DrawKey } from '../../physics/noise/uniform.js'
import type { Tether } from './arithmetic.js'
import type { Landscape } from './landscape.js'
import { noiseOfChains } from './moves.js'

/** How chains move on a tether. */
export interface TetherOptions {
  /** standard deviation σ of the tethered states where the network exerts no force; the tether's stiffness is kT/σ² */
  readonly spread: number
  /** μhk, the time of a step in relaxation times of the tether */
  readonly step: number
  readonly steps: number
}

/** Moves chains in place, each on a tether to its anchor, [units, batch]; takes the noise of `key.step` … `key.step + steps`. */
export type TetheredRun = (theta: Float64Array, chains: States, anchors: Float64Array, key: DrawKey) => void

/** energy += k|a - x|²/2, [batch]. */
function addTetherEnergy(x: Float64Array, { anchors, k }: Tether, energy: Float64Array): void {
  const batch = energy.length
  for (let n = 0; n < x.length; n++) energy[n % batch]! += (k * (anchors[n]! - x[n]!) ** 2) / 2
}

/** A landscape with a spring from every unit to its anchor a, U(y) + k|a - y|²/2. @param anchors - [units, batch] */
export function tethered(surface: Surface, anchors: Float64Array, k: number): Surface {
  const { conditionals: _, ...free } = surface
  return {
    ...free,
    evaluate(x, batch, force, energy) {
      surface.evaluate(x, batch, force, energy)
      if (force !== null) for (let n = 0; n < x.length; n++) force[n]! += k * (anchors[n]! - x[n]!)
      if (energy !== null) addTetherEnergy(x, { anchors, k }, energy)
    },
    // What pulls each chain elsewhere is no part that all have in common.
    harmonicPart: () => ({ ...surface.harmonicPart(), whole: false }),
  }
}

/**
 * Langevin motion of the tethered network with k = kT/σ², so that it samples
 *
 *     p(y|a) ∝ exp(-U(y; θ)/kT - |a - y|²/2σ²)
 *
 * by Leimkuhler–Matthews in steps of length h = step/(μk): off by O(h²), and not at all for a harmonic U. The heat of a run, the fall
 * of its energy over it, is added to the landscape's cost (its energies are a measurement, and not counted).
 *
 * Cost: `steps` forces.
 * Source: Gao, Song, Poole, Wu & Kingma, ICLR (2021), for the law.
 */
export function tetheredRun(landscape: Landscape, { spread, step, steps }: TetherOptions): TetheredRun {
  const { bath, cost, arithmetic } = landscape
  const k = bath.kT / spread ** 2
  return (theta, chains, anchors, { seed, stream, step: from }) => {
    const { x, batch } = chains
    const totalEnergy = () => {
      const energy = new Float64Array(batch)
      arithmetic.forceAndEnergy(theta, x, batch, null, energy)
      addTetherEnergy(x, { anchors, k }, energy)
      return energy.reduce((sum, value) => sum + value, 0)
    }
    const before = totalEnergy()
    const dt = step / (bath.mobility * k)
    const stay = { bath, dt, from, steps, seed }
    const walk = { ...stay, scheme: leimkuhlerMatthews, stream, tether: { anchors, k } }
    if (!landscape.walk(theta, chains, walk, null))
      advance(leimkuhlerMatthews, tethered(landscape.at(theta), anchors, k), chains, {
        ...stay,
        ...noiseOfChains(arithmetic, seed, batch, stream),
      })
    const heat = (before - totalEnergy()) / bath.kT
    // Chains that diverged have none.
    if (Number.isFinite(heat)) cost.heat = (cost.heat ?? 0) + heat
  }
}
