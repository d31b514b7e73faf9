import { join } from 'node:path'
import { betweenPieces, type Hooks } from '../../backend/hooks.js'
import { OverdampedError, usageError } from '../../errors.js'
import type { Shard } from '../executor/shard.js'
import { sha256 } from '../files/checksum.js'
import { files, readJson } from '../record/directory.js'
import { scenarioHash } from '../record/manifest.js'
import { hasRemains, inspectDirectory } from '../record/resume.js'
import type { Results } from '../run/results.js'
import { type LoadOptions, openScenario } from '../scenario/load.js'
import type { Scenario, ScenarioInput } from '../scenario/schema.js'
import { failedChecks } from './point.js'
import type { SweepDocument, SweepPoint } from './sweep-document.js'
import { type GridPoint, gridOf, gridPoints, pathsOf, type SweepAxis, type SweepPairs } from './sweep-grid.js'

/** What to sweep, over what, and where to. */
export interface SweepScope extends LoadOptions {
  /** the scenario, as `loadScenario` takes it, or what such a file could hold; the changes to it are shared by all points */
  readonly scenario: string | ScenarioInput
  /** the grid is their product */
  readonly axes: readonly (SweepAxis | SweepPairs)[]
  /** all of the grid when absent */
  readonly shard?: Shard | null | undefined
  /** where the runs go, each to the directory of its point */
  readonly directory: string
}

/** A sweep before it runs: every point of it is valid. */
export interface SweepPlan {
  /** those of the shard */
  readonly points: readonly GridPoint[]
  /** what sweep.json says at first: points that are there and finished are known */
  readonly document: SweepDocument
  /** the scenario of a point, made when it is wanted: thousands of them would fill the memory */
  scenarioAt(point: GridPoint): Promise<Scenario>
  /** the settings of a point, as `--set` takes them */
  settingsAt(point: GridPoint): string[]
}

/**
 * Makes sure that a scenario is valid at every point of a grid, and looks which of them are finished in the directory. Nothing is written.
 *
 * @throws as `loadScenario` does, where a swept value is at fault with its --over; StoppedError when `signal` aborted
 *
 * Cost: about a millisecond a point, and as much again for one that is finished.
 */
export async function planSweep(options: SweepScope & Pick<Hooks, 'signal'>): Promise<SweepPlan> {
  const { axes, directory, shard = null, profile, seed, set = [], signal } = options
  const paths = pathsOf(axes)
  if (seed !== undefined && paths.includes('seed')) throw usageError('seed is swept over. Leave --seed away.', '--seed')
  const written = await openScenario(options.scenario)
  // JSON is YAML.
  const settingsAt = ({ values }: GridPoint) => [
    ...set,
    ...paths.map((path, n) => `${path}=${JSON.stringify(values[n])}`),
  ]
  const scenarioAt = async (point: GridPoint) => {
    try {
      return await written.changed({ profile, seed, set: settingsAt(point) })
    } catch (error) {
      if (error instanceof OverdampedError)
        for (const path of paths) error.message = error.message.replaceAll(`--set ${path}=`, `--over ${path}=`)
      throw error
    }
  }
  const points = gridPoints(axes, shard)
  const states: SweepPoint[] = []
  // The first point of the whole grid says what all shards of it have in common, also of one without points.
  const corner = await scenarioAt(gridPoints(axes, null)[0]!)
  for (const [done, point] of points.entries()) {
    await betweenPieces({ signal }, { phase: 'measure', done, total: points.length })
    const scenario = await scenarioAt(point)
    const found = finishedResults(join(directory, point.name), scenario)
    states.push({
      name: point.name,
      values: Object.fromEntries(paths.map((path, n) => [path, point.values[n]])),
      directory: point.name,
      ...(found === null ? { status: 'pending' } : { status: 'finished', failedChecks: failedChecks(found) }),
    })
  }
  const document = {
    ...({ format: 'overdamped-sweep', version: 1 } as const),
    scenario: corner.name,
    of: sha256(JSON.stringify([scenarioHash(corner), axes])),
    grid: gridOf(axes),
    shard,
    points: states,
  }
  return { points, document, scenarioAt, settingsAt }
}

/** The results of a point whose run is there and done, and needs no tidying; whatever else is there, the run itself will say. */
function finishedResults(directory: string, scenario: Scenario): Results | null {
  try {
    if (inspectDirectory(directory, true, scenario) !== 'finished' || hasRemains(directory)) return null
    return readJson(directory, files.results) as Results
  } catch (error) {
    if (error instanceof OverdampedError) return null
    throw error
  }
}
