import type { ClassShare } from '../../learning/evaluation/digits.js'
import type { LearningSummary } from '../../learning/training/losses.js'
import type { Check } from '../../physics/observe/check.js'
import type { Estimate } from '../../physics/observe/estimate.js'
import type { SpeedLimit } from '../../physics/observe/speed-limit.js'
import type { TimeAverage } from '../../physics/observe/time-averages.js'
import type { Steps } from '../files/steps.js'
import type { Bill } from '../measurement/bill.js'
import type { Current } from '../measurement/currents.js'
import type { BudgetOfMeasure, ErrorBudget } from '../measurement/error-budget.js'
import type { FirstPassageResults } from '../measurement/first-passage.js'
import type { FreeEnergyResults } from '../measurement/free-energy.js'
import type { Metric } from '../measurement/measure.js'
import type { ObservableFigures } from '../measurement/observables.js'
import type { PosteriorHybrids } from '../measurement/posterior-hybrids.js'
import type { SliceResults } from '../measurement/slices.js'
import type { Identity, MeanBathHeat, Thermodynamics } from '../measurement/thermodynamics.js'
import type { RelaxationResults } from '../sampling/relax.js'
import type { ObjectiveSettings } from '../scenario/objective.js'
import type { Scenario } from '../scenario/schema.js'
import type { DataColumn } from '../study/columns.js'
import type { Arm } from '../study/study.js'

/** Mean over trajectories of a thermodynamic quantity, as results.json has it. */
export interface MeanWithError {
  /** over trajectories, repetitions or samples, in the unit of what is averaged */
  readonly mean: number
  /** of the mean, in the same unit; NaN (null in JSON) where it is not known */
  readonly standardError: number
}

/** A record with every estimate in it written as a mean. */
type Means<T> = { readonly [K in keyof T]: Mean<T[K]> }
type Mean<V> = V extends Estimate ? Omit<V, keyof Estimate> & MeanWithError : V

/** How the trajectories of either direction were relaxed. */
export interface RelaxationsOfRun {
  readonly forward?: RelaxationResults
  readonly reverse?: RelaxationResults
}

/** What both kinds of runs find, in the engine's terms and in those of results.json. */
interface Common {
  /** of samples beside data, by their names */
  readonly metrics: Readonly<Record<string, Metric>>
  /** of digits: each class's share of the samples, beside its share of the training data */
  readonly classShares?: readonly ClassShare[]
  /** comparisons with exact truths */
  readonly checks: readonly Check[]
  /** of work, heat and entropy production, where they were measured */
  readonly identities: readonly Identity[]
  /** the least entropy production of any protocol of the same duration between the same states, from Gaussian fits */
  readonly speedLimit?: SpeedLimit
  /** of a trained network's generation, with observe: entropy-production: what it costs beside the least of all clocks */
  readonly bill?: Bill
  /** of each unit over the recorded trajectories, at most 16 units; all of them stand in autocorrelation.npz */
  readonly timeAverages?: readonly TimeAverage[]
  /** those with formulas, in the order of the scenario */
  readonly observables?: readonly ObservableFigures[]
  /** losses of a run that learned */
  readonly learning?: LearningSummary
  /** of each knot, noisiest first */
  readonly slices?: readonly SliceResults[]
  /** of data that are points, with observe: error-budget */
  readonly hybrids?: PosteriorHybrids
  /** of a scenario with an objective: what it did, arm by arm */
  readonly objective?: {
    readonly kind: ObjectiveSettings['kind']
    readonly arms: readonly Arm[]
    /** of a table, or of a law that is like one */
    readonly columns?: readonly DataColumn[]
  }
  /** time steps of the trajectories; of an objective none, its arms have their own */
  readonly steps?: Steps
  /** of a start that was relaxed to */
  readonly relaxation?: RelaxationsOfRun
  /** how it was done, where that is not as usual */
  readonly notes?: readonly string[]
  /** what cannot be trusted, and what mends it */
  readonly warnings?: readonly string[]
}

