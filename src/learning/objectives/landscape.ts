import { type Surface, surfaceOf } from '../../physics/dynamics/drive.js'
import type { States } from '../../physics/network/states.js'
import { conditionalsOf } from '../../physics/potential/conditionals.js'
import type { Potential } from '../../physics/potential/potential.js'
import { type Bath, type BathOptions, bathOf } from '../../physics/protocol/bath.js'
import { type Arithmetic, float64, type Walk } from './arithmetic.js'

/** What an objective has cost so far. */
export interface Cost {
  /** evaluations of the force at one state */
  forces: number
  /** evaluations of the energy at one state */
  energies: number
  /** work done on all walkers by moving the potential, and heat they gave to the bath, in kT; null where nothing measures it */
  work: number | null
  /** heat given to the bath by all walkers, in kT; null where nothing measures it */
  heat: number | null
}

/** Adds Σ_n before_n - after_n, energies of all walkers, to the heat, in kT. */
export function addHeat({ cost, bath }: Landscape, before: Float64Array, after: Float64Array): void {
  cost.heat = (cost.heat ?? 0) + difference(before, after) / bath.kT
}

/** Adds Σ_n after_n - before_n, energies of all walkers before and after a jump of the potential, to the work, in kT. */
export function addWork({ cost, bath }: Landscape, before: Float64Array, after: Float64Array): void {
  cost.work = (cost.work ?? 0) + difference(after, before) / bath.kT
}

function difference(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let n = 0; n < a.length; n++) sum += a[n]! - b[n]!
  return sum
}

/** A potential in a bath that counts what is asked of it, whoever computes it. */
export interface Landscape {
  /** whose forces and energies are asked for */
  readonly potential: Potential
  /** temperature and mobility */
  readonly bath: Bath
  /** numbers in a state: rows of x */
  readonly units: number
  /** what was asked so far; grows in place */
  readonly cost: Cost
  /** who computes; what is asked of it directly is a measurement, and not counted */
  readonly arithmetic: Arithmetic
  /** force [units, batch] and energy [batch] at θ; either may be null */
  evaluate(
    theta: Float64Array,
    x: Float64Array,
    batch: number,
    force: Float64Array | null,
    energy: Float64Array | null,
  ): void
  /** the landscape at θ, as schemes move states in it; drawing all units from their conditional laws counts as one force */
  at(theta: Float64Array): Surface
  /** takes a walk where there are kernels for it; see Arithmetic.walk. Returns whether it was taken */
  walk(theta: Float64Array, states: States, walk: Walk, heat: Float64Array | null): boolean
}

/** A landscape that nothing was asked of yet. @param arithmetic - of this potential; the reference when absent */
export function createLandscape(
  potential: Potential,
  options: BathOptions = {},
  arithmetic = float64(potential),
): Landscape {
  const bath = bathOf(options)
  const cost: Cost = { forces: 0, energies: 0, work: null, heat: null }
  const evaluate: Landscape['evaluate'] = (theta, x, batch, force, energy) => {
    if (force !== null) cost.forces += batch
    if (energy !== null) cost.energies += batch
    arithmetic.forceAndEnergy(theta, x, batch, force, energy)
  }
  return {
    potential,
    bath,
    units: potential.network.units,
    cost,
    arithmetic,
    evaluate,
    at: (theta) => ({
      ...surfaceOf(potential, theta),
      evaluate: (x, batch, force, energy) => evaluate(theta, x, batch, force, energy),
      conditionals() {
        const found = conditionalsOf(potential, theta)
        return {
          ...found,
          drawHidden(x, batch, ...rest) {
            cost.forces += batch
            found.drawHidden(x, batch, ...rest)
          },
        }
      },
    }),
    walk(theta, states, walk, heat) {
      const asked = arithmetic.walk?.(theta, states, walk, heat) ?? null
      if (asked === null) return false
      cost.forces += asked.forces * walk.steps * states.batch
      cost.energies += asked.energies * walk.steps * states.batch
      return true
    },
  }
}
