import { availableParallelism } from 'node:os'
import { invalidValue, StoppedError } from '../../errors.js'
import { wholeSpan } from '../../physics/dynamics/span.js'
import {
  allJobs,
  type Executor,
  type JobInput,
  type JobKind,
  type JobsOnDemand,
  type MapHooks,
} from '../executor/executor.js'
import { openExecutor } from '../executor/open.js'
import { isOfShard, type Shard } from '../executor/shard.js'
import { hasJobs, isKept, jobHash, keptIn } from '../record/kept-jobs.js'
import { scenarioHash } from '../record/manifest.js'
import type { RunOptions } from '../record/recorded.js'
import { inspectDirectory } from '../record/resume.js'
import {
  begunShards,
  differentParts,
  mixed,
  readShardRecord,
  requireAlike,
  type ShardRecord,
  shardDirectory,
  writeShardRecord,
} from '../record/shard-record.js'
import { isLarge } from '../sampling/shards.js'
import { withAbsolutePaths } from '../scenario/paths.js'
import { inPlace } from '../scenario/places.js'
import type { Scenario } from '../scenario/schema.js'
import { run } from './run.js'

/**
 * Does a part of a run: of the first of its independent jobs that are not all there (repetitions of a study, slices), every `of`-th. What they
 * put out is kept in `jobs/` of the directory, to which all shards write, at the same time or in turn; `mergeRun` does the rest. Given again it
 * goes on where it was ended.
 *
 * What comes before these jobs every shard does by itself, in a run of its own in `jobs/shard-i-of-n`.
 *
 * @returns whether there was anything left to do
 * @throws E_INVALID_VALUE for a scenario without independent jobs, naming the key to set; E_RUN_DIRECTORY where the directory holds shards of
 *   another run, or another process has one of its jobs in hand; StoppedError when `signal` stopped it, its states kept
 */
export async function runShard(scenario: Scenario, shard: Shard, options: RunOptions): Promise<boolean> {
  requireDivisible(scenario)
  const { directory, threads = availableParallelism(), executor: given, backend } = options
  if (typeof backend === 'object') throw invalidValue(`nothing opens "${backend.name}" elsewhere. Name one.`, 'backend')
  if (inspectDirectory(directory, true, scenario) === 'finished' || isAllDone(directory, scenario)) return false
  const own = shardDirectory(directory, shard)
  for (const { shard: other, directory: at, manifest } of begunShards(directory)) {
    const isSame = manifest.scenario.hash === scenarioHash(withAbsolutePaths(scenario))
    const differs = isSame ? differentParts(shard, other) : 'another scenario, other settings or another seed'
    if (differs !== null) throw mixed(own, at, differs)
  }
  const seeds = Math.ceil((scenario.objective?.repeats ?? 1) / shard.of)
  const executor = given ?? openExecutor(Math.min(threads, seeds))
  let isDone = false
  const kept = keptIn(executor, directory, options.checkpointInterval)
  const part = partOf(kept, shard, { ...options, backend }, scenario, () => {
    isDone = true
  })
  try {
    await run(scenario, { ...options, directory: own, resume: true, executor: part })
  } catch (error) {
    if (!isDone) throw error instanceof StoppedError ? new StoppedError(directory, hasJobs(directory)) : error
  } finally {
    if (given === undefined) await executor.close()
  }
  return isDone
}

/** Carries out a shard's part of the first jobs that are not all there, and then ends the run. */
function partOf(
  executor: Executor,
  shard: Shard,
  { directory, provenance = {}, backend, onNote: say }: RunOptions & Pick<ShardRecord, 'backend'>,
  scenario: Scenario,
  done: () => void,
): Executor {
  let isFirst = true
  return {
    ...executor,
    async map<Input extends JobInput, Output>(
      kind: JobKind<Input, Output>,
      given: readonly Input[] | JobsOnDemand<Input>,
      hooks: MapHooks<Output> = {},
    ) {
      const jobs = await allJobs(given)
      requireAlike(begunShards(directory))
      if (isFirst) {
        const record = { scenario: withAbsolutePaths(scenario), provenance, backend }
        const wanted = jobs.map((job) => ({ index: job.index, hash: jobHash(kind, job) }))
        writeShardRecord(directory, { ...record, kind: kind.name, jobs: wanted })
      }
      isFirst = false
      if (jobs.every(({ index }) => isKept(directory, kind.name, index))) return executor.map(kind, jobs, hooks)
      const { signal, onNote, onProgress } = hooks
      const mine = jobs.flatMap((job, place) => (isOfShard(place, shard) ? [{ job, place }] : []))
      say?.(`shard ${shard.part} of ${shard.of}: ${mine.length} of ${jobs.length} jobs "${kind.name}"`)
      await executor.map(
        kind,
        mine.map(({ job }) => job),
        {
          signal,
          onNote: (at, line) => onNote?.(mine[at]!.place, line),
          onProgress: (at, share, detail) => onProgress?.(mine[at]!.place, share, detail),
        },
      )
      done()
      throw new StoppedError()
    },
  }
}

/** Whether the shards of a run have done all that they can: what is left is one job, or was none of its first. */
function isAllDone(directory: string, scenario: Scenario): boolean {
  const record = readShardRecord(directory)
  if (record?.jobs.every(({ index }) => isKept(directory, record.kind, index)) !== true) return false
  return record.kind !== 'slice' || !isLarge({ scenario })
}

/** @throws E_INVALID_VALUE for a scenario in which nothing can be done apart from the rest, at its key */
export function requireDivisible(scenario: Scenario): void {
  try {
    requireJobs(scenario)
  } catch (error) {
    throw inPlace(scenario, error)
  }
}

function requireJobs(scenario: Scenario): void {
  const { objective, learning, initial } = scenario
  if (objective !== undefined || learning?.start === 'independent') return
  if (learning !== undefined)
    throw invalidValue(
      'each slice begins where the one before it ended, so that none can be trained elsewhere. Set learning.start=independent, or run it without --shard.',
      'learning.start',
    )
  if (initial?.kind === 'relax')
    throw invalidValue(
      'its trajectories begin in one relaxation, which nobody divides. Run it without --shard.',
      'initial',
    )
  if (!isLarge({ scenario }))
    throw invalidValue(
      `so few trajectories (${scenario.sampling.trajectories}) are one job. Set more than ${wholeSpan(1).shard}, or run it without --shard.`,
      'sampling.trajectories',
    )
}
