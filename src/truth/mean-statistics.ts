import type { Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import { logPartition } from './partition.js'

/**
 * Step of the central differences: truncation and rounding of log Z, about 1e-13, are both near 1e-8 of an energy here.
 */
const h = 1e-4

/**
 * The equilibrium means of the local statistics, ⟨φ_a⟩ = -kT ∂log Z/∂θ_a, by central differences of an exact log Z.
 *
 * @returns [size]; null where log Z is not known (see logPartition)
 *
 * Cost: two log Z for each parameter.
 */
export function meanStatistics(potential: Potential, theta: Float64Array, bath: Bath): Float64Array | null {
  const moved = theta.slice()
  const means = new Float64Array(potential.size)
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
