import type { Estimate } from './learned-record.js'

/** A function of the time, or of something else, with its standard errors; NaN where one is not known. */
export interface Curve {
  x: ArrayLike<number>
  value: ArrayLike<number>
  standardError: ArrayLike<number>
}

/** An observable with a formula, as the run measured it. */
export interface ObservedFormula {
  name: string
  formula: string
  /** units or pairs, and how many */
  of: string
  count: number
  reduce: string
  /** The mean over time begins here. */
  from: number | undefined
  times: number | undefined
  mean: Estimate
  final: Estimate
  /** Mean over trajectories at each recorded time. */
  curve: Curve | undefined
  /** Over the lag; `with` is the observable at the later time. */
  correlation: (Curve & { with: string }) | undefined
  /** Density in bins between edges [bins + 1], and how many values lay where. */
  histogram: { edges: number[]; density: Curve; below: number; within: number; above: number } | undefined
}

/** What the ensemble of a plain simulation does in time. */
export interface EnsembleRecord {
  time: number[]
  /** Numbers of the units that are followed. */
  unit: number[]
  /** [time.length, unit.length] */
  mean: ArrayLike<number>
  variance: ArrayLike<number>
  /** In kT. */
  work: Curve | undefined
  heat: Curve | undefined
  temperature: ArrayLike<number> | undefined
  /** Parameters that follow a schedule: which of the term's, and values [time.length, index.length]. */
  schedules: { name: string; index: number[]; values: ArrayLike<number> }[]
}
