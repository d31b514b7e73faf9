import { isotropicMixture } from './density.js'

/** What a mixture is made of. */
export interface MixtureOptions {
  /** centres, [components][units] */
  readonly means: readonly (readonly number[])[]
  /** standard deviation of every component */
  readonly width: number
  /** of the components; equal when absent */
  readonly weights?: readonly number[] | undefined
}

/** A mixture of isotropic Gaussians: Σ_k w_k N(μ_k, width²). */
export interface GaussianMixture extends MixtureOptions {
  /** numbers in a state */
  readonly units: number
  /** [components], sum 1 */
  readonly weights: readonly number[]
}

/** A mixture with its weights normalised. */
export function createMixture({ means, width, weights = means.map(() => 1) }: MixtureOptions): GaussianMixture {
  const total = weights.reduce((sum, w) => sum + w, 0)
  return { units: means[0]!.length, means, width, weights: weights.map((w) => w / total) }
}

/** The mixture after noising, itself a mixture: Σ_k w_k N(m μ_k, m² width² + s²). */
export function noisedMixture(mixture: GaussianMixture, m: number, s: number): GaussianMixture {
  const means = mixture.means.map((mean) => mean.map((value) => m * value))
  return { ...mixture, means, width: Math.hypot(m * mixture.width, s) }
}

/**
 * `count` independent draws and the component that each is from; `draw` numbers the set (0 training, 1 held out, 2 the law's
 * own network), so that sets do not share numbers.
 */
export function sampleMixture({ means, width, weights }: GaussianMixture, count: number, seed: number, draw: number) {
  return isotropicMixture(means, width, weights).sample(count, seed, draw)
}

/**
 * Log density of the noised mixture Σ_k w_k N(m μ_k, m² width² + s²), and its gradient (the score).
 *
 * @param m - signal amplitude; `s`: noise width (1 and 0 for the mixture itself)
 * @param x - states, [units, batch]
 * @param logDensity - [batch]; `score`: [units, batch]; either may be null
 */
export function mixtureScore(
  mixture: GaussianMixture,
  m: number,
  s: number,
  x: Float64Array,
  batch: number,
  logDensity: Float64Array | null,
  score: Float64Array | null,
): void {
  const { units, means, width, weights } = mixture
  const variance = m * m * width * width + s * s
  const components = means.length
  const exponents = new Float64Array(components)
  const logWeights = Float64Array.from(weights, Math.log)
  const centres = Float64Array.from(
    { length: components * units },
    (_, n) => m * means[Math.floor(n / units)]![n % units]!,
  )
  for (let b = 0; b < batch; b++) {
    let largest = -Infinity
    for (let k = 0; k < components; k++) {
      let distance = 0
      for (let i = 0; i < units; i++) distance += (x[i * batch + b]! - centres[k * units + i]!) ** 2
      exponents[k] = logWeights[k]! - distance / (2 * variance)
      largest = Math.max(largest, exponents[k]!)
    }
    let total = 0
    for (let k = 0; k < components; k++) {
      exponents[k] = Math.exp(exponents[k]! - largest)
      total += exponents[k]!
    }
    if (logDensity !== null) logDensity[b] = largest + Math.log(total) - (units / 2) * Math.log(2 * Math.PI * variance)
    if (score !== null)
      for (let i = 0; i < units; i++) {
        let pull = 0
        for (let k = 0; k < components; k++) pull += (exponents[k]! / total) * centres[k * units + i]!
        score[i * batch + b] = (pull - x[i * batch + b]!) / variance
      }
  }
}
