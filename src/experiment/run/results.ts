import type { BackendName } from '../../backend/backend.js'
import type { BennettEstimate } from '../../physics/observe/bennett.js'
import type { Check } from '../../physics/observe/check.js'
import type { CrooksFit } from '../../physics/observe/crooks.js'
import type { EntropyProduction } from '../../physics/observe/entropy-production.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import type { JarzynskiEstimate } from '../../physics/observe/jarzynski.js'
import type { SpeedLimit } from '../../physics/observe/speed-limit.js'
import type { TimeAverage } from '../../physics/observe/time-averages.js'
import type { ObjectiveSettings } from '../scenario/objective.js'
import type { Arm } from '../study/study.js'
import type { LearningSummary } from '../training/train.js'

/** A measured quantity beside what it is read against. */
export interface Metric extends Estimate {
  /** the same for real data in place of samples */
  readonly floor?: number
  /** the same for a Gaussian of the data's mean and covariance */
  readonly control?: number
  /** the same for samples generated with the exact score */
  readonly exactScore?: number
}

/** Mean over trajectories of a thermodynamic quantity. */
export interface MeanWithError {
  readonly mean: number
  readonly standardError: number
}

/** A relation between means that holds exactly, beside what was measured. */
export interface Identity {
  readonly name: string
  readonly value: number
  readonly standardError: number | null
  readonly truth: number
}

/**
 * The free-energy difference between the ends of a protocol, in units of kT: from its own works, and with
 * `protocol.bothWays` from those of the reversed one too.
 */
export interface FreeEnergyResults {
  readonly jarzynski: Omit<JarzynskiEstimate, 'warning'>
  readonly bennett?: Omit<BennettEstimate, 'warning'>
  /** null where the works of both directions do not overlap */
  readonly crooks?: CrooksFit | null
  /** mean work of the reversed protocol */
  readonly reverseWork?: MeanWithError
  /** what is wrong with the estimates and what mends it; null when nothing is known to be */
  readonly warning: string | null
}

/** First crossings of `firstPassage.to`, in units of time. */
export interface FirstPassageResults {
  readonly unit: number
  readonly to: number
  readonly runs: number
  /** runs that ended before they crossed */
  readonly censored: number
  /** null when a run is censored: no average of the others is the mean */
  readonly mean: number | null
  readonly standardError: number | null
  /** of min(t, duration) */
  readonly restrictedMean: MeanWithError
  /** if crossings have a constant rate; null without any */
  readonly exponentialMean: MeanWithError | null
  /** Kramers' estimate, where a barrier stands between start and target of an uncoupled unit */
  readonly kramers?: number
  readonly warning: string | null
}

/**
 * Where the errors of generation on a mixture come from, on raw samples at t_min: the parts of each figure's difference from
 * the exact law, in the figure's own unit. finiteTime + integrator + slicing + network = total, and with learning.oracle
 * network = representability + training.
 */
export interface ErrorBudget {
  readonly t: number
  readonly trajectories: number
  readonly measures: readonly {
    readonly name: string
    /** of the exact law at t */
    readonly truth: number
    readonly finiteTime: MeanWithError
    readonly integrator: MeanWithError
    readonly slicing: MeanWithError
    readonly network: MeanWithError
    readonly representability?: MeanWithError
    readonly training?: MeanWithError
    readonly total: MeanWithError
  }[]
}

/** results.json. Energies in units of kT, entropies in units of k_B. */
export interface Results {
  readonly scenario: string
  readonly seed: number
  readonly backend: BackendName
  /** seconds */
  readonly timings: { readonly train: number; readonly sample: number; readonly total: number }
  readonly metrics: Record<string, Metric>
  readonly checks: readonly Check[]
  readonly thermodynamics: {
    readonly work?: MeanWithError
    readonly heat?: MeanWithError
    /** of the final states in the last landscape */
    readonly energy?: MeanWithError
    /** `boundary` says how the density of the final states was had */
    readonly entropyProduction?: MeanWithError & { readonly boundary: EntropyProduction['boundary'] }
  }
  /** of work, heat and entropy production, where they were measured */
  readonly identities: readonly Identity[]
  /** of a driven simulation that starts in equilibrium */
  readonly freeEnergy?: FreeEnergyResults
  /** the least entropy production of any protocol of the same duration between the same states, from Gaussian fits */
  readonly speedLimit?: SpeedLimit
  readonly firstPassage?: FirstPassageResults
  /** of each unit over the recorded trajectories, at most 16 units; all of them stand in autocorrelation.npz */
  readonly timeAverages?: readonly TimeAverage[]
  readonly learning?: LearningSummary
  /** of a mixture, with observe: error-budget */
  readonly errorBudget?: ErrorBudget
  /** of a scenario with an objective: what it did, arm by arm */
  readonly objective?: { readonly kind: ObjectiveSettings['kind']; readonly arms: readonly Arm[] }
  /** what cannot be trusted, and what mends it */
  readonly warnings?: readonly string[]
}

/** Mean and standard error over trajectories. */
export function meanWithError(values: Float64Array): MeanWithError {
  const { value, standardError } = meanOf(values)
  return { mean: value, standardError }
}
