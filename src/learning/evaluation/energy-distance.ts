import type { PointSet } from '../../physics/network/states.js'
import { randomBasis } from '../../physics/observe/sliced-wasserstein.js'
import type { GaussianMixture } from '../data/mixture.js'

/** Orthonormal bases whose directions are looked along. */
const bases = 4

/**
 * Sliced energy distance between samples x and a mixture, the mean over directions u of
 *
 *     D = 2⟨|u·(x - Y)|⟩ - ⟨|u·(x - x')|⟩ - ⟨|u·(Y - Y')|⟩ ≥ 0,   Y, Y' from the mixture,   0 only when the laws agree
 *
 * in the unit of x. The mixture's part is in closed form and pairs are of different samples, so the value is unbiased (and
 * may fall below 0). Each sample adds 2⟨|u·(x - Y)|⟩ - 2⟨|u·(x - x')|⟩ to it, to first order.
 *
 * @param samples at least 2
 * @param seed - of the directions
 *
 * Cost: O(directions·count·(units + modes + log count)), 4·units directions.
 * Source: Székely and Rizzo, J. Stat. Plan. Inference 143, 1249 (2013).
 */
export function energyDistance(law: GaussianMixture, { points, count, units }: PointSet, seed = 1) {
  const directions = Array.from({ length: bases }, (_, b) => randomBasis(seed, b, units)).flat()
  const influence = new Float64Array(count)
  let value = 0
  for (const direction of directions) {
    const along = (row: ArrayLike<number>, first: number) => {
      let sum = 0
      for (let i = 0; i < units; i++) sum += direction[i]! * row[first + i]!
      return sum
    }
    const centres = law.means.map((mean) => along(mean, 0))
    const x = Float64Array.from({ length: count }, (_, n) => along(points, n * units))
    const toLaw = x.map((at) => distanceToModes(law, centres, at, law.width))
    const toSamples = meanDistances(x)
    const ofLaw = law.weights.reduce(
      (sum, weight, k) => sum + weight * distanceToModes(law, centres, centres[k]!, law.width * Math.SQRT2),
      0,
    )
    let sum = 0
    for (let n = 0; n < count; n++) {
      sum += 2 * toLaw[n]! - toSamples[n]!
      influence[n]! += (2 * (toLaw[n]! - toSamples[n]!)) / directions.length
    }
    value += (sum / count - ofLaw) / directions.length
  }
  return { value, influence }
}

/** Σ_k w_k ⟨|at - c_k - width·Z|⟩, Z standard normal: ⟨|δ + σZ|⟩ = σ√(2/π) e^(-δ²/2σ²) + δ erf(δ/σ√2). */
function distanceToModes({ weights }: GaussianMixture, centres: readonly number[], at: number, width: number): number {
  let sum = 0
  for (let k = 0; k < centres.length; k++) {
    const z = Math.abs(at - centres[k]!) / (width * Math.SQRT2)
    sum += weights[k]! * width * Math.SQRT2 * (Math.exp(-z * z) / Math.sqrt(Math.PI) + z * errorFunction(z))
  }
  return sum
}

/** erf of z ≥ 0 to 1.5e-7. Source: Abramowitz and Stegun (1964), eq. 7.1.26. */
function errorFunction(z: number): number {
  const t = 1 / (1 + 0.3275911 * z)
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return 1 - polynomial * Math.exp(-z * z)
}

/** Mean distance of each value to the others, from their order and running sums, [count]. */
function meanDistances(x: Float64Array): Float64Array {
  const count = x.length
  const order = Int32Array.from(x.keys()).sort((a, b) => x[a]! - x[b]!)
  const total = x.reduce((sum, value) => sum + value, 0)
  const out = new Float64Array(count)
  let below = 0
  order.forEach((n, rank) => {
    // Σ_j |x_n - x_j| = (rank·x_n - Σ_below) + (Σ_above - (count - rank - 1) x_n)
    out[n] = ((2 * rank + 1 - count) * x[n]! + total - 2 * below - x[n]!) / (count - 1)
    below += x[n]!
  })
  return out
}
