import type { Layout } from './geometry.js'
import type {
  ErrorBudget,
  Estimate,
  Hybrids,
  IterationLoss,
  Parameters,
  SliceDiagnosis,
  SliceLoss,
  Virial,
} from './learned-record.js'
import type { ObjectiveRecord } from './objective-record.js'
import type { EnsembleRecord, ObservedFormula } from './observed-record.js'
import type { PointSet } from './point-set.js'

/** One line of results.json's `metrics`, with the figures it is read beside. */
export interface Metric {
  name: string
  value: number | undefined
  standardError: number | undefined
  /** Real data in place of the samples. */
  floor: number | undefined
  /** The harmonic control: a Gaussian of the data's mean and covariance. */
  control: number | undefined
  /** Samples generated with the exact score in place of the learned force. */
  exactScore: number | undefined
  /** The same of the samples of each class. */
  byClass: ({ name: string } & Estimate)[]
}

/** One line of results.json's `checks`; a negative control passes when it is rejected. */
export interface Check {
  name: string
  kind: string
  value: number | undefined
  truth: number | undefined
  standardError: number | undefined
  tolerance: number | undefined
  z: number | undefined
  negativeControl: boolean
  /** null: it can't be told, for the reason given */
  pass: boolean | null
  reason: string
}

/** Mean and standard error of heat, work and the like; `note` says how, such as the boundary part of the entropy. */
export interface ThermodynamicMean {
  name: string
  mean: number | undefined
  standardError: number | undefined
  note: string
}

/** Mean heat to one of several baths, in kT of the first unit. */
export interface BathHeat {
  /** Its temperature, in the scenario's units of energy. */
  kT: number | undefined
  units: number[]
  mean: number | undefined
  standardError: number | undefined
}

/** A few trajectories: `x` is [count, time.length, units]. */
export interface Trajectories {
  time: number[]
  x: ArrayLike<number>
  count: number
  units: number
}

/** The plane of two units: trajectories at the times of a film and, where forces have a potential, that at some times. */
export interface Landscape {
  /** [frames] */
  time: number[]
  /** [count, time.length, 2] */
  cloud: ArrayLike<number>
  count: number
  map:
    | {
        /** Places along the first and the second unit. */
        x: number[]
        y: number[]
        /** [maps] */
        t: number[]
        /** Over kT, 0 at the lowest place, [t.length, y.length, x.length]. */
        potential: ArrayLike<number>
      }
    | undefined
}

/** Samples beside the training states nearest to them. */
export interface Extremes {
  samples: PointSet
  real: PointSet
  distance: number[]
}

/** A figure over all trajectories whose value is known exactly, such as ⟨exp(-ΔS)⟩ = 1. */
export interface Identity {
  name: string
  value: number | undefined
  standardError: number | undefined
  truth: number | undefined
}

/** The free-energy difference between the ends of a protocol, in kT; the warning is '' when there is none. */
export interface FreeEnergy {
  jarzynski: (Estimate & { effectiveSampleSize: number | undefined }) | undefined
  bennett: (Estimate & { overlap: number | undefined }) | undefined
  crooksFit: { slope: Estimate; freeEnergy: Estimate } | undefined
  /** where it is known */
  exact: number | undefined
  warning: string
}

/** Works of a protocol and of its reverse on common bins, in kT; NaN where a bin of either is empty. */
export interface CrooksHistogram {
  work: ArrayLike<number>
  /** P_F(W) and P_R(-W) at the same W; runs of before may hold neither */
  forward: ArrayLike<number> | undefined
  reverse: ArrayLike<number> | undefined
  /** ln[P_F(W)/P_R(-W)] */
  logRatio: ArrayLike<number>
  logRatioError: ArrayLike<number>
}

/** First-passage times; `mean` is absent when a run did not cross. */
export interface FirstPassage {
  unit: number
  to: number
  runs: number
  censored: number
  mean: number | undefined
  standardError: number | undefined
  restrictedMean: { mean: number | undefined; standardError: number | undefined } | undefined
  exponentialMean: { mean: number | undefined; standardError: number | undefined } | undefined
  kramers: number | undefined
  warning: string
}

/** The mean of a unit over time, with the time over which it forgets. */
export interface TimeAverage {
  unit: number
  mean: number | undefined
  standardError: number | undefined
  correlationTime: number | undefined
  converged: boolean
}

