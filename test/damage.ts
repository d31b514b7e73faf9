import { createHash } from 'node:crypto'
import fs, { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join, relative, sep } from 'node:path'
import { expect } from 'vitest'
import { OverdampedError } from '../src/errors.js'
import { command } from './command.js'

/** How often a file is damaged. */
export interface Damage {
  /** places of which one bit is flipped */
  readonly places: number
  /** lengths that it is cut to */
  readonly cuts: number
}

/** Something that reads a directory back. */
export interface Reading {
  readonly name: string
  /** the directory as it should be; what is read is a copy */
  readonly original: string
  /** files that are taken out of the copy beforehand */
  readonly without?: (name: string) => boolean
  /** @throws what a user is told */
  read(directory: string): unknown
  /** whether it goes on beside what is damaged, with exit code 1 at the end */
  readonly goesOn?: boolean
}

/** A command that failed, and what it said. */
class Failed extends Error {
  constructor(
    text: string,
    readonly exitCode: number,
  ) {
    super(text)
  }
}

/** Gives a command. @throws Failed where its exit code is not 0 */
export async function given(...args: string[]): Promise<void> {
  const { status, stderr } = await command(...args)
  if (status !== 0) throw new Failed(stderr, status)
}

/** One bit flipped: at both ends, and at places between them that no layout favours, in a fixed sequence of bits. */
export function* flips(whole: Uint8Array, places: number): Generator<Uint8Array> {
  const between = Array.from({ length: places - 4 }, (_, n) =>
    Math.floor(((n * 0.6180339887 + 0.1) % 1) * whole.length),
  )
  for (const [n, place] of [0, 1, whole.length - 2, whole.length - 1, ...between].entries()) {
    const bytes = Uint8Array.from(whole)
    bytes[place]! ^= 1 << ((5 * n + (n >> 3)) % 8)
    yield bytes
  }
}

/** Cut short: to nothing, by one byte, and at lengths between. */
export function* cuts(whole: Uint8Array, count: number): Generator<Uint8Array> {
  for (let n = 0; n < count - 1; n++) yield whole.subarray(0, Math.floor((whole.length * n) / (count - 1)))
  yield whole.subarray(0, whole.length - 1)
}

/** SHA-256 of the files of a directory by their paths. */
export function hashes(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true }).map(String).sort()
  const paths = names.filter((name) => statSync(join(directory, name)).isFile())
  const sum = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(directory, name)))
      .digest('hex')
  return Object.fromEntries(paths.map((name) => [name.replaceAll(sep, '/'), sum(name)]))
}

/** A copy of a directory, in its place. */
export function copied(original: string, copy: string, without: (name: string) => boolean = () => false): string {
  rmSync(copy, { recursive: true, force: true })
  cpSync(original, copy, { recursive: true })
  for (const name of readdirSync(copy, { recursive: true, encoding: 'utf8' }))
    if (without(name)) rmSync(join(copy, name))
  return copy
}

/** The files of a directory that are read back, by their paths there, found by watching: what was written anew before is none. */
export async function filesRead({ original, without, read }: Reading, copy: string): Promise<string[]> {
  copied(original, copy, without)
  const before = Object.keys(hashes(copy))
  const found = new Set<string>()
  const real = { readFileSync: fs.readFileSync, openSync: fs.openSync, renameSync: fs.renameSync }
  const written = new Set<string>()
  const within = (path: unknown) => (typeof path === 'string' ? relative(copy, path).replaceAll(sep, '/') : '')
  const noted = (path: unknown) => {
    if (before.includes(within(path)) && !written.has(within(path))) found.add(within(path))
  }
  const calls = fs as unknown as Record<string, (...args: unknown[]) => unknown>
  for (const [name, call] of Object.entries(real))
    calls[name] = (...args) => {
      if (name === 'renameSync') {
        // A state that takes the place of an older one was there before.
        if (!/checkpoint.*\.safetensors$/.test(String(args[0]))) written.add(within(args[1]))
      } else if (name === 'readFileSync' || args[1] === undefined || args[1] === 'r') noted(args[0])
      return (call as (...args: unknown[]) => unknown)(...args)
    }
  syncBuiltinESMExports()
  try {
    await read(copy)
  } finally {
    Object.assign(fs, real)
    syncBuiltinESMExports()
  }
  return [...found].sort()
}

/**
 * Damages a file that is read in every way, one after the other: each is refused, naming the file, with exit code 2, and leaves the
 * directory as it was.
 */
export async function expectNoticed(reading: Reading, file: string, copy: string, damage: Damage): Promise<void> {
  const { original, without, read, goesOn = false } = reading
  copied(original, copy, without)
  const path = join(copy, file)
  const whole = new Uint8Array(readFileSync(path))
  const untouched = () => Object.entries(hashes(copy)).filter(([name]) => name !== file)
  const before = JSON.stringify(untouched())
  let n = 0
  for (const bytes of [...flips(whole, damage.places), ...cuts(whole, damage.cuts)]) {
    const at = `${reading.name}: ${file}, damage ${n++}, first at byte ${bytes.findIndex((byte, k) => byte !== whole[k])}`
    writeFileSync(path, bytes)
    const error = await failure(() => read(copy))
    expect(error, `${at} was read`).not.toBeNull()
    if (!(error instanceof OverdampedError || error instanceof Failed)) throw new Error(at, { cause: error })
    expect(error.message, at).toContain(file.split('/').at(-1))
    expect(error.message, at).not.toMatch(/\n {4}at /)
    if (goesOn) {
      copied(original, copy, without)
      continue
    }
    expect(error.exitCode, at).toBe(2)
    expect(existsSync(path) && Buffer.compare(readFileSync(path), bytes), at).toBe(0)
  }
  if (!goesOn) expect(JSON.stringify(untouched())).toBe(before)
}

/** What a command throws, null when it succeeds. */
export async function failure(work: () => unknown): Promise<unknown> {
  try {
    await work()
    return null
  } catch (error) {
    return error
  }
}
