import { formatEstimate } from '../format.js'

/** A point of a sweep, as sweep.json has it; what a run of elsewhere says of itself is not trusted. */
export interface RecordedPoint {
  readonly name: string
  /** what the keys of the grid are here, by their paths */
  readonly values: Readonly<Record<string, unknown>>
  /** of its run, relative to the page */
  readonly directory: string
  readonly status: 'pending' | 'finished' | 'failed'
  readonly failedChecks?: unknown
  readonly error?: unknown
}

/** What the page shows of sweep.json. */
export interface RecordedSweep {
  readonly scenario: string
  readonly grid: readonly { readonly path: string; readonly values: readonly unknown[] }[]
  readonly shard: { readonly part: number; readonly of: number } | null
  readonly points: readonly RecordedPoint[]
}

/** sweep.csv: a row for each point, in their order, with every number of its results.json by its path there. */
export interface SweepTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

/** A mean and its standard error, where it has one. */
export interface Measured {
  readonly value: number
  readonly error: number | undefined
}

/** A mean with its error as text. */
export function measuredText({ value, error }: Measured): string {
  return error === undefined ? formatEstimate(value, 0) : formatEstimate(value, error)
}
