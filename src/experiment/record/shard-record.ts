import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { backendsLike } from '../../backend/node/kinds.js'
import type { BackendName } from '../../backend/node/open.js'
import type { OverdampedError } from '../../errors.js'
import type { Shard } from '../executor/shard.js'
import { namesIn } from '../files/folder.js'
import type { Scenario } from '../scenario/schema.js'
import { files, jobsFolder, readJson, runDirectoryError, writeSealed } from './directory.js'
import { hasOutput, jobName } from './kept-jobs.js'
import { type Manifest, type Provenance, readManifest } from './manifest.js'

/** Of a run in shards: what is wanted before the rest of it can be done. */
export interface ShardRecord {
  readonly format: 'overdamped-shards'
  readonly version: 1
  /** the run, as it was asked for */
  readonly scenario: Scenario
  readonly provenance: Partial<Provenance>
  readonly backend: 'auto' | BackendName | undefined
  /** kind of the jobs that the shards share out */
  readonly kind: string
  /** index and hash of each, in their order (see jobHash) */
  readonly jobs: readonly { readonly index: number; readonly hash: string }[]
}

const recordFile = 'jobs.json'

/** A shard that has begun: where its own run lies, and the manifest of that. */
interface BegunShard {
  readonly shard: Shard
  readonly directory: string
  readonly manifest: Manifest
}

/** Where the run of a shard lies, in the directory of the run that it is of. */
export function shardDirectory(directory: string, { part, of }: Shard): string {
  return join(directory, jobsFolder, `shard-${part}-of-${of}`)
}

/** The shards that have begun in a directory, in the order of their names. */
export function begunShards(directory: string): BegunShard[] {
  return namesIn(join(directory, jobsFolder)).flatMap((name) => {
    const [, part, of] = (/^shard-(\d+)-of-(\d+)$/.exec(name) ?? []).map(Number)
    const at = join(directory, jobsFolder, name)
    if (part === undefined || of === undefined || !existsSync(join(at, files.manifest))) return []
    return [{ shard: { part, of }, directory: at, manifest: readManifest(at) }]
  })
}

/**
 * Shards in one directory are parts of one run.
 *
 * @throws E_RUN_DIRECTORY naming two that are not, and in what they differ
 */
export function requireAlike(shards: readonly BegunShard[]): void {
  const [first, ...others] = shards
  if (first === undefined) return
  for (const { shard, directory, manifest } of others) {
    const differs = differenceOf(manifest, first.manifest) ?? differentParts(shard, first.shard)
    if (differs !== null) throw mixed(directory, first.directory, differs)
  }
}

/** That two shards are of one and the same number, or not: the rest of "it is of a run with …". */
export function differentParts(one: Shard, other: Shard): string | null {
  return one.of === other.of ? null : `another number of shards (${one.of}, not ${other.of})`
}

/** The error for two shards in one directory that are not of one run. @param differs - the rest of "it is of a run with …" */
export function mixed(one: string, other: string, differs: string): OverdampedError {
  return runDirectoryError(
    one,
    `it is of a run with ${differs} than ${other}. Shards of two runs do not go together: name another directory with --out, or remove those that are not wanted.`,
  )
}

/** In what two runs differ, as the rest of "it is of a run with …"; null where their outputs go together. */
function differenceOf(one: Manifest, other: Manifest): string | null {
  if (one.scenario.hash !== other.scenario.hash)
    return one.seed === other.seed
      ? 'another scenario, or other settings,'
      : `another seed (${one.seed}, not ${other.seed})`
  if (one.data?.hash !== other.data?.hash) return 'other data'
  if (one.inputs !== other.inputs) return 'other files that its scenario names'
  if (one.bits !== other.bits) return `other bits (of version ${one.package.version}, not ${other.package.version})`
  if (!backendsLike(other.backend.name).includes(one.backend.name))
    return `a backend of other bits (${one.backend.name}, not ${other.backend.name})`
  return null
}

/** Writes down what is wanted of all shards; the first of them does so. */
export function writeShardRecord(directory: string, record: Omit<ShardRecord, 'format' | 'version'>): void {
  const at = join(directory, jobsFolder)
  if (existsSync(join(at, recordFile))) return
  writeSealed(at, recordFile, { format: 'overdamped-shards', version: 1, ...record } satisfies ShardRecord)
}

/** What is wanted of all shards; null where none has come so far. @throws E_FORMAT where it is damaged */
export function readShardRecord(directory: string): ShardRecord | null {
  const at = join(directory, jobsFolder)
  return existsSync(join(at, recordFile)) ? (readJson(at, recordFile) as ShardRecord) : null
}

/** Names of the jobs whose output is not there, such as "slice 3", and places of these in the list of all. @throws E_FORMAT */
export function missingJobs(directory: string, { kind, jobs }: ShardRecord): { name: string; place: number }[] {
  return jobs.flatMap(({ index, hash }, place) =>
    hasOutput(directory, kind, index, hash) ? [] : [{ name: jobName(kind, index), place }],
  )
}
