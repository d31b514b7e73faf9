import { randomUUID } from 'node:crypto'
import {
  closeSync,
  fdatasyncSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { isThreadAlive, nativeThread } from '../../backend/node/native-thread.js'
import { exitCode } from '../../errors.js'
import { fileError, isSystemError } from '../files/folder.js'

/** What a lock file says of the process that owns a directory. */
export interface Owner {
  readonly pid: number
  readonly host: string
  /** where its process id is known: the boot of its machine and the namespace of its processes; null where it does not say */
  readonly system: string | null
  /** the thread of the process, whose number holds as long as the process; null where its system has none */
  readonly thread: number | null
  /** when the process began, as its system counts; null where it does not say */
  readonly started: string | null
  /** like no other lock's */
  readonly token: string
}

/** A lock file that this process made. */
export interface HeldLock {
  /** says that its owner lives: counts one further in it */
  beat(): void
  /** whether what lies at its path is still this lock, no one else's */
  isThere(): boolean
  /** removes it, where it is still there */
  remove(): void
  /** leaves it as it is */
  close(): void
}

const firstBeat = '0'.repeat(10)
/** bytes of a lock file */
const longest = 4096
/** tokens of the locks that this thread holds */
const held = new Set<string>()

/**
 * Makes a lock file; null when there is a file already.
 *
 * @throws E_FILE when it can't be made
 */
export function createLock(path: string, host: string): HeldLock | null {
  const { pid } = process
  const owner: Owner = {
    pid,
    host,
    system: systemOfProcesses(),
    thread: nativeThread(),
    started: startOf(pid),
    token: randomUUID(),
  }
  const text = `${JSON.stringify({ ...owner, beat: firstBeat })}\n`
  const file = createFile(path, text)
  return file === null ? null : heldLock(path, owner.token, file, text.lastIndexOf(firstBeat))
}

/** @returns the open file, or null when there is one already */
function createFile(path: string, text: string): number | null {
  let file: number | null = null
  try {
    file = openSync(path, 'wx+')
    writeFileSync(file, text)
    return file
  } catch (cause) {
    if (isSystemError(cause) && cause.code === 'EEXIST') return null
    // A full disk may have had room for its name alone.
    if (file !== null) {
      closeSync(file)
      rmSync(path, { force: true })
    }
    throw fileError(path, cause, exitCode.failed)
  }
}

/**
 * Beats are written to the file as it is open, not to its path: where another process has put its own lock there meanwhile, they
 * go to what was removed. Their count has a fixed width and a place, so that no reader meets half a lock.
 */
function heldLock(path: string, token: string, file: number, place: number): HeldLock {
  let beats = 0
  let isOpen = true
  held.add(token)
  const isThere = () => ownerIn(readLock(path))?.token === token
  const close = () => {
    if (!isOpen) return
    isOpen = false
    held.delete(token)
    closeSync(file)
  }
  return {
    isThere,
    close,
    beat() {
      if (!isOpen) return
      try {
        writeSync(file, String(++beats).padStart(firstBeat.length, '0'), place)
        // On a network file system others see it only then.
        fdatasyncSync(file)
      } catch {
        // Who takes it for gone takes it over, which its owner sees before it writes.
      }
    },
    remove() {
      close()
      if (isThere()) rmSync(path, { force: true })
    },
  }
}

/**
 * The text of a lock file; null when there is none, but nothing at all or something that is no file and may lead anywhere. What is too long
 * for one is as good as damaged.
 *
 * @throws E_FILE when it can't be read
 */
export function readLock(path: string): string | null {
  const read = () => {
    const found = lstatSync(path)
    if (!found.isFile() && !found.isDirectory()) return null
    return found.size > longest ? '' : readFileSync(path, 'utf8')
  }
  try {
    try {
      return read()
    } catch (cause) {
      // A network file system that removed the file after it had found it: the path leads to another by now.
      if (isSystemError(cause) && cause.code === 'ESTALE') return read()
      throw cause
    }
  } catch (cause) {
    if (isSystemError(cause) && cause.code === 'ENOENT') return null
    throw fileError(path, cause, exitCode.failed)
  }
}

/** Who a lock file names; null when it is damaged, or half written. Those of versions before say less of it. */
export function ownerIn(text: string | null): Owner | null {
  try {
    const owner = JSON.parse(text ?? '') as Partial<Owner> | null
    return Number.isSafeInteger(owner?.pid) && typeof owner?.host === 'string' ? (owner as Owner) : null
  } catch {
    return null
  }
}

/**
 * Whether a process lives, as this machine knows; null for one of another machine or container, which can't be asked. Names of machines
 * are given twice, and processes of two containers have the same numbers: the boot and the namespace tell them apart.
 */
export function isAlive({ pid, host, system, thread, started, token }: Owner, here: string): boolean | null {
  if (host !== here || (typeof system === 'string' && system !== systemOfProcesses())) return null
  try {
    process.kill(pid, 0)
  } catch (cause) {
    // EPERM: it is another user's.
    if (isSystemError(cause) && cause.code === 'ESRCH') return false
  }
  // Process ids are used again, in containers at once.
  const now = startOf(pid)
  if (now !== null && started !== null && now !== started) return false
  if (pid !== process.pid || typeof thread !== 'number') return true
  // A thread of this process that died left its lock behind, and this one does where a disk failed to remove it.
  return thread === nativeThread() ? held.has(token) : isThreadAlive(thread)
}

/** Where process ids of this process have their meaning, on Linux: this boot of this machine, this namespace. */
function systemOfProcesses(): string | null {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return null
  }
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold spaces and brackets. */
function startOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? null
  } catch {
    return null
  }
}
