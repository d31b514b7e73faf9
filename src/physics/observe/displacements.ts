import type { PointSet } from '../network/states.js'
import { type Estimate, meanOf } from './estimate.js'

/** How far a coordinate went, in a time. */
export interface Displacements {
  /** ⟨Δx⟩/t, a velocity */
  readonly drift: Estimate
  /** Var(Δx)/2t, the effective diffusion coefficient where t is long */
  readonly diffusion: Estimate
}

/**
 * Drift and diffusion of a coordinate from where each trajectory starts and ends: ⟨Δx⟩/t and Var(Δx)/2t. What the start still does is in
 * both, of the order of 1/t.
 *
 * @param initial - and `final`: at least two points, of trajectories that are independent
 * @param time - between them
 * Source: Reimann et al., Phys. Rev. Lett. 87, 010602 (2001), eqs. 2–3; Kenney and Keeping, Mathematics of Statistics (1951), for the error
 * of a variance, √((m₄ - s⁴(n-3)/(n-1))/n).
 */
export function displacementsOf(initial: PointSet, final: PointSet, unit: number, time: number): Displacements {
  const { count, units } = final
  const moved = Float64Array.from(
    { length: count },
    (_, n) => final.points[n * units + unit]! - initial.points[n * units + unit]!,
  )
  const mean = meanOf(moved)
  const power = (exponent: number) => moved.reduce((sum, value) => sum + (value - mean.value) ** exponent, 0)
  const variance = power(2) / (count - 1)
  const ofVariance = Math.sqrt(Math.max(0, power(4) / count - (variance ** 2 * (count - 3)) / (count - 1)) / count)
  return {
    drift: { value: mean.value / time, standardError: mean.standardError / time },
    diffusion: { value: variance / (2 * time), standardError: ofVariance / (2 * time) },
  }
}
