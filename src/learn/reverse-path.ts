import { directional, forceAndEnergy, type Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'

/** One step of noising, of a batch of trajectories. */
export interface NoisingStep {
  /** states before it, [units, batch] */
  readonly before: Float64Array
  /** states after it, [units, batch] */
  readonly after: Float64Array
  readonly batch: number
  /** its length h */
  readonly dt: number
}

/**
 * The reverse-path rule: the gradient of the Onsager–Machlup action L = ⟨|-dx - μF(x′)h|²⟩/(4μkTh) of a noising step
 * dx = x′ - x run backwards under the force F,
 *
 *     dL/dθ_a = ⟨r·∇φ_a(x′)⟩,   r = (-dx - μF(x′)h)/(2kT)
 *
 * which for a stiffness is ⟨r x′⟩, for a bias -⟨r⟩, for a coupling ⟨r_i x_j′ + r_j x_i′⟩: local, and nothing is needed but the
 * positions of a noising run and the force where it has gone. (2kT/μh) times it tends to force matching of the drive
 * "reverse" (with weight 1) as h → 0; what is between them is O(h).
 *
 * @param theta - parameters, [size]
 * @param gradient - overwritten, [size]
 * @param at - "after" x′, as it must be; "before" x is the time-forward path, and learns the noising instead: a control
 *
 * Cost: one force and one correlation, O(edges·batch).
 * Source: Onsager and Machlup, Phys. Rev. 91, 1505 (1953), for the action; Whitelam, arXiv 2506.15121, for the rule.
 */
export function reversePathGradient(
  potential: Potential,
  theta: Float64Array,
  { before, after, batch, dt }: NoisingStep,
  { kT, mobility }: Bath,
  gradient: Float64Array,
  at: 'after' | 'before' = 'after',
): void {
  const x = at === 'after' ? after : before
  const residual = new Float64Array(x.length)
  forceAndEnergy(potential, theta, x, batch, residual, null)
  for (let n = 0; n < residual.length; n++)
    residual[n] = (before[n]! - after[n]! - mobility * dt * residual[n]!) / (2 * kT)
  directional(potential, theta, x, residual, batch, gradient)
  for (let a = 0; a < gradient.length; a++) gradient[a]! /= batch
}
