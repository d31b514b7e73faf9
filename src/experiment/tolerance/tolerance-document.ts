import type { Tolerance } from './threshold.js'

/** tolerance.json: what a device must hold for a stated quality. */
export interface ToleranceDocument {
  /** what marks the file */
  readonly format: 'overdamped-tolerance'
  /** of its layout */
  readonly version: 1
  /** name of the scenario */
  readonly scenario: string
  /** seeds of the runs, in the order of all values */
  readonly seeds: readonly number[]
  /** what quality is judged by; it is lost where one of them says so */
  readonly metrics: readonly JudgedBy[]
  /** those tried */
  readonly imperfections: readonly Tried[]
  /** those that say nothing of this scenario, and why */
  readonly without: readonly { readonly name: string; readonly why: string }[]
  /** all of them at once, at a part of their tolerable sizes; null where that was not asked for */
  readonly budget: Budget | null
}

/** A figure that quality is judged by. */
export interface JudgedBy {
  /** its path in results.json */
  readonly path: string
  /** whether the quality is worse where the figure is more, or less */
  readonly worse: 'more' | 'less'
  /** loss of quality that counts, in units of the figure: of the mean, against the ideal at the same seed */
  readonly lost: number
  /** without imperfections */
  readonly ideal: Quality
}

/** A mean over seeds and its standard error, from their spread; null with one seed. */
export interface Estimate {
  readonly value: number
  readonly standardError: number | null
}

/** The quality of some runs. */
export interface Quality {
  /** mean over the seeds whose runs have not failed; null where all have */
  readonly quality: Estimate | null
  /** of each seed; null where the run failed */
  readonly values: readonly (number | null)[]
}

/** A quality, and what is lost of it. */
export interface Lossy extends Quality {
  /** mean over seeds of the difference to the ideal at the same seed, above 0 where quality is lost; null where a seed has failed */
  readonly loss: Estimate | null
}

/** An imperfection over its sizes. */
export interface Tried {
  readonly name: string
  /** the key, dotted, below `hardware` */
  readonly path: string
  /** in words */
  readonly about: string
  /** of the sizes; '' for a plain number */
  readonly unit: string
  /** which sizes are worse */
  readonly worse: 'more' | 'less'
  /** how the sizes are spaced */
  readonly scale: 'log' | 'linear'
  /** one for each metric */
  readonly curves: readonly Curve[]
  /** the strictest of the curves' tolerances; null where no size has finished at all seeds */
  readonly tolerance: Tolerance | null
  /** path of the metric whose curve that is; null where it is nobody's: where nothing was lost, or nothing is known */
  readonly decidedBy: string | null
  /** the command that gives these curves by themselves */
  readonly command: string
}

/** One metric over the sizes of an imperfection. */
export interface Curve {
  /** from the mildest to the worst; one at which a seed has failed is not part of the curve */
  readonly sizes: readonly (Lossy & { readonly size: number })[]
  /** null where no size has finished at all seeds */
  readonly tolerance: Tolerance | null
}

/** All imperfections at once. */
export interface Budget {
  /** of each one's tolerable size */
  readonly part: number
  /** the device: what --set hardware=… takes */
  readonly hardware: object
  /** those that take part at a part of the last size tried, because the quality was not lost there, or of the first because it was */
  readonly atEnds: readonly string[]
  /** what it does, by each metric */
  readonly found: readonly Lossy[]
}