/** What a run found, in the engine's terms. */
export interface Findings extends Common {
  /** means over trajectories, in kT */
  readonly thermodynamics: Thermodynamics
  readonly freeEnergy?: FreeEnergyResults
  /** of the crossing that the scenario observes */
  readonly firstPassage?: FirstPassageResults
  readonly currents?: readonly Current[]
  readonly errorBudget?: ErrorBudget
}

/** results.json. Energies in units of kT, entropies in units of k_B. */
export interface Results extends Common {
  /** name of the scenario */
  readonly scenario: string
  /** seed of all its random numbers */
  readonly seed: number
  /** the backend that computed */
  readonly backend: string
  /** seconds */
  readonly timings: { readonly train: number; readonly sample: number; readonly total: number }
  /** means over trajectories of work, heat and what follows from them, in kT */
  readonly thermodynamics: Means<Omit<Thermodynamics, 'baths'>> & { readonly baths?: readonly Means<MeanBathHeat>[] }
  /** of a driven simulation that starts in equilibrium */
  readonly freeEnergy?: Omit<FreeEnergyResults, 'reverseWork'> & { readonly reverseWork?: MeanWithError }
  /** of the crossing that the scenario observes, in units of time */
  readonly firstPassage?: Omit<Means<FirstPassageResults>, 'mean'> & {
    /** null when a run is censored: no average of the others is the mean */
    readonly mean: number | null
    readonly standardError: number | null
  }
  /** of each unit with a period, at most 64: how it went round in the whole run */
  readonly currents?: readonly Means<Current>[]
  /** of a mixture, with observe: error-budget */
  readonly errorBudget?: Omit<ErrorBudget, 'measures'> & { readonly measures: readonly Means<BudgetOfMeasure>[] }
}

/** The contents of results.json: where an estimate's value is called a mean, and nowhere else. */
export function resultsOf(
  { name, seed }: Scenario,
  backend: string,
  timings: Results['timings'],
  {
    metrics,
    checks,
    thermodynamics,
    identities,
    freeEnergy,
    speedLimit,
    firstPassage,
    currents,
    errorBudget,
    ...rest
  }: Findings,
): Results {
  return {
    ...{ scenario: name, seed, backend, timings, metrics, checks },
    thermodynamics: thermodynamicsOf(thermodynamics),
    identities,
    ...present({
      freeEnergy: freeEnergy && freeEnergyOf(freeEnergy),
      speedLimit,
      firstPassage: firstPassage && firstPassageOf(firstPassage),
      currents: currents?.map(means),
    }),
    ...rest,
    ...present({ errorBudget: errorBudget && { ...errorBudget, measures: errorBudget.measures.map(means) } }),
  }
}

/** A record without the entries that there is nothing of. */
export function present<T extends object>(record: T): { readonly [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}

function mean<E extends Estimate>({ value, ...rest }: E) {
  return { mean: value, ...rest }
}

function means<T extends object>(record: T): Means<T> {
  const entries = Object.entries(record).map(([name, value]) => [name, isEstimate(value) ? mean(value) : value])
  return Object.fromEntries(entries)
}

function isEstimate(value: unknown): value is Estimate {
  return typeof value === 'object' && value !== null && 'value' in value && 'standardError' in value
}

function thermodynamicsOf({ baths, ...averages }: Thermodynamics): Results['thermodynamics'] {
  return { ...means(averages), ...present({ baths: baths?.map(means) }) }
}

function freeEnergyOf({ reverseWork, warning, ...estimates }: FreeEnergyResults): NonNullable<Results['freeEnergy']> {
  return { ...estimates, ...present({ reverseWork: reverseWork && mean(reverseWork) }), warning }
}

function firstPassageOf(found: FirstPassageResults): NonNullable<Results['firstPassage']> {
  const { unit, to, runs, censored, mean, ...rest } = found
  const { value, standardError } = mean ?? { value: null, standardError: null }
  return { unit, to, runs, censored, mean: value, standardError, ...means(rest) }
}
