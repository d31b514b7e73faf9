import { mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { exitCode, OverdampedError } from '../../errors.js'

const words: Readonly<Record<string, string>> = {
  EACCES: 'there is no permission for it',
  EPERM: 'there is no permission for it',
  EROFS: 'the file system is read-only',
  ENOENT: 'there is no such file or folder, or a symbolic link leads to nothing',
  ENOTDIR: 'it is a file, or lies behind one, where a folder is wanted',
  EISDIR: 'it is a folder, where a file is wanted',
  EEXIST: 'it is no folder, but a file or a symbolic link to nothing',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'symbolic links lead in a circle',
  ENOSPC: 'there is no space left',
  EDQUOT: 'the quota is used up',
  EIO: 'the disk failed',
  ESTALE: 'the server of the file system has lost it',
}

/** What no user's choice of a path brings about. */
const faults = ['ENOSPC', 'EDQUOT', 'EIO', 'ESTALE']

/** Whether an error is one that the operating system answered with. */
export function isSystemError(cause: unknown): cause is NodeJS.ErrnoException & { code: string } {
  return cause instanceof Error && 'syscall' in cause && 'code' in cause && typeof cause.code === 'string'
}

/** E_FILE in words for what the operating system answered; `path` is what was asked for. */
export function fileError(path: string, cause: unknown, code: number = exitCode.usage): OverdampedError {
  if (!isSystemError(cause)) throw cause
  const reason = words[cause.code]
  const text = reason === undefined ? `${cause.syscall} failed (${cause.code})` : `${reason} (${cause.code})`
  if (faults.includes(cause.code)) return new OverdampedError('E_FILE', `${text}.`, path, exitCode.failed)
  return new OverdampedError('E_FILE', `${text}. Check the path.`, path, code)
}

/**
 * Makes a directory and its missing parents.
 *
 * @returns those that were made, outermost first
 * @throws E_FILE where there can be none
 */
export function makeDirectory(path: string): string[] {
  try {
    mkdirSync(path)
    return [path]
  } catch (cause) {
    if (isDirectory(path)) return []
    const parent = dirname(path)
    // Node's recursive mkdir never ends where a file system answers ENOENT though the parent is there, as /proc does.
    if (!isSystemError(cause) || cause.code !== 'ENOENT' || parent === path || isDirectory(parent))
      throw fileError(path, cause)
    return [...makeDirectory(parent), ...makeDirectory(path)]
  }
}

/** Removes those of the directories that are empty, the last one first. */
export function removeEmpty(directories: readonly string[]): void {
  try {
    for (const directory of directories.toReversed()) rmdirSync(directory)
  } catch {
    // Not empty, or gone already.
  }
}

/** Names of what a directory holds; none when it does not exist. @throws E_FILE when it is no directory or can't be read */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (cause) {
    if (isSystemError(cause) && cause.code === 'ENOENT') return []
    throw fileError(directory, cause)
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
