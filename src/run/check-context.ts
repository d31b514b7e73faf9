import type { PointSet } from '../data/points.js'
import type { Protocol } from '../protocol/protocol.js'
import type { ObservedEnsemble } from './ensemble.js'
import type { Problem } from './problem.js'
import type { FreeEnergyResults } from './results.js'

/** What a run measured, for its checks. */
export interface CheckContext {
  readonly problem: Problem
  readonly observed: ObservedEnsemble
  readonly freeEnergy: FreeEnergyResults | null
  readonly protocol: Protocol
  /** unit roundoff of the backend that ran */
  readonly roundoff: number
  /** samples generated with the exact score, at t_min */
  readonly exactScore: PointSet | null
  /** trained parameters of the knots, noisiest first */
  readonly knots: readonly Float64Array[] | null
  /** samples as the metrics see them, denoised where the scenario says so */
  readonly clean: PointSet
}

/** An index as a subscript, x₁₂. */
export function subscript(index: number): string {
  return [...String(index)].map((digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]).join('')
}
