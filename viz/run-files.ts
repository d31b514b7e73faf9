import { existsSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { NdArray } from 'ndarray'
import { OverdampedError } from '../src/errors.js'
import { requireRecorded, unsealed } from '../src/experiment/files/checksum.js'
import { decodeNpy } from '../src/experiment/files/npy.js'
import { decodeNpz } from '../src/experiment/files/npz.js'
import { readRunFile } from '../src/experiment/files/run-file.js'
import type { PointSet } from './point-set.js'
import { isRecord, type JsonRecord } from './read-values.js'
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
  return requireRecorded(directory, name, readRunFile(directory, name))
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

/** Along any axis of an array that has no elements: as many units a network may have. A page makes a place for each. */
const mostPlaces = 1_000_000
/** Arrays in a file; a run of many observables has some hundreds. */
const mostArrays = 4096

/** Arrays by name, none of which stands for more than it holds. @throws OverdampedError E_FORMAT */
export function sound<T extends Pick<NdArray, 'shape'>>(arrays: Record<string, T>, where: string): Record<string, T> {
  const all = Object.entries(arrays)
  if (all.length > mostArrays) throw unreadable(where, `holds ${all.length} arrays, expected at most ${mostArrays}`)
  for (const [name, { shape }] of all)
    if (shape.includes(0) && shape.some((length) => length > mostPlaces))
      throw unreadable(where, `${name.slice(0, 100)} has shape [${shape}] and no elements`)
  return arrays
}

/** Lines of metrics.jsonl: those of ten thousand iterations at each of hundreds of knots. */
const mostLines = 3_000_000

/** Visits the lines of metrics.jsonl in turn, where there is one. @throws OverdampedError E_FORMAT for one that is no JSON */
export function readMetrics(directory: string, visit: (row: unknown) => void): void {
  const name = 'metrics.jsonl'
  const found = statSync(join(directory, name), { throwIfNoEntry: false })
  if (found === undefined) return
  // Earlier versions wrote an empty file where there were no lines.
  if (found.isFile() && found.size === 0) return void requireRecorded(directory, name, new Uint8Array(0))
  const text = readText(directory, name)
  for (let begin = 0, number = 1; begin < text.length; number++) {
    if (number > mostLines) throw unreadable(join(directory, name), `has more than ${mostLines} lines`)
    const newline = text.indexOf('\n', begin)
    const end = newline < 0 ? text.length : newline
    const line = text.slice(begin, end)
    if (line.trim() !== '') visit(parsed(directory, `${name}:${number}`, () => JSON.parse(line)))
    begin = end + 1
  }
}

/** The points in an npy file; undefined where it is missing. */
export function readPoints(directory: string, name: string): PointSet | undefined {
  const path = join(directory, name)
  if (!existsSync(path)) return undefined
  const { samples } = sound({ samples: decodeNpy(readRecorded(directory, name), path) }, path)
  return samples && pointSet(samples, path, 'samples')
}

/** The arrays in an npz file, by name; none where it is missing. */
export function readArrays(directory: string, name: string): Record<string, NdArray> {
  const path = join(directory, name)
  return existsSync(path) ? sound(decodeNpz(readRecorded(directory, name), path), path) : {}
}

/** Numbers of one array that a page looks at, the first ones: quantiles and histograms of more take long and say nothing else. */
const mostNumbers = 4_000_000

/** An array [count, units] as points, the first of them where there are very many. @throws OverdampedError E_FORMAT for another shape */
export function pointSet(array: NdArray, where: string, name: string): PointSet {
  if (array.shape.length !== 2) throw unreadable(where, `${name} has shape [${array.shape}], expected [count, units]`)
  const [whole, units] = array.shape as [number, number]
  const count = Math.min(whole, Math.max(1, Math.floor(mostNumbers / Math.max(1, units))))
  return { points: flat(array).subarray(0, count * units), count, units, whole }
}

/** One number for each of very many, of the first of them. */
export function firstOf(array: NdArray): ArrayLike<number> {
  return flat(array).subarray(0, mostNumbers)
}

/** Decoded arrays are C-contiguous; the offset is honoured in case they are views into the file. */
export function flat(array: NdArray): Float64Array {
  const values = array.data as unknown as Float64Array
  return values.subarray(array.offset, array.offset + array.size)
}
