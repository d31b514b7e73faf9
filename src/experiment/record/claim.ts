import { rmSync } from 'node:fs'
import { hostname, uptime } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Hooks } from '../../backend/hooks.js'
import { exitCode, OverdampedError, StoppedError } from '../../errors.js'
import { removeTemporary } from '../files/atomic.js'
import { fileError, isSystemError, makeDirectory, removeEmpty } from '../files/folder.js'
import { type Guard, guardWrites } from '../files/guards.js'
import { createLock, type HeldLock, isAlive, type Owner, ownerIn, readLock } from './lock-file.js'

/** Lock file of a run. */
export const runLock = 'run.lock'

/** How a lock is kept by its owner, and how long one is respected whose owner can't be asked. Times in ms. */
export interface LeaseTerms {
  /** between two signs of life in a lock */
  readonly beat: number
  /** without one, by the clock of whoever waits: its owner has lost it */
  readonly lease: number
  /** between two looks at a lock that is waited for */
  readonly look: number
  /** the name of this machine */
  readonly host: string
}

/**
 * A network file system may show a sign of life a minute late (its caches of attributes last up to 60 s): the lease is twice that,
 * and a dozen signs. What a process does at a stretch without letting a timer run takes seconds.
 */
const usualTerms: LeaseTerms = { beat: 10_000, lease: 120_000, look: 1_000, host: hostname() }

/** How a directory is claimed. */
export interface ClaimOptions extends Pick<Hooks, 'onNote' | 'signal'> {
  /** whether a name is that of a file which the owner of this lock writes, and no one else */
  readonly owns: (name: string) => boolean
  /** for tests */
  readonly terms?: Partial<LeaseTerms>
}

/** A directory that this process owns. */
export interface Ownership extends Guard {
  /** gives it back, where it is still this process's */
  release(): void
}

/**
 * Makes a directory that no other process may write to until it is released. Directories that were made, and are empty by then,
 * go again; what a killed process left half written goes at once.
 *
 * The lock of a dead process is taken over. One of another machine can't be asked about: its lock is watched, by this process's own
 * monotonic clock, until a sign of life comes or the lease is over. An owner that slept so long that its lock was taken over finds out
 * before it next writes to the directory (`guardWrites`).
 *
 * @param lock - name of the lock file
 * @throws E_RUN_DIRECTORY naming the process that owns the directory; E_FILE when it can't be made or written; StoppedError when
 *   `signal` aborted the waiting
 */
export async function claim(directory: string, lock: string, options: ClaimOptions): Promise<Ownership> {
  const terms = { ...usualTerms, ...options.terms }
  const made = makeDirectory(directory)
  const path = join(directory, lock)
  let held: HeldLock | null = null
  try {
    held = await acquire(path, directory, terms, options)
    removeTemporary(directory, options.owns)
  } catch (error) {
    held?.remove()
    removeEmpty(made)
    throw error
  }
  const guard = guardOf(held, path, directory)
  const endGuard = guardWrites(directory, guard)
  const beating = setInterval(held.beat, terms.beat).unref()
  return {
    ...guard,
    release() {
      clearInterval(beating)
      endGuard()
      giveBack(held, path, terms.host)
      removeEmpty(made)
    },
  }
}

/**
 * Does work in a directory that it owns meanwhile.
 *
 * @throws as `claim` and the work do; E_FILE, with exit code 1, for what the operating system refused the work
 */
export async function claimed<T>(
  directory: string,
  lock: string,
  work: () => Promise<T>,
  options: ClaimOptions,
): Promise<T> {
  const { release } = await claim(directory, lock, options)
  try {
    return await work()
  } catch (cause) {
    throw isSystemError(cause) ? fileError(cause.path ?? directory, cause, exitCode.failed) : cause
  } finally {
    release()
  }
}

/** For so long a look at the lock holds where lines are written often, and a sign of life where files are, in s. */
const lately = 1

function guardOf(held: HeldLock, path: string, directory: string): Guard {
  // Unlike other clocks that nobody can set this one goes on while the machine sleeps.
  let seen = uptime()
  let beaten = uptime()
  const requireOwned = () => {
    // Whoever waits for the lease to end sees a sign of life; if it had ended before, the lock is another's. Each costs a sync.
    if (uptime() - beaten > lately) {
      held.beat()
      beaten = uptime()
    }
    if (!held.isThere()) throw lost(directory, path)
    seen = uptime()
  }
  return {
    requireOwned,
    requireOwnedLately() {
      if (uptime() - seen > lately) requireOwned()
    },
  }
}

