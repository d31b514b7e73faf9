import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Hooks } from '../../backend/hooks.js'
import type { BackendRequest } from '../../backend/node/open.js'
import { OverdampedError, StoppedError, usageError } from '../../errors.js'
import { callingThread, type Executor } from '../executor/executor.js'
import { errorOf } from '../executor/messages.js'
import type { Shard } from '../executor/shard.js'
import { claimed } from '../record/claim.js'
import { files, readJson } from '../record/directory.js'
import type { Provenance } from '../record/manifest.js'
import { hasRemains, inspectDirectory } from '../record/resume.js'
import type { Results } from '../run/results.js'
import { type LoadOptions, loadScenario, parseScenario } from '../scenario/load.js'
import { requirePlain } from '../scenario/plain.js'
import type { Scenario, ScenarioInput } from '../scenario/schema.js'
import { point } from './point.js'
import {
  isOfSweep,
  requireSweepDirectory,
  type SweepDocument,
  type SweepPoint,
  sweepFile,
  writeSweep,
  writeSweepTable,
} from './sweep-document.js'
import { type GridPoint, gridPoints, type SweepAxis } from './sweep-grid.js'

/** What to sweep, over what, and where to. */
export interface SweepOptions extends Hooks, BackendRequest, LoadOptions {
  /** the scenario, as `loadScenario` takes it, or what such a file could hold; the changes to it are shared by all points */
  readonly scenario: string | ScenarioInput
  /** the grid is their product */
  readonly axes: readonly SweepAxis[]
  /** all of the grid when absent */
  readonly shard?: Shard | null | undefined
  /** where the runs go, each to the directory of its point */
  readonly directory: string
  /** of each run, see there */
  readonly checkpointInterval?: number | undefined
  /** called before a point runs, with its place among this shard's */
  readonly onPoint?: ((point: GridPoint, place: number, count: number) => void) | undefined
  /** called when a point is done; `error` says why it failed. A point that was finished before has no call. */
  readonly onResult?: ((directory: string, outcome: Outcome) => void) | undefined
  /**
   * carries out the points; the calling thread when absent, which gives each all threads. One that does several at a time divides
   * them among these, with the same results; their progress and notes come mixed
   */
  readonly executor?: Executor | undefined
  /** what the manifests say of their runs, given the settings of a point as `--set` takes them, and its directory */
  readonly provenance?: ((settings: readonly string[], directory: string) => Partial<Provenance>) | undefined
}

/**
 * Runs a scenario at every point of a grid, one after the other unless `executor` does several at a time. Points that are
 * finished in `directory` are left alone, unfinished ones continue; one that fails is recorded and the sweep goes on. sweep.json
 * is written before the first run and after each, sweep.csv at the end, for the points that are finished by then.
 *
 *     await sweep({ scenario: 'my.yaml', axes: [{ path: 'bath.kT', values: [0.5, 1, 2] }], directory: 'runs/temperatures' })
 *
 * @returns the contents of sweep.json
 * @throws OverdampedError for a scenario or a value that is not valid, before anything runs; E_OUTPUT_NOT_EMPTY when
 *   `directory` holds files and no sweep; StoppedError when `signal` stopped it
 *
 * Cost: that of the runs.
 */
export async function sweep(options: SweepOptions): Promise<SweepDocument> {
  const { axes, directory, shard = null } = options
  const points = gridPoints(axes, shard)
  const scenarios: Scenario[] = []
  for (const point of points) scenarios.push(await scenarioAt(options, point))
  const { name: scenario } = scenarios[0] ?? (await given(options.scenario))
  requireSweepDirectory(directory)
  const { onNote, signal } = options
  const work = () => sweepInto(options, { scenario, points, scenarios })
  return claimed(directory, sweepFile(shard, 'lock'), work, { onNote, signal, owns: isOfSweep(shard) })
}

/** What a sweep runs: `scenarios` are those of its points. */
interface Grid {
  readonly scenario: string
  readonly points: readonly GridPoint[]
  readonly scenarios: readonly Scenario[]
}

