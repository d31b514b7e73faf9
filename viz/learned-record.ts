/** A figure with its standard error. */
export interface Estimate {
  value: number | undefined
  standardError: number | undefined
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
  /** Of the one over the other. */
  posteriorRatio: Estimate
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