/** A lock that is in the way. */
interface Obstacle {
  readonly path: string
  /** its text; null when it has gone */
  readonly text: string | null
}

/** Waits for a lock, as long as it takes to know whether its owner lives. */
async function acquire(
  path: string,
  directory: string,
  terms: LeaseTerms,
  { onNote, signal }: Pick<Hooks, 'onNote' | 'signal'>,
): Promise<HeldLock> {
  /** since when locks have been as they are */
  const watched = new Map<string, { readonly text: string; readonly since: number }>()
  const isGone = (at: string, text: string) => {
    const watch = watched.get(at)
    return isDead(text, terms.host) || (watch?.text === text && performance.now() - watch.since >= terms.lease)
  }
  for (;;) {
    const found = attempt(path, terms.host, isGone)
    if (!('text' in found)) return found
    const { path: at, text } = found
    if (text !== null) {
      const owner = ownerIn(text)
      const watch = watched.get(at)
      const livesHere = owner !== null && isAlive(owner, terms.host) === true
      if (livesHere || (watch !== undefined && watch.text !== text)) throw owned(directory, at, owner)
      if (watch === undefined) {
        watched.set(at, { text, since: performance.now() })
        onNote?.(waiting(directory, at, owner, terms))
      }
    }
    await pause(terms.look, undefined, { signal }).catch(() => {
      throw new StoppedError(directory)
    })
  }
}

/**
 * Takes a lock that is free, or whose owner is gone. Of several that find the same one gone, one removes it, which holds a lock of the
 * right to: the others must not remove that of the first.
 */
function attempt(path: string, host: string, isGone: (path: string, text: string) => boolean): HeldLock | Obstacle {
  const made = createLock(path, host)
  if (made !== null) return made
  const text = readLock(path)
  if (text !== null && !isGone(path, text)) return { path, text }
  const right = attempt(takeover(path), host, isGone)
  if ('text' in right) return right
  try {
    // The count of its signs of life is part of the text: one that has come meanwhile keeps it.
    if (readLock(path) === text) rmSync(path, { force: true })
    return createLock(path, host) ?? { path, text: readLock(path) }
  } finally {
    right.remove()
  }
}

/**
 * Removes a lock that is still ours, by the right to, or someone could take it over between a look at it and that. What a disk refuses
 * here must not hide what became of the work: a lock that stays is soon that of a process that has ended.
 */
function giveBack(held: HeldLock, path: string, host: string): void {
  let right: HeldLock | Obstacle | null = null
  try {
    right = attempt(takeover(path), host, (_, text) => isDead(text, host))
  } catch {
    // A full disk has no room for it, nor for that of anyone who takes over.
  }
  try {
    if (right !== null && 'text' in right) held.close()
    else held.remove()
  } catch {}
  try {
    if (right !== null && !('text' in right)) right.remove()
  } catch {}
}

const takeover = (path: string) => `${path}.takeover`

function isDead(text: string, host: string): boolean {
  const owner = ownerIn(text)
  return owner !== null && isAlive(owner, host) === false
}

const named = (owner: Owner | null) => (owner === null ? 'another process' : `process ${owner.pid} on ${owner.host}`)

function owned(directory: string, path: string, owner: Owner | null): OverdampedError {
  return new OverdampedError(
    'E_RUN_DIRECTORY',
    `${named(owner)} is writing to it. Wait for it, or name another directory with --out; if there is no such process any more, remove ${path}.`,
    directory,
  )
}

function lost(directory: string, path: string): OverdampedError {
  const text = readLock(path)
  const why =
    text === null
      ? `its lock ${path} was removed while this process wrote there`
      : `${named(ownerIn(text))} has taken the directory over while this one was suspended`
  const next = text === null ? 'Continue with --resume, when no other process does' : 'The work goes on there'
  return new OverdampedError(
    'E_RUN_DIRECTORY',
    `${why}; nothing more is written to it. ${next}.`,
    directory,
    exitCode.failed,
  )
}

function waiting(directory: string, path: string, owner: Owner | null, { lease }: LeaseTerms): string {
  return (
    `${directory}: ${named(owner)} owns it and can't be asked from here. Waiting for a sign of life of it, ` +
    `for at most ${lease / 1000} s; to go on at once, make sure that there is no such process and remove ${path}.`
  )
}
