import { isAbsolute, join } from 'node:path'
import { OverdampedError } from '../../errors.js'
import { mostShards, type Shard } from '../executor/shard.js'
import { isTemporaryOf } from '../files/atomic.js'
import { namesIn } from '../files/folder.js'
import { readJson, runDirectoryError, writeSealed } from '../record/directory.js'
import { isTree } from '../scenario/overrides.js'
import type { SweepAxis } from './sweep-grid.js'

/** sweep.json: a grid of runs and how far it has come. */
export interface SweepDocument {
  /** what marks the file */
  readonly format: 'overdamped-sweep'
  /** of its layout */
  readonly version: 1
  /** name of the scenario */
  readonly scenario: string
  /** the keys that change, each with its values */
  readonly grid: readonly SweepAxis[]
  /** the part of the grid that stands here; null for all of it */
  readonly shard: Shard | null
  /** all combinations, the last key's values the fastest */
  readonly points: readonly SweepPoint[]
  /** hash of what shards of one sweep have in common: scenario, settings and grid; older files have none */
  readonly of?: string
  /** shards that were not there when the others were merged, such as 3/8 */
  readonly missing?: readonly string[]
}

/** A point of the grid and its run. */
export interface SweepPoint {
  /** of its values, as in the table */
  readonly name: string
  /** what the keys of the grid are here, by their paths */
  readonly values: Readonly<Record<string, unknown>>
  /** of the run, relative to the document */
  readonly directory: string
  /** whether its run is yet to come, done, or failed */
  readonly status: 'pending' | 'finished' | 'failed'
  /** of a finished run: names of the checks that it did not pass */
  readonly failedChecks?: readonly string[]
  /** why it failed */
  readonly error?: string
}

/** Shards may share a directory, so each has files of its own. */
export function sweepFile(shard: Shard | null, ending: 'json' | 'csv' | 'html' | 'lock'): string {
  return shard === null ? `sweep.${ending}` : `sweep-${shard.part}-of-${shard.of}.${ending}`
}

/** Whether a file is one of those of a sweep, or of this shard of one. */
export function isOfSweep(shard: Shard | null): (name: string) => boolean {
  return (name) => (['json', 'csv', 'html'] as const).some((ending) => name === sweepFile(shard, ending))
}

/** Whether a file is the sweep.json of a sweep or of a shard. */
function isSweepFile(name: string): boolean {
  return /^sweep(-\d+-of-\d+)?\.json$/.test(name)
}

/** @throws E_OUTPUT_NOT_EMPTY when a directory holds files and none of a sweep; E_RUN_DIRECTORY for a sweep.json that is not ours */
export function requireSweepDirectory(directory: string): void {
  const isPassing = (name: string) => /^sweep.*\.lock/.test(name) || isTemporaryOf(isSweepFile, name)
  const names = namesIn(directory).filter((name) => !isPassing(name))
  if (names.length === 0) return
  if (!names.some(isSweepFile))
    throw new OverdampedError(
      'E_OUTPUT_NOT_EMPTY',
      `the directory is not empty and holds no ${sweepFile(null, 'json')}. Name another with --out.`,
      directory,
    )
  readSweeps(directory)
}

/** Writes sweep.json (or that of the shard). */
export function writeSweep(directory: string, document: SweepDocument): void {
  writeSealed(directory, sweepFile(document.shard, 'json'), document)
}

/** Whether JSON that anybody may have written is a sweep: what its points name is read, and nothing is written there. */
function isDocument(value: unknown): value is SweepDocument {
  if (!isTree(value)) return false
  const { format, version, scenario, grid, points, shard, of, missing = [] } = value
  const isAxis = (axis: unknown) => isTree(axis) && typeof axis.path === 'string' && Array.isArray(axis.values)
  const isPoint = (point: unknown) =>
    isTree(point) &&
    typeof point.name === 'string' &&
    isTree(point.values) &&
    isRelativePath(point.directory) &&
    ['pending', 'finished', 'failed'].includes(point.status as string)
  const isSweep = format === 'overdamped-sweep' && version === 1 && typeof scenario === 'string'
  const isPart = isShard(shard) && (of === undefined || typeof of === 'string')
  const isText = (text: unknown) => typeof text === 'string'
  return isSweep && isPart && isListOf(missing, isText) && isListOf(grid, isAxis) && isListOf(points, isPoint)
}

function isShard(shard: unknown): shard is Shard | null {
  if (!isTree(shard)) return shard === null
  const { part, of } = shard as Partial<Shard>
  return Number.isSafeInteger(part) && Number.isSafeInteger(of) && part! >= 1 && part! <= of! && of! <= mostShards
}

const isListOf = (value: unknown, is: (one: unknown) => boolean) => Array.isArray(value) && value.every(is)

/** Points of a merged sweep may lie beside it; it never names one from the root, which would be of another machine. */
function isRelativePath(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !isAbsolute(value) && !value.includes('\0')
}

/** What the sweep.json of a directory say, those of shards first. @throws E_RUN_DIRECTORY for one that is not ours, E_FORMAT for a damaged one */
export function readSweeps(directory: string): SweepDocument[] {
  const names = namesIn(directory).filter(isSweepFile)
  return names.sort().map((name) => {
    const document = readJson(directory, name)
    if (isDocument(document)) return document
    throw runDirectoryError(
      join(directory, name),
      'it is no record of a sweep of this version. Sweep again into another --out.',
    )
  })
}
