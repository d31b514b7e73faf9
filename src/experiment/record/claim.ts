import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { exitCode, OverdampedError } from '../../errors.js'
import { fileError, isSystemError, makeDirectory, removeEmpty } from '../files/folder.js'

/** What a lock file says of the process that owns a directory. */
interface Owner {
  readonly pid: number
  readonly host: string
  /** when the process began, as its system counts; null where it does not say */
  readonly started: string | null
}

/** Lock file of a run. */
export const runLock = 'run.lock'

/**
 * Makes a directory that no other process may write to until it is released. Directories that were made, and are empty by then,
 * go again.
 *
 * @param lock - name of the lock file, which holds the owner's process id; one of a dead process is taken over
 * @returns what releases it
 * @throws E_RUN_DIRECTORY naming the process that owns the directory; E_FILE when it can't be made or written
 */
export function claim(directory: string, lock: string): () => void {
  const made = makeDirectory(directory)
  const path = join(directory, lock)
  try {
    take(path, directory)
  } catch (error) {
    removeEmpty(made)
    throw error
  }
  return () => {
    rmSync(path, { force: true })
    removeEmpty(made)
  }
}

/** Does work in a directory that it owns meanwhile. @throws as `claim` does */
export async function claimed<T>(directory: string, lock: string, work: () => Promise<T>): Promise<T> {
  const release = claim(directory, lock)
  try {
    return await work()
  } finally {
    release()
  }
}

function take(path: string, directory: string): void {
  if (create(path)) return
  const found = ownerText(path)
  const owner = parsed(found)
  if (found !== null && (owner === null || isAlive(owner))) throw owned(directory, path, owner)
  // Of two that find the same dead owner one removes its lock; the other must not remove that of the first.
  const guard = `${path}.takeover`
  if (!create(guard)) throw owned(directory, guard, parsed(ownerText(guard)))
  try {
    if (ownerText(path) === found) rmSync(path, { force: true })
    if (!create(path)) throw owned(directory, path, parsed(ownerText(path)))
  } finally {
    rmSync(guard, { force: true })
  }
}

/** Makes a lock file of this process; false when there is one. */
function create(path: string): boolean {
  const { pid } = process
  try {
    writeFileSync(path, `${JSON.stringify({ pid, host: hostname(), started: startOf(pid) } satisfies Owner)}\n`, {
      flag: 'wx',
    })
    return true
  } catch (cause) {
    if (isSystemError(cause) && cause.code === 'EEXIST') return false
    throw fileError(path, cause, exitCode.failed)
  }
}

function ownerText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (isSystemError(cause) && cause.code === 'ENOENT') return null
    throw fileError(path, cause)
  }
}

function parsed(text: string | null): Owner | null {
  try {
    const owner = JSON.parse(text ?? '') as Partial<Owner> | null
    return Number.isSafeInteger(owner?.pid) && typeof owner?.host === 'string' ? (owner as Owner) : null
  } catch {
    return null
  }
}

/** A process of another machine, which shares the directory, can't be asked: it is taken to live. */
function isAlive({ pid, host, started }: Owner): boolean {
  if (host !== hostname()) return true
  try {
    process.kill(pid, 0)
  } catch (cause) {
    // EPERM: it is another user's.
    if (isSystemError(cause) && cause.code === 'ESRCH') return false
  }
  // Process ids are used again, in containers at once.
  const now = startOf(pid)
  return now === null || started === null || now === started
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold spaces and brackets. */
function startOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? null
  } catch {
    return null
  }
}

function owned(directory: string, path: string, owner: Owner | null): OverdampedError {
  const who = owner === null ? 'another process' : `process ${owner.pid} on ${owner.host}`
  return new OverdampedError(
    'E_RUN_DIRECTORY',
    `${who} is writing to it. Wait for it, or name another directory with --out; if there is no such process any more, remove ${path}.`,
    directory,
  )
}
