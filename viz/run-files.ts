import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { NdArray } from 'ndarray'
import { OverdampedError } from '../src/errors.js'
import { requireRecorded, unsealed } from '../src/experiment/files/checksum.js'
import { decodeNpy } from '../src/experiment/files/npy.js'
import { decodeNpz } from '../src/experiment/files/npz.js'
import { isRecord, type JsonRecord } from './read-values.js'
import type { PointSet } from './run-record.js'
import { unreadable } from './unreadable.js'

/** The text of a file that a finished run has. @throws OverdampedError E_RUN_DIRECTORY where it is missing */
export function readText(directory: string, name: string): string {
  const path = join(directory, name)
  const expected = 'Expected the directory that "overdamped run" printed'
  const kind = statSync(directory, { throwIfNoEntry: false })
  if (kind?.isDirectory() !== true)
    throw new OverdampedError(
      'E_RUN_DIRECTORY',
      `${kind === undefined ? 'no such run directory' : 'is a file'}. ${expected}`,
      directory,
    )
  if (!existsSync(path))
    throw new OverdampedError(
      'E_RUN_DIRECTORY',
      `file not found. Expected ${basename(path)} of a finished run; run the scenario again, or with --resume if it was stopped`,
      path,
    )
  return new TextDecoder().decode(readRecorded(directory, name))
}

/** The bytes of a file, which are those that the run wrote. */
export function readRecorded(directory: string, name: string): Uint8Array {
  return requireRecorded(directory, name, new Uint8Array(readFileSync(join(directory, name))))
}

/** What `read` makes of a file. @throws OverdampedError E_FORMAT, naming the file, for what it throws */
export function parsed<T>(directory: string, name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw unreadable(join(directory, name), error instanceof Error ? (error.message.split('\n')[0] as string) : '')
  }
}

/** The object in a JSON file. @throws as readText, or E_FORMAT */
export function readJson(directory: string, name: string): JsonRecord {
  const text = readText(directory, name)
  const value = unsealed(text, join(directory, name))
  if (!isRecord(value)) throw unreadable(join(directory, name), 'expected a JSON object')
  return value
}

/** The points in an npy file; undefined where it is missing. */
export function readPoints(directory: string, name: string): PointSet | undefined {
  const path = join(directory, name)
  return existsSync(path) ? pointSet(decodeNpy(readRecorded(directory, name), path), path, 'samples') : undefined
}

/** The arrays in an npz file, by name; none where it is missing. */
export function readArrays(directory: string, name: string): Record<string, NdArray> {
  const path = join(directory, name)
  return existsSync(path) ? decodeNpz(readRecorded(directory, name), path) : {}
}

/** An array [count, units] as points. @throws OverdampedError E_FORMAT for another shape */
export function pointSet(array: NdArray, where: string, name: string): PointSet {
  if (array.shape.length !== 2) throw unreadable(where, `${name} has shape [${array.shape}], expected [count, units]`)
  return { points: flat(array), count: array.shape[0] as number, units: array.shape[1] as number }
}

/** Decoded arrays are C-contiguous; the offset is honoured in case they are views into the file. */
export function flat(array: NdArray): ArrayLike<number> {
  const values = array.data as unknown as Float64Array
  return values.subarray(array.offset, array.offset + array.size)
}
