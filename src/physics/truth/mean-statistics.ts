import { type Potential, statistic } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import { logPartition, type ModelDensity, modelDensity } from './partition.js'

/** Step of the central differences: truncation h² and rounding, 1e-13/h, are both near 1e-8. */
const h = 1e-4

/**
 * The equilibrium means of the local statistics, ⟨φ_a⟩ = -kT ∂log Z/∂θ_a: by quadrature for one or two units, by central
 * differences of an exact log Z for larger harmonic potentials.
 *
 * @param points - as in modelDensity
 * @returns [size]; null where log Z is not known (see logPartition)
 *
 * Cost: one statistic of each point of the grid, or two log Z for each parameter.
 */
export function meanStatistics(
  potential: Potential,
  theta: Float64Array,
  bath: Bath,
  points?: number,
): Float64Array | null {
  const means = new Float64Array(potential.size)
  const model = modelDensity(potential, theta, bath, points)
  if (model !== null) {
    const { states, weights } = gridOf(model)
    statistic(potential, theta, states, weights.length, means, weights)
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

/** The points of a grid as states, [units, points], with their probabilities. */
function gridOf({ units, x, density }: ModelDensity) {
  const count = density.length
  const cell = (x[1]! - x[0]!) ** units
  const states = new Float64Array(units * count)
  for (let n = 0; n < count; n++) {
    states[n] = x[units === 1 ? n : Math.floor(n / x.length)]!
    if (units === 2) states[count + n] = x[n % x.length]!
  }
  return { states, weights: density.map((value) => value * cell) }
}
