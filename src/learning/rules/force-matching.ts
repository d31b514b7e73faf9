import { scratch } from '../../physics/potential/term.js'
import type { Device } from './device.js'
import type { NoisedBatch, Rule } from './rule.js'

/**
 * Force matching: with the residual r = F(x; θ) - F̂ of the measured force,
 *
 *     dL/dθ_a = -w⟨r·∇φ_a(x)⟩
 *
 * which for a stiffness is -w⟨r x⟩, for a bias w⟨r⟩, for a coupling -w⟨r_i x_j + r_j x_i⟩: each parameter needs the
 * residual forces and positions of its own units and nothing else. Unbiased. For hidden units φ_a stands for the mean
 * statistic φ̄_a(x; θ): w⟨r_i⟨s_h⟩ + x_i⟨s_h⟩' Σ_j V_jh r_j⟩ for a coupling, which needs the residuals of all visible units
 * carried to the hidden one through couplings that the learner has to know: not local. A device gets the same by nudging
 * (nudged-force-matching.ts).
 * Source: denoising score matching (Vincent, Neural Comput. 23, 1661 (2011)), with the score read as a force.
 *
 * Cost: one force and one correlation, O(edges·batch); hidden edges count three times.
 */
export function forceMatching(): Rule {
  const residuals = scratch()
  return {
    name: 'force-matching',
    equation: '-w⟨r·∇φ(x)⟩, r = F(x) - F̂',
    measures: 'positions, forces and the injected noise',
    locality: 'local',
    hidden: 'not local: a coupling V_ih needs Σ_j V_jh r_j, the residuals of other units through other couplings',
    bias: 'none',
    trains: ['reverse', 'quasi-static'],
    gradient(device, batch, gradient) {
      const residual = residuals(batch.x.length)
      const loss = residualForce(device, batch, residual)
      device.electronics.directional(batch.x, residual, batch.batch, gradient)
      const factor = -batch.weight / batch.batch
      for (let a = 0; a < gradient.length; a++) gradient[a]! *= factor
      return loss
    },
  }
}

/** Writes r = F - F̂ to `residual` ([units, batch], 0 for clamped units) and returns the dimensionless loss (see Rule.gradient). */
export function residualForce(
  device: Pick<Device, 'force'>,
  { x, target, batch, targetVariance }: NoisedBatch,
  residual: Float64Array,
): number {
  device.force(x, batch, residual)
  let squares = 0
  for (let n = 0; n < target.length; n++) {
    const r = residual[n]! - target[n]!
    residual[n] = r
    squares += r * r
  }
  residual.fill(0, target.length)
  return squares / (target.length * targetVariance)
}

/** The dimensionless loss of a device on a batch, whatever rule it learns by: the simulator knows the injected noise. */
export function noisedLoss(device: Pick<Device, 'force'>, batch: NoisedBatch): number {
  return residualForce(device, batch, new Float64Array(batch.x.length))
}
