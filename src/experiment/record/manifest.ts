import { createHash } from 'node:crypto'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { ChosenBackend } from '../../backend/node/open.js'
import { packageVersion } from '../../backend/node/package-root.js'
import { unsealed } from '../files/checksum.js'
import type { Steps } from '../files/steps.js'
import type { TableRead } from '../files/table.js'
import { effectiveScenario } from '../scenario/load.js'
import type { Scenario } from '../scenario/schema.js'
import { files, readBytes, runDirectoryError } from './directory.js'
import type { ByHand } from './parameters-from.js'

/**
 * Generation of the bits: raised whenever the same scenario and seed would give others than before, so that no unfinished run
 * goes on in bits that it did not begin with.
 */
export const bitsGeneration = 3

/** Where a run came from and what it ran on: manifest.json. */
export interface Manifest {
  /** version of the run directory's layout */
  readonly formatVersion: 1
  /** generation of its bits, see `bitsGeneration` */
  readonly bits: number
  /** the version that wrote the directory */
  readonly package: { readonly name: 'overdamped'; readonly version: string }
  /** its name, the hash of what it comes to, and the profile that was asked for */
  readonly scenario: { readonly name: string; readonly hash: string; readonly profile: string | null }
  /** source and hash; of the digits of a package its name and version, of a table what was read */
  readonly data:
    | ({ readonly source: string; readonly hash: string; readonly package?: string } & Partial<TableRead>)
    | null
  /** of what else it depends on, see `inputsHash` */
  readonly inputs?: string
  /** seed of all its random numbers */
  readonly seed: number
  /** version of Node */
  readonly node: string
  /** the processor by its own name */
  readonly cpu: string
  /** its logical cores */
  readonly cores: number
  /** operating system and architecture */
  readonly platform: string
  /** the backend that ran, and why */
  readonly backend: { readonly name: string; readonly device: string; readonly reason: string }
  /** how many the backend computed on */
  readonly threads: number
  /** of the first start, ISO 8601 */
  readonly start: string
  /** the first start and every one that went on from it, in order; version 0.1.0 kept the last alone */
  readonly starts?: readonly Start[]
  /** of the last end; null while it runs */
  readonly end: string | null
  /** how it ended, if it has */
  readonly exitReason: 'running' | 'stopped' | 'failed' | 'finished'
  /** the command that repeats the run */
  readonly command: string
  /** the run whose parameters this one drew from */
  readonly parentRun: string | null
  /** where its parameters were not learned by a run but given in a file */
  readonly parametersByHand?: ByHand
  /** of a finished run that is no objective: its time steps, as in results.json */
  readonly steps?: Steps
  /** of a finished run: SHA-256 of its files by their names */
  readonly files?: Readonly<Record<string, string>>
}

/** A process that began a run, or went on with it, and on what. */
interface Start {
  /** ISO 8601 */
  readonly started: string
  readonly command: string
  /** of the package */
  readonly version: string
  readonly node: string
  readonly cpu: string
  readonly backend: string
  readonly threads: number
}

/** What the caller knows of a run that the engine does not. */
export interface Provenance {
  /** the profile of the scenario that was asked for; null for none */
  readonly profile: string | null
  /** the command that repeats the run */
  readonly command: string
  /** directory of the run whose parameters are drawn from; null for none */
  readonly parentRun: string | null
}

/** What a manifest says of what a run depends on. */
type Dependencies = Pick<Manifest, 'data' | 'inputs' | 'parametersByHand'>

/**
 * The manifest of a run that starts now.
 *
 * @param before - that of an unfinished run which goes on
 */
export function startManifest(
  scenario: Scenario,
  { profile, command, parentRun }: Provenance,
  { data, ...dependencies }: Dependencies,
  { backend: { name, device, threads }, reason }: ChosenBackend,
  before: Manifest | null,
): Manifest {
  const cpu = cpus()[0]?.model ?? 'unknown'
  const version = packageVersion()
  const started = new Date().toISOString()
  const now: Start = { started, command, version, node: process.version, cpu, backend: name, threads }
  const starts = before === null ? [now] : [...startsOf(before), now]
  return {
    formatVersion: 1,
    bits: bitsGeneration,
    package: { name: 'overdamped', version },
    scenario: { name: scenario.name, hash: scenarioHash(scenario), profile },
    data,
    ...dependencies,
    seed: scenario.seed,
    node: process.version,
    cpu,
    cores: cpus().length,
    platform: `${process.platform} ${process.arch}`,
    backend: { name, device, reason },
    threads,
    start: starts[0]!.started,
    starts,
    end: null,
    exitReason: 'running',
    ...{ command, parentRun },
  }
}

/** The starts of a run; of one that named none its last, which it knew. */
function startsOf(run: Manifest): readonly Start[] {
  if (run.starts !== undefined) return run.starts
  const { start, command, package: of, node, cpu, backend, threads } = run
  return [{ started: start, command, version: of.version, node, cpu, backend: backend.name, threads }]
}

/** Whether its starts, where it names them, are such that a run can go on from them. */
function hasStarts({ starts }: Partial<Manifest>): boolean {
  if (starts === undefined) return true
  return Array.isArray(starts) && starts.length > 0 && starts.every((one) => typeof one?.started === 'string')
}

/** SHA-256 of the effective scenario: what the run depends on, profile and settings applied. */
export function scenarioHash(scenario: object): string {
  return createHash('sha256').update(effectiveScenario(scenario)).digest('hex')
}

/** Reads and checks manifest.json. @throws E_RUN_DIRECTORY when it is missing, E_FORMAT when it is damaged */
export function readManifest(directory: string): Manifest {
  return manifestIn(readBytes(directory, files.manifest), join(directory, files.manifest))
}

/** The manifest in the bytes of a manifest.json. @throws E_FORMAT when they are damaged, E_RUN_DIRECTORY when they are none, naming `path` */
export function manifestIn(bytes: Uint8Array, path: string): Manifest {
  const manifest = unsealed(new TextDecoder().decode(bytes), path) as Partial<Manifest>
  const texts = [manifest?.scenario?.hash, manifest?.exitReason, manifest?.package?.version, manifest?.backend?.name]
  if (texts.some((text) => typeof text !== 'string') || !Number.isSafeInteger(manifest.seed) || !hasStarts(manifest))
    throw runDirectoryError(path, 'the manifest is incomplete; this is not a run directory of overdamped.')
  // Version 0.1.0 wrote none; its bits are those of 1.
  return { ...(manifest as Manifest), bits: manifest.bits ?? 1 }
}