async function sweepInto(options: SweepOptions, { scenario, points, scenarios }: Grid): Promise<SweepDocument> {
  const { axes, directory, shard = null } = options
  const states = points.map((point, index): SweepPoint => {
    const found = finishedResults(join(directory, point.name), scenarios[index]!)
    const values = Object.fromEntries(axes.map(({ path }, axis) => [path, point.values[axis]]))
    return {
      name: point.name,
      values,
      directory: point.name,
      ...(found === null ? { status: 'pending' } : done(found)),
    }
  })
  const document = (): SweepDocument => ({
    format: 'overdamped-sweep',
    version: 1,
    scenario,
    grid: axes,
    shard,
    points: states,
  })
  writeSweep(directory, document())
  await runPoints(options, { points, scenarios }, states, (index, outcome) => {
    states[index] = { ...states[index]!, ...('results' in outcome ? done(outcome.results) : failed(outcome.error)) }
    writeSweep(directory, document())
    options.onResult?.(join(directory, points[index]!.name), outcome)
  })
  writeSweepTable(directory, document())
  return document()
}

/** What became of a point. */
type Outcome = { readonly results: Results } | { readonly error: unknown }

/** Runs the points that are not finished. `onOutcome` hears what became of each, by its place among `points`. */
async function runPoints(
  options: SweepOptions,
  { points, scenarios }: Pick<Grid, 'points' | 'scenarios'>,
  states: readonly SweepPoint[],
  onOutcome: (index: number, outcome: Outcome) => void,
): Promise<void> {
  const { directory, backend, executor = callingThread, onPoint, onProgress, onNote, provenance, signal } = options
  const threads =
    executor.atATime === 1
      ? options.threads
      : Math.max(1, Math.floor((options.threads ?? availableParallelism()) / executor.atATime))
  const open = points.flatMap((point, index) => (states[index]!.status === 'finished' ? [] : [{ point, index }]))
  const jobs = open.map(({ point, index }) => ({
    ...{ scenario: scenarios[index]!, seed: scenarios[index]!.seed, index: point.index, backend, threads },
    checkpointInterval: options.checkpointInterval,
    directory: join(directory, point.name),
    provenance: provenance?.(settingsAt(options, point), join(directory, point.name)) ?? {},
  }))
  try {
    await executor.map(point, jobs, {
      signal,
      onStart: (place) => onPoint?.(open[place]!.point, open[place]!.index, points.length),
      onProgress: (_, __, detail) => detail === undefined || onProgress?.(detail),
      onNote: (_, line) => onNote?.(line),
      onResult: (place, output) =>
        onOutcome(open[place]!.index, 'results' in output ? output : { error: errorOf(output.failure) }),
    })
  } catch (error) {
    // Between two points nobody else knows where the sweep goes on.
    throw error instanceof StoppedError && error.directory === null ? new StoppedError(directory) : error
  }
}

function failed(error: unknown): Pick<SweepPoint, 'status' | 'error'> {
  return { status: 'failed', error: error instanceof Error ? error.message : String(error) }
}

function done({ checks }: Results): Pick<SweepPoint, 'status' | 'failedChecks'> {
  return { status: 'finished', failedChecks: checks.filter(({ pass }) => pass === false).map(({ name }) => name) }
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

/** The settings of a point, as `--set` takes them: JSON is YAML. */
function settingsAt({ set = [], axes }: SweepOptions, { values }: GridPoint): string[] {
  return [...set, ...axes.map(({ path }, axis) => `${path}=${JSON.stringify(values[axis])}`)]
}

/** A scenario by its file, or as an object: JSON is YAML. */
async function given(scenario: string | ScenarioInput, changes?: LoadOptions): Promise<Scenario> {
  if (typeof scenario === 'string') return loadScenario(scenario, changes)
  requirePlain(scenario)
  return parseScenario(JSON.stringify(scenario), scenario.name, changes)
}

/** The scenario of a point. @throws as loadScenario does; where a swept value is at fault, the place is its --over */
async function scenarioAt(options: SweepOptions, point: GridPoint): Promise<Scenario> {
  const { scenario, profile, seed, axes } = options
  if (seed !== undefined && axes.some(({ path }) => path === 'seed'))
    throw usageError('seed is swept over. Leave --seed away.', '--seed')
  try {
    return await given(scenario, { profile, seed, set: settingsAt(options, point) })
  } catch (error) {
    if (error instanceof OverdampedError)
      for (const { path } of axes) error.message = error.message.replaceAll(`--set ${path}=`, `--over ${path}=`)
    throw error
  }
}