/** What the report takes from scenario.yaml. */
export interface ScenarioFacts {
  name: string
  about: string
  /** Rows and columns, when the visible units lie on a lattice. */
  lattice: readonly [number, number] | undefined
  /** What the visible units lie on, when they lie on anything. */
  geometry: (Layout & { torus: boolean }) | undefined
  /** True when the run learned from data, false for a plain simulation. */
  learns: boolean
  /** `mnist`, `gaussian-mixture`, … or '' without data. */
  dataSource: string
}

/** Images that samples were drawn given, [images, units] each, and their simpler restorations. */
interface Conditions {
  original: PointSet | undefined
  /** 1 where a unit is known, [units]; undefined for noised images */
  known: ArrayLike<number> | undefined
  /** Completed by the training datum nearest in the known units. */
  nearest: PointSet | undefined
  noised: PointSet | undefined
  /** The mean of the clean image given the noised one. */
  tweedie: PointSet | undefined
}

/** How a unit with a period went round. */
export interface Current {
  unit: number
  period: number
  drift: Estimate
  diffusion: Estimate
  windings: Estimate
}

/** What a generated sample costs: entropies in k_B, heat in kT. */
export interface Bill {
  duration: number
  optimum: number
  current: Estimate | undefined
  leastHeat: Estimate | undefined
  /** noisiest first; those of which all is known */
  knots: { t: number; elapsed: number; speed: number; rate: number; entropy: number }[]
}

/** Everything the report shows of one run. */
export interface RunRecord {
  /** manifest.json as it stands. */
  manifest: Record<string, unknown>
  /** scenario.yaml as it stands. */
  scenarioText: string
  /** Its leaves with their dotted paths. */
  settings: [string, string][]
  scenario: ScenarioFacts
  backend: string
  seed: number | undefined
  /** Seconds, by phase. */
  timings: Record<string, number>
  metrics: Metric[]
  checks: Check[]
  thermodynamics: ThermodynamicMean[]
  /** Coldest first; empty where there is one. */
  baths: BathHeat[]
  identities: Identity[]
  freeEnergy: FreeEnergy | undefined
  crooks: CrooksHistogram | undefined
  /** Least entropy production of any protocol of the same duration, in k_B, and the share of what was produced. */
  speedLimit: (Estimate & { efficiency: number | undefined }) | undefined
  bill: Bill | undefined
  objective: ObjectiveRecord | undefined
  /** What cannot be trusted, and what mends it. */
  warnings: string[]
  /** how it was done, where that is not as usual */
  notes: string[]
  firstPassage: FirstPassage | undefined
  /** Observables with formulas; empty without any. */
  observables: ObservedFormula[]
  ensemble: EnsembleRecord | undefined
  timeAverages: TimeAverage[]
  currents: Current[]
  errorBudget: ErrorBudget | undefined
  hybrids: Hybrids | undefined
  /** Summary of learning, such as heldOutLoss and the gap to the oracle. */
  learning: Record<string, number>
  slices: SliceLoss[]
  /** Noise times ascending; empty for runs of before. */
  diagnoses: SliceDiagnosis[]
  iterations: IterationLoss[]
  samples: PointSet | undefined
  denoised: PointSet | undefined
  /** The class of each sample, and of each held-out state that is shown; where label units were clamped. */
  classes: ArrayLike<number> | undefined
  heldOutClasses: ArrayLike<number> | undefined
  heldOut: PointSet | undefined
  control: PointSet | undefined
  exactScore: PointSet | undefined
  /** What samples were drawn given: sample n is of image ⌊n·images/samples⌋. */
  conditions: Conditions | undefined
  /** Exact equilibrium density of a one-unit simulation. */
  boltzmann: { x: ArrayLike<number>; density: ArrayLike<number> } | undefined
  /** Per trajectory, in kT: work, heat, entropyProduction. */
  energies: Record<string, ArrayLike<number>>
  trajectories: Trajectories | undefined
  /** Of two units in a plane; runs of before have none. */
  landscape: Landscape | undefined
  parameters: Parameters | undefined
  virial: Virial | undefined
  /** The samples that lie nearest to the training data, and those that lie farthest. */
  closest: Extremes | undefined
  farthest: Extremes | undefined
}
