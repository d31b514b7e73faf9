import type { PointSet } from '../../physics/network/states.js'
import type { Check } from '../../physics/observe/check.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import type { FreeEnergyResults } from '../measurement/free-energy.js'
import type { ObservedEnsemble } from '../sampling/ensemble.js'
import type { Problem } from '../system/problem.js'
import type { Need } from './needs.js'

/** What a run measured, for its checks. */
export interface CheckContext {
  readonly problem: Problem
  readonly observed: ObservedEnsemble
  readonly freeEnergy: FreeEnergyResults | null
  readonly protocol: Protocol
  /** unit roundoff of the backend that ran */
  readonly roundoff: number
  /** of a unit's part of an energy, see `energyScale`; NaN where no energies were measured */
  readonly energyScale: number
  /** samples generated with the exact score, at t_min */
  readonly exactScore: PointSet | null
  /** trained parameters of the knots, noisiest first */
  readonly knots: readonly Float64Array[] | null
  /** samples as the metrics see them, denoised where the scenario says so */
  readonly clean: PointSet
}

/** A truth that a run is compared with. */
export interface RunCheck {
  /** what it asks of the scenario */
  readonly needs: readonly Need[]
  /** what came of it, where the needs are met */
  readonly run: (context: CheckContext) => Check[]
}

/** An index as a subscript, x₁₂. */
export function subscript(index: number): string {
  return [...String(index)].map((digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]).join('')
}
