import { join } from 'node:path'
import type { Hooks } from '../../backend/hooks.js'
import type { BackendRequest } from '../../backend/node/open.js'
import { keepPools } from '../../backend/node/pools.js'
import { StoppedError } from '../../errors.js'
import { callingThread, type Executor } from '../executor/executor.js'
import { errorOf } from '../executor/messages.js'
import { threadsOfEach } from '../executor/share.js'
import { claimed } from '../record/claim.js'
import type { Provenance } from '../record/manifest.js'
import { planSweep, type SweepPlan, type SweepScope } from './plan.js'
import { point } from './point.js'
import {
  isOfSweep,
  requireSweepDirectory,
  type SweepDocument,
  type SweepPoint,
  sweepFile,
  writeSweep,
} from './sweep-document.js'
import type { GridPoint } from './sweep-grid.js'
import { writeSweepTable } from './sweep-table.js'

/** What to sweep, and how it runs. */
export interface SweepOptions extends Hooks, BackendRequest, SweepScope {
  /** of each run, see there */
  readonly checkpointInterval?: number | undefined
  /** called before a point runs, with its place among this shard's */
  readonly onPoint?: ((point: GridPoint, place: number, count: number) => void) | undefined
  /** called when a point is done, with its run directory; `error` says why it failed. A point that was finished before has no call. */
  readonly onResult?: ((directory: string, outcome: Outcome) => void) | undefined
  /**
   * carries out the points; the calling thread when absent, which gives each all threads. One that does several at a time divides
   * them among these, one that is elsewhere has its own, with the same results; their progress and notes come mixed
   */
  readonly executor?: Executor | undefined
  /** what the manifests say of their runs, given the settings of a point as `--set` takes them, and its directory */
  readonly provenance?: ((settings: readonly string[], directory: string) => Partial<Provenance>) | undefined
}

/**
 * Runs a scenario at every point of a grid, one after the other unless `executor` does several at a time. Points that are
 * finished in `directory` are left alone, unfinished ones continue; one that fails is recorded and the sweep goes on. sweep.json
 * is written before the first run, every few seconds, and when the sweep ends or is stopped; sweep.csv at the end, for the points that
 * are finished by then.
 *
 *     await sweep({ scenario: 'my.yaml', axes: [{ path: 'bath.kT', values: [0.5, 1, 2] }], directory: 'runs/temperatures' })
 *
 * @returns the contents of sweep.json
 * @throws OverdampedError for a scenario or a value that is not valid, before anything runs; E_OUTPUT_NOT_EMPTY when
 *   `directory` holds files and no sweep; StoppedError when `signal` stopped it
 *
 * Cost: that of the runs. Memory: about a kilobyte a point.
 */
export async function sweep(options: SweepOptions): Promise<SweepDocument> {
  const { directory, shard = null, onNote, signal } = options
  const plan = await planSweep(options)
  requireSweepDirectory(directory)
  const work = () => sweepInto(options, plan)
  return claimed(directory, sweepFile(shard, 'lock'), work, { onNote, signal, owns: isOfSweep(shard) })
}

async function sweepInto(options: SweepOptions, plan: SweepPlan): Promise<SweepDocument> {
  const { directory } = options
  const { document } = plan
  const states = [...document.points]
  const written = { ...document, points: states }
  const keeper = keepNowAndThen(() => writeSweep(directory, written))
  keeper.keep()
  try {
    await runPoints(options, plan, (place, outcome) => {
      states[place] = { ...states[place]!, ...('error' in outcome ? failed(outcome.error) : done(outcome)) }
      options.onResult?.(join(directory, plan.points[place]!.name), outcome)
      keeper.keepIfDue()
    })
  } finally {
    keeper.keep()
  }
  writeSweepTable(directory, written)
  return written
}

/** Seconds between two times that sweep.json is written, at least. */
const shortest = 2
/** Times that writing it took, before the next: it costs at most two per cent, though it has a line of every point. */
const patience = 50

/** Writes something whenever it is asked, or where the last time was long ago for what that took. */
function keepNowAndThen(write: () => void) {
  let next = 0
  const keep = () => {
    const began = performance.now()
    write()
    const end = performance.now()
    next = end + Math.max(1000 * shortest, patience * (end - began))
  }
  return { keep, keepIfDue: () => performance.now() < next || keep() }
}

/** What became of a point: the checks that its run did not pass, or why it failed. */
type Outcome = Finished | { readonly error: unknown }
type Finished = { readonly failedChecks: readonly string[] }

/** Runs the points that are not finished. `onOutcome` hears what became of each, by its place among those of the plan. */
async function runPoints(
  options: SweepOptions,
  { points, document, scenarioAt, settingsAt }: SweepPlan,
  onOutcome: (place: number, outcome: Outcome) => void,
): Promise<void> {
  const { directory, backend, executor = callingThread, onPoint, onProgress, onNote, provenance, signal } = options
  const threads = threadsOfEach(executor, options.threads)
  const open = points.flatMap((_, place) => (document.points[place]!.status === 'finished' ? [] : [place]))
  const jobAt = async (n: number) => {
    const at = points[open[n]!]!
    const scenario = await scenarioAt(at)
    const run = join(directory, at.name)
    return {
      ...{ scenario, seed: scenario.seed, index: at.index, backend, threads },
      checkpointInterval: options.checkpointInterval,
      directory: run,
      provenance: provenance?.(settingsAt(at), run) ?? {},
    }
  }
  const endPools = keepPools()
  try {
    await executor.map(
      point,
      { length: open.length, at: jobAt },
      {
        signal,
        onStart: (n) => onPoint?.(points[open[n]!]!, open[n]!, points.length),
        onProgress: (_, __, detail) => detail === undefined || onProgress?.(detail),
        onNote: (_, line) => onNote?.(line),
        onResult: (n, output) => onOutcome(open[n]!, 'failure' in output ? { error: errorOf(output.failure) } : output),
      },
    )
  } catch (error) {
    // Between two points nobody else knows where the sweep goes on.
    throw error instanceof StoppedError && error.directory === null ? new StoppedError(directory) : error
  } finally {
    await endPools()
  }
}

function failed(error: unknown): Pick<SweepPoint, 'status' | 'error'> {
  return { status: 'failed', error: error instanceof Error ? error.message : String(error) }
}

function done({ failedChecks }: Finished): Pick<SweepPoint, 'status' | 'failedChecks'> {
  return { status: 'finished', failedChecks }
}
