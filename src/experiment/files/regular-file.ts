import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { didYouMean, OverdampedError } from '../../errors.js'

/** An open file whose size is known before anything is read. */
export interface RegularFile {
  /** bytes */
  readonly size: number
  /** The bytes from `begin` to `end`, fewer when the file ends before. */
  readonly read: (begin: number, end: number) => Uint8Array
}

/** What a file should be: for messages, and how large it may be. */
export interface FileKind {
  /** such as "scenario file" */
  readonly what: string
  /** bytes */
  readonly largest: number
  /** endings of the names to suggest when there is no such file */
  readonly endings: RegExp
  /** a further sentence for when there is none */
  readonly hint?: string
  /** a further sentence for what is no file */
  readonly otherwise?: string
}

/**
 * Opens a file that a user named, lets `use` read it and closes it. Folders, devices and pipes are refused before they are
 * opened, since reading them may never end.
 *
 * @throws E_FILE when it is missing, no regular file, empty, too large or can't be read
 */
export function withRegularFile<T>(path: string, kind: FileKind, use: (file: RegularFile) => T): T {
  const aFile = `${/^[aeio]/i.test(kind.what) ? 'an' : 'a'} ${kind.what}`
  const refuse = (text: string) => new OverdampedError('E_FILE', text, path)
  let descriptor: number
  try {
    const found = statSync(path)
    if (found.isDirectory()) throw refuse(`is a folder; expected ${aFile}.`)
    if (!found.isFile())
      throw refuse(
        `is a device or a pipe; expected ${aFile}.${kind.otherwise === undefined ? '' : ` ${kind.otherwise}`}`,
      )
    descriptor = openSync(path, 'r')
  } catch (cause) {
    if (cause instanceof OverdampedError) throw cause
    throw refuse(isMissing(cause) ? missing(path, kind) : `cannot be read (${codeOf(cause)}).`)
  }
  try {
    const { size } = fstatSync(descriptor)
    if (size === 0) throw refuse(`is empty; expected ${aFile}.`)
    if (size > kind.largest) throw refuse(`has ${size} bytes; ${aFile} has at most ${kind.largest}.`)
    return use({
      size,
      read: (begin, end) => {
        const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - begin))
        let filled = 0
        while (filled < bytes.length) {
          const count = readSync(descriptor, bytes, filled, bytes.length - filled, begin + filled)
          if (count === 0) break
          filled += count
        }
        return bytes.subarray(0, filled)
      },
    })
  } catch (cause) {
    if (codeOf(cause).startsWith('E') && cause instanceof Error && 'syscall' in cause)
      throw refuse(`cannot be read (${codeOf(cause)}).`)
    throw cause
  } finally {
    closeSync(descriptor)
  }
}

function isMissing(cause: unknown): boolean {
  return codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR'
}

function codeOf(cause: unknown): string {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : String(cause)
}

function missing(path: string, { what, endings, hint = '' }: FileKind): string {
  let names: string[] = []
  try {
    names = readdirSync(dirname(path)).filter((name) => endings.test(name))
  } catch {
    // No such folder either: nothing to suggest.
  }
  return `no such ${what}.${didYouMean(basename(path), names)} ${hint}`.trimEnd()
}
