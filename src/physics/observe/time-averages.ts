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

/** Evenly spaced frames: the last one may follow sooner. The start is left out, being the protocol's and not the dynamics'. */
function evenFrames({ time, frames }: RecordedTrajectories): { first: number; count: number; spacing: number } {
  const spacing = Math.abs(time[2]! - time[1]!)
  const even = Math.abs(Math.abs(time[frames - 1]! - time[frames - 2]!) - spacing) <= 1e-9 * spacing
  return { first: 1, count: frames - 1 - (even ? 0 : 1), spacing }
}

/** One unit's series in all recorded trajectories, [recorded, count]. */
function seriesOf(
  { x, recorded, frames }: RecordedTrajectories,
  units: number,
  unit: number,
  first: number,
  count: number,
) {
  const out = new Float64Array(recorded * count)
  for (let n = 0; n < recorded; n++)
    for (let f = 0; f < count; f++) out[n * count + f] = x[(n * frames + first + f) * units + unit]!
  return out
}

/**
 * Means over time of every unit of a stationary process, with errors that know of the correlations.
 *
 * @param recorded - at least `fewestFrames` frames of each trajectory
 *
 * Cost: O(recorded·frames·units).
 */
export function timeAverages(recorded: RecordedTrajectories, units: number): TimeAverage[] {
  const { first, count, spacing } = evenFrames(recorded)
  return Array.from({ length: units }, (_, unit) => {
    const series = seriesOf(recorded, units, unit, first, count)
    const runs: BlockedMean[] = Array.from({ length: recorded.recorded }, (__, n) =>
      blockedMean(series.subarray(n * count, (n + 1) * count)),
    )
    const over = (of: (run: BlockedMean) => number) => runs.reduce((sum, run) => sum + of(run), 0) / runs.length
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
  const { first, count, spacing } = evenFrames(recorded)
  const lags = Math.floor(count * longestLag)
  return {
    lag: Float64Array.from({ length: lags + 1 }, (_, t) => t * spacing),
    of: Array.from({ length: units }, (_, unit) =>
      autocovarianceOfRuns(seriesOf(recorded, units, unit, first, count), recorded.recorded, lags),
    ),
  }
}
