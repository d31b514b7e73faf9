import { existsSync, lstatSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { nameOf } from '../../backend/backend.js'
import { backendsLike } from '../../backend/node/kinds.js'
import { exitCode, OverdampedError } from '../../errors.js'
import { type Executor, executorOf, type JobInput, type JobKind } from '../executor/executor.js'
import { writeAtomic } from '../files/atomic.js'
import { sha256 } from '../files/checksum.js'
import { namesIn } from '../files/folder.js'
import { encodePlainData } from '../files/plain-data.js'
import { readRunFile } from '../files/run-file.js'
import { effectiveScenario } from '../scenario/load.js'
import { claimed } from './claim.js'
import { jobsFolder } from './directory.js'
import { bitsGeneration } from './manifest.js'
import { dropStates, hasStates, requireWholeStates } from './stages.js'
import { decodeState, encodeState, isStateFile } from './state-file.js'

/** The file that a job's output is kept in, and its lock. */
const [outputFile, jobLock] = ['output.safetensors', 'job.lock']

/** SHA-256 of all that the output of a job depends on. Where it is carried out, on how much, and how often it is kept changes no bit of it. */
export function jobHash<Input extends JobInput>({ name }: JobKind<Input, unknown>, input: Input): string {
  const { directory: _, threads: __, interval: ___, backend = 'auto', scenario, ...rest } = input
  const backends = backendsLike(nameOf(backend))
  const what = { kind: name, bits: bitsGeneration, backends, scenario: effectiveScenario(scenario), ...rest }
  return sha256(encodePlainData(what, {}))
}

/**
 * An executor that keeps the output of each job in a directory of its own, `jobs/KIND-NUMBER` of a run directory, and carries out none whose
 * output is there. A job that keeps states does so there too, and goes on from them. One of which another process is in the middle
 * is refused, by its lock.
 *
 * @param interval - seconds between two states of a job, at least, as openStages takes them
 * @throws (from `map`) E_RUN_DIRECTORY naming the process that has a job in hand; E_FORMAT for an output of another run, or a damaged one
 */
export function keptIn(executor: Executor, directory: string, interval?: number): Executor {
  if (executor.keeps === true) return executor
  const kept = executorOf(
    executor.atATime,
    async (kind, input, hooks) => {
      const at = jobDirectory(directory, kind.name, input.index)
      const hash = jobHash(kind, input)
      const perform = async () => {
        const found = readOutput(at, hash)
        if (found !== null) return found.output
        const [output] = await executor.map(kind, [{ ...input, directory: at, interval }], {
          signal: hooks.signal,
          onProgress: (_, share, detail) => hooks.onProgress(share, detail),
          onNote: (_, line) => hooks.onNote(line),
        })
        writeAtomic(join(at, outputFile), encodeState({ output }, hash))
        dropStates(at)
        return output
      }
      const { signal, onNote } = hooks
      const found = readOutput(at, hash)
      const output =
        found === null
          ? await claimed(at, jobLock, perform, { signal, onNote, owns: isOfJob }).catch(amidRun)
          : found.output
      return output as never
    },
    executor.close,
    executor.isRemote,
  )
  return { ...kept, keeps: true }
}

/** The run has begun: a folder that can't be made in its directory now is a failure, and no mistake in the command. */
function amidRun(error: unknown): never {
  if (!(error instanceof OverdampedError) || error.code !== 'E_FILE') throw error
  const { code, text, where, message, excerpts } = error
  throw Object.assign(new OverdampedError(code, text, where, exitCode.failed), { message, excerpts })
}

/** Whether the output of a job is kept in a run directory. What it is of, and whether it is whole, shows when it is read. */
export function isKept(directory: string, kind: string, index: number): boolean {
  return existsSync(join(jobDirectory(directory, kind, index), outputFile))
}

/** The output of a job is kept, is the one of this hash, and is whole. @returns whether it is there. @throws E_FORMAT */
export function hasOutput(directory: string, kind: string, index: number, hash: string): boolean {
  return readOutput(jobDirectory(directory, kind, index), hash) !== null
}

/** What a job is called, in words and as a folder: "slice 3", slice-3. */
export function jobName(kind: string, index: number): string {
  return `${kind} ${index + 1}`
}

function jobDirectory(directory: string, kind: string, index: number): string {
  return join(directory, jobsFolder, jobName(kind, index).replaceAll(' ', '-'))
}

function isOfJob(name: string): boolean {
  return name === outputFile || isStateFile(name)
}

function readOutput(at: string, of: string | null): { readonly output: unknown } | null {
  const path = join(at, outputFile)
  requireFolder(at)
  if (!existsSync(path)) return null
  return decodeState(readRunFile(at, outputFile), of, path) as { readonly output: unknown }
}

/** A link in a directory that somebody else made would lead to files of the user's own. @throws E_FILE */
function requireFolder(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return
  throw new OverdampedError('E_FILE', 'is a symbolic link; expected a folder that a run has made. Remove it.', path)
}

/** Folders of jobs in a run directory. */
function jobFolders(directory: string): string[] {
  const all = join(directory, jobsFolder)
  requireFolder(all)
  return namesIn(all)
    .map((name) => join(all, name))
    .filter((at) => lstatSync(at).isDirectory())
}

/** Whether a run directory holds outputs of jobs, or states that they go on from. */
export function hasJobs(directory: string): boolean {
  return jobFolders(directory).some((at) => existsSync(join(at, outputFile)) || hasStates(at))
}

/** The outputs and states of jobs that an unfinished run would go on from are whole. @throws E_FORMAT naming one that is not */
export function requireWholeJobs(directory: string): void {
  for (const at of jobFolders(directory)) {
    readOutput(at, null)
    requireWholeStates(at, null)
  }
}

/** Removes all that was kept of jobs: a finished run needs none of it. */
export function dropJobs(directory: string): void {
  rmSync(join(directory, jobsFolder), { recursive: true, force: true })
}
