import { type Autocovariance, autocovarianceOfRuns } from './autocorrelation.js'
import { type BlockedMean, blockedMean } from './blocking.js'
import type { RecordedTrajectories } from './trajectories.js'

/** What recorded trajectories say of one unit in time. */
export interface TimeAverage {
  readonly unit: number
  /** mean over time and trajectories; its error by blocking, combined over the trajectories */
  readonly mean: number
  readonly standardError: number
  /** integrated autocorrelation time, in the protocol's time, and whether trajectories are long against it */
  readonly correlationTime: number
  readonly converged: boolean
}

/** Frames below which nothing is said of correlations: blocking wants 16 values beside the ends. */
export const fewestFrames = 18

/** Lags are followed up to this share of a trajectory. */
const longestLag = 1 / 4

/**
 * The series of each unit in all recorded trajectories, [recorded, count], at even spacing: the last frame may follow sooner, and
 * the start is left out, being the protocol's and not the dynamics'.
 */
function evenSeries({ x, time, recorded, frames }: RecordedTrajectories, units: number) {
  const spacing = Math.abs(time[2]! - time[1]!)
  const even = Math.abs(Math.abs(time[frames - 1]! - time[frames - 2]!) - spacing) <= 1e-9 * spacing
  const count = frames - 1 - (even ? 0 : 1)
  const series = Array.from({ length: units }, (_, unit) => {
    const out = new Float64Array(recorded * count)
    for (let n = 0; n < recorded; n++)
      for (let f = 0; f < count; f++) out[n * count + f] = x[(n * frames + 1 + f) * units + unit]!
    return out
  })
  return { spacing, count, series }
}

/**
 * Means over time of every unit of a stationary process, with errors that know of the correlations.
 *
 * @param recorded - at least `fewestFrames` frames of each trajectory
 *
 * Cost: O(recorded·frames·units).
 */
export function timeAverages(recorded: RecordedTrajectories, units: number): TimeAverage[] {
  const { count, spacing, series } = evenSeries(recorded, units)
  return series.map((of, unit) => {
    const runs = Array.from({ length: recorded.recorded }, (_, n) =>
      blockedMean(of.subarray(n * count, (n + 1) * count)),
    )
    const over = (what: (run: BlockedMean) => number) => runs.reduce((sum, run) => sum + what(run), 0) / runs.length
    return {
      unit,
      mean: over(({ value }) => value),
      standardError: Math.sqrt(over(({ standardError }) => standardError ** 2) / runs.length),
      correlationTime: spacing * over(({ correlationTime }) => correlationTime),
      converged: runs.every(({ converged }) => converged),
    }
  })
}

/**
 * Autocovariances of every unit over the recorded trajectories, with errors from their spread.
 *
 * @param recorded - at least two trajectories
 * @returns times of the lags, [lags + 1], and for each unit its values and errors
 *
 * Cost: O(recorded·frames·lags·units).
 */
export function autocovariances(
  recorded: RecordedTrajectories,
  units: number,
): { lag: Float64Array; of: Autocovariance[] } {
  const { count, spacing, series } = evenSeries(recorded, units)
  const lags = Math.floor(count * longestLag)
  return {
    lag: Float64Array.from({ length: lags + 1 }, (_, t) => t * spacing),
    of: series.map((runs) => autocovarianceOfRuns(runs, recorded.recorded, lags)),
  }
}
