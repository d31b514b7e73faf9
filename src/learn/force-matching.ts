import { directional, forceAndEnergy, type Potential } from '../potential/potential.js'
import type { NoisedBatch, Rule } from './rule.js'

/**
 * Force matching: with the residual r = F(x; θ) - F̂ of the measured force,
 *
 *     dL/dθ_a = -w⟨r·∇φ_a(x)⟩
 *
 * which for a stiffness is -w⟨r x⟩, for a bias w⟨r⟩, for a coupling -w⟨r_i x_j + r_j x_i⟩: each parameter needs the
 * residual forces and positions of its own units and nothing else. Unbiased. For hidden units φ_a stands for the mean
 * statistic φ̄_a(x; θ): w⟨r_i⟨s_h⟩ + x_i⟨s_h⟩' Σ_j V_jh r_j⟩ for a coupling, which needs the residual's field on the hidden unit
 * and its susceptibility as well; a device gets both by nudging (nudged-force-matching.ts).
 * Source: denoising score matching (Vincent, Neural Comput. 23, 1661 (2011)), with the score read as a force.
 *
 * Cost: one force and one correlation, O(edges·batch); hidden edges count three times.
 */
export function forceMatching(): Rule {
  let residual = new Float64Array(0)
  return {
    name: 'force-matching',
    locality: 'local',
    measures: 'positions, forces and the injected noise',
    gradient(potential, theta, batch, gradient) {
      if (residual.length !== batch.x.length) residual = new Float64Array(batch.x.length)
      const loss = residualForce(potential, theta, batch, residual)
      directional(potential, theta, batch.x, residual, batch.batch, gradient)
      const factor = -batch.weight / batch.batch
      for (let a = 0; a < gradient.length; a++) gradient[a]! *= factor
      return loss
    },
  }
}

/** Writes r = F - F̂ to `residual` ([units, batch], 0 for clamped units) and returns the dimensionless loss (see Rule.gradient). */
export function residualForce(
  potential: Potential,
  theta: Float64Array,
  { x, target, batch, targetVariance }: NoisedBatch,
  residual: Float64Array,
): number {
  forceAndEnergy(potential, theta, x, batch, residual, null)
  let squares = 0
  for (let n = 0; n < target.length; n++) {
    const r = residual[n]! - target[n]!
    residual[n] = r
    squares += r * r
  }
  residual.fill(0, target.length)
  return squares / (target.length * targetVariance)
}
