import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { exitCode, OverdampedError } from '../../errors.js'
import { syncFolder } from '../files/atomic.js'
import { requireRecorded } from '../files/checksum.js'
import { makeDirectory, namesIn } from '../files/folder.js'
import { claimed, runLock } from '../record/claim.js'
import { isOfRun } from '../record/directory.js'
import { readManifest } from '../record/manifest.js'

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
 * Makes a run directory of files that came from elsewhere: all of them or none. They are written and synced beside it, compared
 * with the checksums of their manifest, and renamed; an unfinished run that was there gives way, and what else lies there stays.
 *
 * @throws E_FORMAT for files that are no run, or not as their run wrote them; E_RUN_DIRECTORY when another process owns the directory
 */
export async function placeProduct(directory: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const foreign = Object.keys(files).find((name) => !isOfRun(name) || basename(name) !== name)
  if (foreign !== undefined)
    throw new OverdampedError('E_FORMAT', 'a worker sent a file that no run writes.', `${directory}: ${foreign}`)
  makeDirectory(dirname(directory))
  await claimed(directory, runLock, async () => place(directory, files), { owns: isOfRun })
}

/** No point of a sweep has such a name. */
const [coming, going] = ['~new', '~old']

function place(directory: string, files: Readonly<Record<string, Uint8Array>>): void {
  const [made, former] = [directory + coming, directory + going]
  // What a process left that was killed here.
  for (const left of [made, former]) rmSync(left, { recursive: true, force: true })
  try {
    mkdirSync(made)
    for (const [name, bytes] of Object.entries(files)) writeSynced(join(made, name), bytes)
    readManifest(made)
    for (const [name, bytes] of Object.entries(files)) requireRecorded(made, name, bytes)
    syncFolder(made)
  } catch (cause) {
    rmSync(made, { recursive: true, force: true })
    throw cause
  }
  const others = namesIn(directory).filter((name) => !isOfRun(name) && !name.startsWith(runLock))
  for (const name of others) renameSync(join(directory, name), join(made, name))
  // Killed between these, it is not there: the reply still is.
  renameSync(directory, former)
  rmSync(former, { recursive: true, force: true })
  renameSync(made, directory)
  syncFolder(dirname(directory))
}

function writeSynced(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'wx')
  try {
    writeFileSync(file, bytes)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
