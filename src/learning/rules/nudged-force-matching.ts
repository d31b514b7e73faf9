import { scratch } from '../../physics/potential/term.js'
import { residualForce } from './force-matching.js'
import type { Rule } from './rule.js'

/** How often a state is nudged. */
export const nudgeSides = ['two', 'one'] as const

/** How states are nudged. */
export interface NudgeOptions {
  /** displacement of a unit whose residual is as large as the target's noise, in the units of x */
  readonly nudge?: number | undefined
  /** two: states nudged along the residual and against it; one: along it only, compared with the state itself */
  readonly sides?: (typeof nudgeSides)[number] | undefined
}

/** See `NudgeOptions.nudge`. */
export const defaultNudge = 0.01
/** See `NudgeOptions.sides`. */
export const defaultSides = 'two'

/**
 * Nudged force matching: the states are pushed a little along the residual r = F - F̂, held fixed at x, and each parameter
 * compares its own statistic φ̄ = ∂U/∂θ before and after,
 *
 *     two-sided   dL/dθ_a = -(w/2δ) ⟨φ̄_a(x + δr) - φ̄_a(x - δr)⟩
 *     one-sided   dL/dθ_a = -(w/δ) ⟨φ̄_a(x + δr) - φ̄_a(x)⟩
 *     δ = nudge·s/scale,   scale = 2kT (reverse) or kT (quasi-static)
 *
 * It is force matching without a derivative: nobody needs to know how φ̄ depends on x, so it holds for hidden units, whose φ̄
 * is what they are seen to do at that x (-x_i⟨s_h⟩ on a coupling), and for terms whose slopes nobody wrote down. Local: a
 * parameter needs the statistics of its own units.
 *
 * Bias: O(δ²) two-sided, O(δ) one-sided; none where φ is quadratic, two-sided. The two statistics cancel to a part δ|r|, so in
 * float32 rounding takes over below a nudge of about 1e-4; in float64 below about 1e-6.
 *
 * Cost: one force and two statistics, O(edges·batch).
 */
export function nudgedForceMatching({ nudge = defaultNudge, sides = defaultSides }: NudgeOptions = {}): Rule {
  const [residuals, states, statistics] = [scratch(), scratch(), scratch()]
  return {
    name: 'nudged-force-matching',
    equation:
      sides === 'two'
        ? '-(w/2δ)⟨φ̄(x + δr) - φ̄(x - δr)⟩, r = F(x) - F̂ held'
        : '-(w/δ)⟨φ̄(x + δr) - φ̄(x)⟩, r = F(x) - F̂ held',
    measures: 'forces, the injected noise, and the response of each parameter to two nudged states',
    locality: 'local',
    hidden: 'local',
    bias: sides === 'two' ? 'O(δ²)' : 'O(δ)',
    trains: ['reverse', 'quasi-static'],
    gradient(device, batch, gradient) {
      const [residual, nudged] = [residuals(batch.x.length), states(batch.x.length)]
      const reference = statistics(gradient.length)
      const loss = residualForce(device, batch, residual)
      const delta = nudge / Math.sqrt(batch.targetVariance)
      /** Statistics at x + by·r, summed over the batch. */
      const statisticAt = (by: number, out: Float64Array) => {
        for (let n = 0; n < nudged.length; n++) nudged[n] = batch.x[n]! + by * residual[n]!
        device.statistic(nudged, batch.batch, out)
      }
      statisticAt(delta, gradient)
      statisticAt(sides === 'two' ? -delta : 0, reference)
      const factor = -batch.weight / ((sides === 'two' ? 2 : 1) * delta * batch.batch)
      for (let a = 0; a < gradient.length; a++) gradient[a] = factor * (gradient[a]! - reference[a]!)
      return loss
    },
  }
}
