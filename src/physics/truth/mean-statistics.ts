import { gridStates } from '../network/states.js'
import { hasStates } from '../network/unit-states.js'
import { logSumExp } from '../observe/log-weights.js'
import { forceAndEnergy, type Potential, statistic } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import { enumeratedLaw } from './enumerated-law.js'
import { logPartition, type ModelDensity, modelDensity } from './partition.js'

/** Step of the central differences: truncation h² and rounding, 1e-13/h, are both near 1e-8. */
const h = 1e-4

/**
 * The equilibrium means of the local statistics, ⟨φ_a⟩ = -kT ∂log Z/∂θ_a: by enumeration where units have states, by
 * quadrature for one or two units, by central differences of an exact log Z for larger harmonic potentials.
 *
 * @param points - as in modelDensity
 * @param held - as in enumeratedLaw
 * @returns [size]; null where log Z is not known (see logPartition)
 *
 * Cost: one statistic of each point of the grid, or two log Z for each parameter.
 */
export function meanStatistics(
  potential: Potential,
  theta: Float64Array,
  bath: Bath,
  points?: number,
  held: ArrayLike<number> | null = null,
): Float64Array | null {
  const means = new Float64Array(potential.size)
  if (hasStates(potential.network)) {
    const law = enumeratedLaw(potential, theta, bath, held)
    const some = new Float64Array(potential.size)
    law?.average(({ x, batch }, weights) => {
      statistic(potential, theta, x, batch, some, weights)
      for (let a = 0; a < some.length; a++) means[a]! += some[a]!
    })
    return law === null ? null : means
  }
  const model = modelDensity(potential, theta, bath, points)
  if (model !== null) {
    const { x, batch } = gridStates(model.x, model.units)
    const cell = (model.x[1]! - model.x[0]!) ** model.units
    const weights = model.density.map((value) => value * cell)
    statistic(potential, theta, x, batch, means, weights)
    return means
  }
  const moved = theta.slice()
  for (let a = 0; a < means.length; a++) {
    const at = (by: number) => {
      moved[a] = theta[a]! + by
      return logPartition(potential, moved, bath)
    }
    const [above, below] = [at(h), at(-h)]
    moved[a] = theta[a]!
    if (above === null || below === null) return null
    means[a] = (-bath.kT * (above - below)) / (2 * h)
  }
  return means
}

/** The laws of a potential that is linear in its parameters, on one grid. */
interface LinearLaws {
  density(theta: Float64Array): ModelDensity
  /** ⟨φ_a⟩, [size] */
  means(theta: Float64Array): Float64Array
}

/** Energy without parameters above its minimum, in kT, beyond which a point of the grid has no weight: e^-60 of the rest. */
const beyond = 60

/**
 * The equilibrium laws of one unit or two at many θ: U = U_0 + Σ_a θ_a φ_a, each φ_a read once at each point of the grid. What has no
 * parameter, U_0, must confine the units alone.
 *
 * @param potential - linear in θ
 * @param points - as in modelDensity
 * @returns null where modelDensity is
 *
 * Cost of each law: size multiply-adds for each point of the grid that has weight.
 */
export function linearLaws(potential: Potential, bath: Bath, points: number): LinearLaws | null {
  const { size } = potential
  const nothing = new Float64Array(size)
  const grid = modelDensity(potential, nothing, bath, points)
  if (grid === null) return null
  const { units, x: axis } = grid
  const { x, batch } = gridStates(axis, units)
  const fixed = new Float64Array(batch)
  forceAndEnergy(potential, nothing, x, batch, null, fixed)
  const lowest = fixed.reduce((least, u) => Math.min(least, u))
  const used = [...fixed.keys()].filter((n) => fixed[n]! - lowest < beyond * bath.kT)
  const values = new Float64Array(used.length * size)
  for (const [place, n] of used.entries()) {
    const state = Float64Array.from({ length: units }, (_, i) => x[i * batch + n]!)
    statistic(potential, nothing, state, 1, values.subarray(place * size, (place + 1) * size))
  }
  const cell = (axis[1]! - axis[0]!) ** units
  /** probability of each used point, and log Z */
  const weigh = (theta: Float64Array) => {
    const exponent = new Float64Array(used.length)
    for (let place = 0, n = 0; place < used.length; place++) {
      let energy = fixed[used[place]!]!
      for (let a = 0; a < size; a++) energy += theta[a]! * values[n++]!
      exponent[place] = -energy / bath.kT
    }
    const log = logSumExp(exponent)
    return { weights: exponent.map((value) => Math.exp(value - log)), logPartition: log + Math.log(cell) }
  }
  return {
    density(theta) {
      const { weights, logPartition } = weigh(theta)
      const density = new Float64Array(batch)
      for (const [place, n] of used.entries()) density[n] = weights[place]! / cell
      return { units, x: axis, density, logPartition }
    },
    means(theta) {
      const { weights } = weigh(theta)
      const out = new Float64Array(size)
      for (let place = 0, n = 0; place < used.length; place++) {
        const weight = weights[place]!
        for (let a = 0; a < size; a++) out[a]! += weight * values[n++]!
      }
      return out
    },
  }
}
