import { randomBytes } from 'node:crypto'
import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { exitCode, OverdampedError } from '../../errors.js'
import { makeDirectory, namesIn } from './folder.js'
import { requireOwner, requireRecentOwner } from './guards.js'

/** Ends the name of a temporary file: of this process alone, also where machines share a folder and number processes alike. */
const ending = `.${process.pid}-${randomBytes(4).toString('hex')}.tmp`

/** The name of a file that is being written, without the ending that its temporary file has; versions before had no second number. */
const temporaryName = /^(.+)\.\d+(?:-[0-9a-f]{8})?\.tmp$/

/**
 * Writes a whole file or leaves what was there: data go to a temporary file beside `path`, which is synced and renamed; then its
 * folder is synced. A reader, or a run that is killed half-way, sees the old contents or the new ones, never a part, and what was
 * written outlasts a crash of the machine. Missing parent folders are made; on failure the temporary file is removed.
 *
 * @param path file to create or replace
 * @param data its contents; a string is written as UTF-8
 * @param isNamedLater that it is there matters only once another file of the folder, written later, says so: its sync does for both
 * @throws OverdampedError E_FILE when the folder or file cannot be written; E_RUN_DIRECTORY when its folder is no longer this process's
 */
export function writeAtomic(path: string, data: string | Uint8Array, isNamedLater = false): void {
  // The same folder, because a rename is atomic only within one file system.
  const temporary = path + ending
  try {
    makeDirectory(dirname(path))
    const file = openSync(temporary, 'w')
    try {
      writeFileSync(file, data)
      // Without it a crash of the machine could keep the rename and lose the contents.
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    // As late as can be: what takes long, the data, has been written.
    requireOwner(path)
    renameSync(temporary, path)
  } catch (cause) {
    discard(temporary)
    throw cannotWrite(path, cause)
  }
  if (!isNamedLater) syncFolder(dirname(path))
}

/** A link in a directory that somebody else made would lead to a file of the user's own, and a pipe wait for a reader. */
const appending =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0)

/**
 * Appends a line to a file, to none that a link leads to. One of which only a part was written, to a disk that is full, stays as it is.
 *
 * @throws as `writeAtomic` does
 */
export function appendLine(path: string, line: string): void {
  try {
    requireRecentOwner(path)
    const file = openSync(path, appending, 0o666)
    try {
      writeFileSync(file, line)
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    throw cannotWrite(path, cause)
  }
}

/** Whether a name is that of a temporary file, which a killed process left of a file with a name that is ours. */
export function isTemporaryOf(isOurs: (name: string) => boolean, name: string): boolean {
  const written = temporaryName.exec(name)?.[1]
  return written !== undefined && isOurs(written)
}

/** Removes from a folder what killed processes left of files with names that are ours. */
export function removeTemporary(directory: string, isOurs: (name: string) => boolean): void {
  for (const name of namesIn(directory)) if (isTemporaryOf(isOurs, name)) discard(join(directory, name))
}

/** A rename is safe from a crash of the machine when its folder is; where folders can't be synced their system sees to it, or none can. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  } catch {
    // The file itself is there and whole.
  }
}

function cannotWrite(path: string, cause: unknown): OverdampedError {
  if (cause instanceof OverdampedError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  const text = `cannot be written (${reason}). Expected a writable folder with free space; check --out.`
  return new OverdampedError('E_FILE', text, path, exitCode.failed)
}

/** Removes a temporary file; its own failure (the folder is not one) must not hide the first. */
function discard(temporary: string): void {
  try {
    rmSync(temporary, { force: true })
  } catch {}
}
