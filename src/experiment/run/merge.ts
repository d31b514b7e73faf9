import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { files, jobsFolder, readJson, runDirectoryError } from '../record/directory.js'
import { readManifest } from '../record/manifest.js'
import type { RunOptions } from '../record/recorded.js'
import { begunShards, missingJobs, readShardRecord, requireAlike, type ShardRecord } from '../record/shard-record.js'
import { defineScenario } from '../scenario/load.js'
import type { Results } from './results.js'
import { run } from './run.js'

/** Jobs that are named where many are missing. */
const mostNamed = 5

/** Whether a directory is that of a run, finished or in shards, and not that of a sweep. */
export function isRunInShards(directory: string): boolean {
  return existsSync(join(directory, jobsFolder)) || existsSync(join(directory, files.manifest))
}

/**
 * Does the rest of a run whose shards are done, in their directory: the files are those of a run that nobody divided. Of a run that is
 * finished there it returns the results.
 *
 * @returns results.json, and whether they were there before
 * @throws E_RUN_DIRECTORY naming what is missing, and the shard that does it, or two shards that are not of one run; E_FORMAT for a damaged
 *   output; StoppedError when `signal` stopped it, with a checkpoint from which it goes on when it is called again
 */
export async function mergeRun(
  directory: string,
  options: Omit<RunOptions, 'directory' | 'resume' | 'backend' | 'provenance' | 'parametersFrom'> = {},
): Promise<{ readonly results: Results; readonly wasFinished: boolean }> {
  if (isFinished(directory)) return { results: readJson(directory, files.results) as Results, wasFinished: true }
  const { scenario, provenance, backend } = requireShards(directory)
  const results = await run(await defineScenario(scenario), {
    ...options,
    ...{ directory, provenance, backend, resume: true },
  })
  return { results, wasFinished: false }
}

function isFinished(directory: string): boolean {
  return existsSync(join(directory, files.manifest)) && readManifest(directory).exitReason === 'finished'
}

/** What the shards of a run have yet to do before its rest can be done, in words; null for nothing. @throws as `mergeRun` for shards of different runs */
export function lackingOfRun(directory: string): string | null {
  const found = isFinished(directory) ? null : shardsIn(directory)
  return typeof found === 'string' ? found : null
}

/** What was wanted of the shards of a run, all of which is there. @throws E_RUN_DIRECTORY naming what is not */
function requireShards(directory: string): ShardRecord {
  const found = shardsIn(directory)
  if (typeof found === 'string') throw runDirectoryError(directory, found)
  return found
}

/** What was wanted of the shards of a run, or what is missing of it in words. */
function shardsIn(directory: string): ShardRecord | string {
  const shards = begunShards(directory)
  const record = readShardRecord(directory)
  if (record === null)
    return shards.length === 0
      ? 'no shard of a run has begun there. Expected the --out of "overdamped run SCENARIO --shard i/n".'
      : `none of its ${shards.length} shards has come to its jobs yet. Wait for them.`
  requireAlike(shards)
  const of = shards[0]?.shard.of ?? 1
  const missing = missingJobs(directory, record)
  if (missing.length === 0) return record
  const named = missing.slice(0, mostNamed).map(({ name, place }) => `${name} (--shard ${(place % of) + 1}/${of})`)
  const more = missing.length > mostNamed ? ` and ${missing.length - mostNamed} more` : ''
  return `${missing.length} of ${record.jobs.length} outputs are missing: ${named.join(', ')}${more}. Run these shards to their ends, then merge again.`
}
