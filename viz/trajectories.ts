import { arrangement } from './arrangement.js'
import type { TrajectoriesSpec } from './field-spec.js'
import { brief, thinned } from './figure.js'
import { pack } from './pack.js'
import type { RunRecord } from './run-record.js'
import { startUnit } from './start-unit.js'

const mostTrajectories = 12
/** Enough frames for a smooth trace, few enough numbers for a light page: 12 trajectories × 150 frames × 144 units. */
const mostFrames = 700
const fewestFrames = 60
const mostNumbers = 260_000

/**
 * The recorded trajectories as the page's script reads them, thinned in time to what a page can carry.
 * @param range the values that the film draws as paper and ink
 * @returns undefined when fewer than two times were recorded
 */
export function trajectoriesSpec(run: RunRecord, range: readonly [number, number]): TrajectoriesSpec | undefined {
  const { trajectories } = run
  if (!trajectories || trajectories.time.length < 2 || trajectories.count === 0) return undefined
  const { time, units, x } = trajectories
  const count = Math.min(mostTrajectories, trajectories.count)
  const frames = Math.max(fewestFrames, Math.min(mostFrames, Math.floor(mostNumbers / (count * units))))
  const kept = thinned([...time.keys()], frames)
  return {
    time: kept.map((frame) => brief(time[frame] as number)),
    count,
    units,
    ...arrangement(run, units),
    range: [brief(range[0]), brief(range[1])],
    unit: Math.min(units - 1, startUnit(run)),
    x: pack(count, kept.length * units, (row, column) => {
      const frame = kept[Math.floor(column / units)] as number
      return x[(row * time.length + frame) * units + (column % units)] as number
    }),
  }
}
