/** Points in row-major order, [count, units]. */
export interface PointSet {
  points: ArrayLike<number>
  count: number
  units: number
}

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

/** The losses of the force at one knot; 1 predicts nothing, 0 knows the noise. */
export interface SliceLoss {
  slice: number
  t: number
  trainingLoss: number | undefined
  heldOutLoss: number | undefined
  oracleLoss: number | undefined
  oracleHeldOutLoss: number | undefined
}

/** A mean over the principal components `from` to `to`, counted from 1. */
export interface BandEstimate extends Estimate {
  from: number
  to: number
}

/** What was measured of the force of one knot when training was over; values and lists that are not known are absent or empty. */
export interface SliceDiagnosis {
  t: number
  noiseWidth: number | undefined
  /** Of the network and of the best force that is known without training, on the same noised states. */
  heldOutLoss: number | undefined
  posteriorLoss: number | undefined
  /** ⟨x ∂ log p⟩ + 1 */
  moments: BandEstimate[]
  /** Of generation, over the data's. */
  signalVariance: BandEstimate[]
}

/** The minibatch loss at one iteration of one slice. */
export interface IterationLoss {
  slice: number
  t: number
  iteration: number
  loss: number
}

/** A few trajectories: `x` is [count, time.length, units]. */
export interface Trajectories {
  time: number[]
  x: ArrayLike<number>
  count: number
  units: number
}

/** The parameters of one term at every knot, [knots, columns]; a column is a unit or an edge. */
export interface ParameterTerm {
  name: string
  on: 'unit' | 'edge'
  columns: number
  values: ArrayLike<number>
}

/** What hidden units learned, at every knot. */
export interface HiddenUnits {
  units: number
  /** The visible and the hidden unit of each coupling, [couplings, 2]. */
  edges: ArrayLike<number>
  /** [knots, couplings] */
  couplings: ArrayLike<number>
  /** [knots, units] */
  biases: ArrayLike<number>
}

/** What was learned: every term at every knot, noisiest first. */
export interface Parameters {
  /** Noise times. */
  knots: number[]
  units: number
  /** Unit pairs, [edges, 2]. */
  edges: ArrayLike<number>
  terms: ParameterTerm[]
  hidden: HiddenUnits | undefined
}

/** How far the learned force is from a fixed point of learning, at every knot, noisiest first; 0 is there. */
export interface Virial {
  t: number[]
  units: number
  /** -⟨G_i x_i⟩/kT - 1, [knots, units]. */
  onsite: ArrayLike<number>
  /** Root mean square over the edges of (⟨G_i x_j⟩ + ⟨G_j x_i⟩)/kT, [knots]. */
  pair: number[]
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

/** A figure with its standard error. */
export interface Estimate {
  value: number | undefined
  standardError: number | undefined
}

/** The free-energy difference between the ends of a protocol, in kT; the warning is '' when there is none. */
export interface FreeEnergy {
  jarzynski: (Estimate & { effectiveSampleSize: number | undefined }) | undefined
  bennett: (Estimate & { overlap: number | undefined }) | undefined
  crooksFit: { slope: Estimate; freeEnergy: Estimate } | undefined
  warning: string
}

/** Works of a protocol and of its reverse on common bins, in kT; NaN where a bin of either is empty. */
export interface CrooksHistogram {
  work: ArrayLike<number>
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

/** The parts of one figure's error, in the order in which they arise; they add up to the total. */
export interface BudgetLine {
  name: string
  /** The figure of the exact law. */
  truth: number | undefined
  parts: ({ name: string } & Estimate)[]
  total: Estimate
}

/** Where the errors of generation on a mixture come from, on raw samples at noise time t. */
export interface ErrorBudget {
  t: number | undefined
  trajectories: number | undefined
  lines: BudgetLine[]
}

/** Samples for which the posterior of the training data took the network's place: above or below noise time t, everywhere or nowhere. */
export interface Hybrid {
  posterior: string
  t: number | undefined
  oneNearestNeighbour: Estimate
  frechetDistance: Estimate
  nearestTraining: Estimate
}

/** Which slices lose quality, where data are points. */
export interface Hybrids {
  trajectories: number | undefined
  /** Of real data in place of samples. */
  floor: Omit<Hybrid, 'posterior' | 't'>
  hybrids: Hybrid[]
}

/** One way of doing it in the run of an objective; an arm that is expected to fail is a control. */
export interface Arm {
  name: string
  fails: boolean
  /** local, three-factor, or sampler */
  locality: string
  figures: Record<string, number>
  /** Evaluations of force and energy, work and heat in kT, of one repetition. */
  cost: Record<string, number>
}

/** A figure of an arm over the iterations, the mean over the repetitions. */
export interface ObjectiveCurve {
  arm: string
  figure: string
  iteration: number[]
  value: number[]
}

/** A density over one unit, [x.length], or two, [x.length, x.length]. */
export interface DrawnDensity {
  name: string
  units: 1 | 2
  x: ArrayLike<number>
  density: ArrayLike<number>
}

/** What the run of an objective did. */
interface ObjectiveRecord {
  kind: string
  arms: Arm[]
  curves: ObjectiveCurve[]
  densities: DrawnDensity[]
}

/** What the report takes from scenario.yaml. */
export interface ScenarioFacts {
  name: string
  about: string
  /** Rows and columns, when the visible units lie on a lattice. */
  lattice: readonly [number, number] | undefined
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
  identities: Identity[]
  freeEnergy: FreeEnergy | undefined
  crooks: CrooksHistogram | undefined
  /** Least entropy production of any protocol of the same duration, in k_B, and the share of what was produced. */
  speedLimit: (Estimate & { efficiency: number | undefined }) | undefined
  objective: ObjectiveRecord | undefined
  /** What cannot be trusted, and what mends it. */
  warnings: string[]
  /** how it was done, where that is not as usual */
  notes: string[]
  firstPassage: FirstPassage | undefined
  timeAverages: TimeAverage[]
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
  parameters: Parameters | undefined
  virial: Virial | undefined
  /** The samples that lie nearest to the training data, and those that lie farthest. */
  closest: Extremes | undefined
  farthest: Extremes | undefined
}
