import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { backendsLike } from '../../backend/node/kinds.js'
import { exitCode, OverdampedError } from '../../errors.js'
import { writeAtomic } from '../files/atomic.js'
import { damaged, sha256 } from '../files/checksum.js'
import { namesIn } from '../files/folder.js'
import { claimed, runLock } from '../record/claim.js'
import { isOfRun, runDirectoryError, files as runFiles, writeSealed } from '../record/directory.js'
import { dropJobs } from '../record/kept-jobs.js'
import { type Manifest, manifestIn, readManifest } from '../record/manifest.js'
import { dropStates } from '../record/stages.js'

/** Bytes that go through a queue as one, at most: Redis holds them in memory. */
export const largestParcel = 2 ** 28

/** The files of a run directory, by their names; none where there is no such directory. @throws E_QUEUE for more than 256 MB */
export function readProduct(directory: string): Record<string, Uint8Array> {
  const names = namesIn(directory).filter(isOfRun)
  const size = names.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)
  if (size > largestParcel) throw tooLarge(size, directory)
  return Object.fromEntries(names.map((name) => [name, new Uint8Array(readFileSync(join(directory, name)))]))
}

/** What is too large for a queue, in words. */
export function tooLarge(size: number, where: string): OverdampedError {
  return new OverdampedError(
    'E_QUEUE',
    `the result has ${Math.ceil(size / 2 ** 20)} MB; a queue takes at most ${largestParcel / 2 ** 20} MB. Observe or record less, or divide the work with --shard in place of --executor queue.`,
    where,
    exitCode.failed,
  )
}

/**
 * Makes a run directory of files that came from elsewhere, in the order in which a run writes there: the manifest that says that it is
 * finished comes last. Killed on the way it leaves a run that goes on, by itself or by the same files. An unfinished run that was there
 * stays until then, and where the other has not ended well; what is no run's stays anyhow. A finished one stays as it is.
 *
 * @throws E_FORMAT for files that are no run, or not as their run wrote them; E_RUN_DIRECTORY when another process owns the directory, or an
 *   unfinished run there has other bits
 */
export async function placeProduct(directory: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const manifest = wholeProduct(directory, files)
  await claimed(directory, runLock, async () => place(directory, files, manifest), { owns: isOfRun })
}

/** @returns its manifest */
function wholeProduct(directory: string, files: Readonly<Record<string, Uint8Array>>): Manifest {
  const foreign = Object.keys(files).find((name) => !isOfRun(name) || basename(name) !== name)
  if (foreign !== undefined)
    throw new OverdampedError('E_FORMAT', 'a worker sent a file that no run writes.', `${directory}: ${foreign}`)
  const { [runFiles.manifest]: bytes } = files
  if (bytes === undefined) throw runDirectoryError(directory, `a worker sent a run without its ${runFiles.manifest}.`)
  const manifest = manifestIn(bytes, join(directory, runFiles.manifest))
  for (const [name, sum] of Object.entries(manifest.files ?? {}))
    if (files[name] === undefined || sha256(files[name]) !== sum)
      throw damaged(join(directory, name), 'came from a worker without the checksum in its manifest.json')
  return manifest
}

function place(directory: string, files: Readonly<Record<string, Uint8Array>>, manifest: Manifest): void {
  const before = namesIn(directory).includes(runFiles.manifest) ? readManifest(directory) : null
  if (before?.exitReason !== 'finished') {
    if (before === null) writeSealed(directory, runFiles.manifest, asBegun(manifest))
    else if (manifest.exitReason !== 'finished') return
    else requireLike(directory, before, manifest)
    const { [runFiles.manifest]: last, ...others } = files
    for (const [name, bytes] of Object.entries(others)) writeAtomic(join(directory, name), bytes, true)
    writeAtomic(join(directory, runFiles.manifest), last!)
    if (manifest.exitReason !== 'finished') return
  }
  dropStates(directory)
  dropJobs(directory)
}

/** What a run says of itself as long as it has not ended. */
function asBegun({ steps: _, files: __, ...manifest }: Manifest): Manifest {
  return { ...manifest, end: null, exitReason: 'running' }
}

/** Killed between the files of two runs with different bits, a run would go on that is neither. */
function requireLike(directory: string, before: Manifest, { backend: { name } }: Manifest): void {
  if (backendsLike(before.backend.name).includes(name)) return
  throw runDirectoryError(
    directory,
    `it holds an unfinished run that was started on ${before.backend.name}, and a worker did it on ${name}, which has other bits. Add --backend ${before.backend.name}, or name another directory with --out.`,
  )
}
