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
  pass: boolean
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

/** Everything the report shows of one run. */
export interface RunRecord {
  /** manifest.json as it stands. */
  manifest: Record<string, unknown>
  /** scenario.yaml as it stands. */
  scenarioText: string
  scenario: ScenarioFacts
  backend: string
  seed: number | undefined
  /** Seconds, by phase. */
  timings: Record<string, number>
  metrics: Metric[]
  checks: Check[]
  thermodynamics: ThermodynamicMean[]
  /** Summary of learning, such as heldOutLoss and the gap to the oracle. */
  learning: Record<string, number>
  slices: SliceLoss[]
  iterations: IterationLoss[]
  samples: PointSet | undefined
  denoised: PointSet | undefined
  heldOut: PointSet | undefined
  control: PointSet | undefined
  exactScore: PointSet | undefined
  /** Exact equilibrium density of a one-unit simulation. */
  boltzmann: { x: ArrayLike<number>; density: ArrayLike<number> } | undefined
  /** Per trajectory, in kT: work, heat, entropyProduction. */
  energies: Record<string, ArrayLike<number>>
  trajectories: Trajectories | undefined
}
