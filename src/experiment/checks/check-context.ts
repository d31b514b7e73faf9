import type { PointSet } from '../../physics/network/states.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import type { FreeEnergyResults } from '../run/results.js'
import type { ObservedEnsemble } from '../sampling/ensemble.js'
import type { Problem } from '../system/problem.js'

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
