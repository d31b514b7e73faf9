import type { Potential } from '../potential/potential.js'

/** A minibatch of noised states with the force that would denoise them; batch innermost. */
export interface NoisedBatch {
  readonly batch: number
  /** visible units x = m x_0 + s ε, clamped ones as the data have them; [units, batch] */
  readonly x: Float64Array
  /** F̂ = trap·x - scale·ε/s, whose mean at given x is the generating force; [visible, batch] */
  readonly target: Float64Array
  /** w = s², constant within a slice */
  readonly weight: number
  /** scale²/s²: ⟨|F̂ - trap·x|²⟩ per unit; it makes the loss dimensionless */
  readonly targetVariance: number
}

/**
 * A local learning rule: from what can be measured on a batch, the gradient of the slice's loss
 *
 *     L = ½⟨w |F(x; θ) - F̂|²⟩
 */
export interface Rule {
  readonly name: string
  /** "local": each parameter needs its own units only; "three-factor": also one broadcast scalar */
  readonly locality: 'local' | 'three-factor'
  /** what a device must measure, for reports */
  readonly measures: string
  /**
   * Writes dL/dθ to `gradient` ([size]).
   *
   * @returns ⟨|F - F̂|²⟩ per unit over `targetVariance`: 1 for a force that knows nothing but the trap, 0 for one that
   *   knows the noise
   */
  gradient(potential: Potential, theta: Float64Array, batch: NoisedBatch, gradient: Float64Array): number
}
