import { arrays, type States } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import type { DrawKey } from '../../physics/noise/uniform.js'
import { forceAndEnergy } from '../../physics/potential/potential.js'
import type { Landscape } from './landscape.js'

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

/**
 * Langevin motion of the network with a spring of stiffness k = kT/σ² from every unit to its anchor a, so that it samples
 *
 *     p(y|a) ∝ exp(-U(y; θ)/kT - |a - y|²/2σ²)
 *
 * in the steps y' = y + μh[F(y; θ) + k(a - y)] + sqrt(2μkTh) (ξ_n + ξ_(n+1))/2 of length h = step/(μk). Their equilibrium is
 * off by O(h²), and not at all for a harmonic U. The heat of a run, Q = the fall of U + k|a - y|²/2 over it, is added to the
 * landscape's cost (its energies are a measurement, and not counted).
 *
 * Cost: `steps` forces.
 * Source: Gao, Song, Poole, Wu & Kingma, ICLR (2021), for the law; Leimkuhler & Matthews, Appl. Math. Res. Express
 * 2013, 34 for the steps.
 */
export function tetheredRun(landscape: Landscape, { spread, step, steps }: TetherOptions): TetheredRun {
  const { potential, bath, cost, units } = landscape
  const { kT } = bath
  const kick = spread * Math.sqrt(step / 2)
  const energyOf = (theta: Float64Array, { x, batch }: States, anchors: Float64Array) => {
    const energy = new Float64Array(batch)
    forceAndEnergy(potential, theta, x, batch, null, energy)
    let sum = energy.reduce((total, u) => total + u / kT, 0)
    for (let n = 0; n < x.length; n++) sum += ((anchors[n]! - x[n]!) / spread) ** 2 / 2
    return sum
  }
  return (theta, chains, anchors, key) => {
    const { x, batch } = chains
    const force = new Float64Array(x.length)
    let [noise, next] = arrays(2, x.length)
    const before = energyOf(theta, chains, anchors)
    fillNormals(key.seed, key.stream, key.step, units, 0, batch, noise)
    for (let k = 1; k <= steps; k++) {
      fillNormals(key.seed, key.stream, key.step + k, units, 0, batch, next)
      landscape.evaluate(theta, x, batch, force, null)
      for (let n = 0; n < x.length; n++)
        x[n]! += step * (anchors[n]! - x[n]! + (spread * spread * force[n]!) / kT) + kick * (noise[n]! + next[n]!)
      ;[noise, next] = [next, noise]
    }
    const heat = before - energyOf(theta, chains, anchors)
    // Chains that diverged have none.
    if (Number.isFinite(heat)) cost.heat = (cost.heat ?? 0) + heat
  }
}
