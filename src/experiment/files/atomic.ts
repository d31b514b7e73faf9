import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { exitCode, OverdampedError } from '../../errors.js'
import { makeDirectory } from './folder.js'

/**
 * Writes a whole file or leaves what was there: data go to a temporary file beside `path`, which is synced and renamed.
 * A reader, or a run that is killed half-way, sees the old contents or the new ones, never a part.
 * Missing parent folders are made; on failure the temporary file is removed.
 *
 * @param path file to create or replace
 * @param data its contents; a string is written as UTF-8
 * @throws OverdampedError E_FILE when the folder or file cannot be written
 */
export function writeAtomic(path: string, data: string | Uint8Array): void {
  // The same folder, because a rename is atomic only within one file system.
  const temporary = `${path}.${process.pid}.tmp`
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
    renameSync(temporary, path)
  } catch (cause) {
    discard(temporary)
    if (cause instanceof OverdampedError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    const text = `cannot be written (${reason}). Expected a writable folder with free space; check --out.`
    throw new OverdampedError('E_FILE', text, path, exitCode.failed)
  }
}

/** Removes the temporary file; its own failure (the folder is not one) must not hide the first. */
function discard(temporary: string): void {
  try {
    rmSync(temporary, { force: true })
  } catch {}
}
