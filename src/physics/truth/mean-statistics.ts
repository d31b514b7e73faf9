import { gridStates } from '../network/states.js'
import { hasStates } from '../network/unit-states.js'
import { type Potential, statistic } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import { enumeratedLaw } from './enumerated-law.js'
import { logPartition, modelDensity } from './partition.js'

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
