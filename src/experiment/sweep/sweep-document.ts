import { isAbsolute, join, relative, resolve } from 'node:path'
import { betweenPieces, type Hooks } from '../../backend/hooks.js'
import { OverdampedError, usageError } from '../../errors.js'
import type { Shard } from '../executor/shard.js'
import { isTemporaryOf, writeAtomic } from '../files/atomic.js'
import { namesIn } from '../files/folder.js'
import { claimed } from '../record/claim.js'
import { files, readJson, runDirectoryError, writeSealed } from '../record/directory.js'
import { readManifest } from '../record/manifest.js'
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

/** Writes sweep.csv: see `sweepTable`. */
export function writeSweepTable(
  directory: string,
  document: SweepDocument,
  { columns, rows } = sweepTable(directory, document),
): void {
  const path = join(directory, sweepFile(document.shard, 'csv'))
  const line = (fields: readonly unknown[]) => `${fields.map(field).join(',')}\n`
  writeAtomic(path, line(columns) + rows.map(line).join(''))
}

/** A column that one run has makes a cell for all. */
const mostCells = 2_000_000

/**
 * A row for each point: its name, its status, its values and all numbers of its results.json, by their paths there, of
 * observables and checks by their names. A quantity's own column is followed by that of its `standardError`, of a
 * check also by its truth and whether it passed.
 *
 * @throws E_RUN_DIRECTORY when the results of a finished point are missing or damaged
 */
export function sweepTable(
  directory: string,
  { grid, points }: SweepDocument,
): { columns: string[]; rows: unknown[][] } {
  const paths = grid.map(({ path }) => path)
  const measured = points.map(({ status, directory: run }) =>
    status === 'finished' ? figures(resultsOf(join(directory, run))) : new Map<string, unknown>(),
  )
  const names = [...new Set(measured.flatMap((figure) => [...figure.keys()]))]
  if (names.length * points.length > mostCells)
    throw runDirectoryError(
      directory,
      `its ${points.length} points have ${names.length} different figures; a table has at most ${mostCells} cells.`,
    )
  return {
    columns: ['point', 'status', ...paths, ...names],
    rows: points.map(({ name, status, values }, index) => [
      name,
      status,
      ...paths.map((path) => values[path]),
      ...names.map((key) => measured[index]!.get(key)),
    ]),
  }
}

/** Those of a run: a document that somebody else wrote could name any folder that has a results.json. */
function resultsOf(run: string): unknown {
  readManifest(run)
  return readJson(run, files.results)
}

/** The numbers of results.json by their paths; `value` and `mean` are what their parent is. */
function figures(results: unknown): Map<string, unknown> {
  const found = new Map<string, unknown>()
  const collect = (path: string, value: unknown) => {
    if (typeof value === 'number' || typeof value === 'boolean') found.set(path, value)
    else if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [key, inner] of Object.entries(value))
        collect(key === 'value' || key === 'mean' ? path : `${path}.${key}`, inner)
  }
  if (!isMapping(results)) return found
  const { scenario: _, seed: __, backend: ___, observables, checks, timings, ...rest } = results
  for (const [key, value] of Object.entries(rest)) collect(key, value)
  // Of lists, those whose entries have names: their figures by these.
  for (const [list, entries] of Object.entries({ observables, checks }))
    for (const { name, value, mean, standardError, truth, pass } of Array.isArray(entries)
      ? entries.filter(isMapping)
      : [])
      collect(`${list}.${typeof name === 'string' ? name : ''}`, { value: value ?? mean, standardError, truth, pass })
  collect('timings', timings)
  return found
}

/** A field of a CSV: nothing where there is nothing, text in quotes where it needs them. */
function field(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * All sweeps and shards of sweeps in the given directories as one, written to `out`. A point that stands in several is
 * there once, finished if it is anywhere.
 *
 * @param directories - each holds a sweep.json, or those of some shards
 * @throws E_RUN_DIRECTORY when one holds none, or a damaged one; E_USAGE when their scenarios differ; StoppedError when `signal` stopped it; as `requireSweepDirectory` and `claim` do
 */
export async function mergeSweeps(
  directories: readonly string[],
  out: string,
  hooks: Hooks = {},
): Promise<SweepDocument> {
  const document = merged(directories, out)
  requireSweepDirectory(out)
  // Whatever is wrong with a run is said before anything is written.
  await betweenPieces(hooks, { phase: 'measure', done: 0, total: document.points.length })
  const table = sweepTable(out, document)
  await betweenPieces(hooks, { phase: 'measure', done: document.points.length, total: document.points.length })
  const work = async () => {
    writeSweep(out, document)
    writeSweepTable(out, document, table)
    return document
  }
  const { onNote, signal } = hooks
  return claimed(out, sweepFile(null, 'lock'), work, { onNote, signal, owns: isOfSweep(null) })
}

function merged(directories: readonly string[], out: string): SweepDocument {
  const found = directories.flatMap((directory) => readSweeps(directory).map((document) => ({ directory, document })))
  const scenario = found[0]?.document.scenario ?? ''
  const other = found.find(({ document }) => document.scenario !== scenario)
  if (other !== undefined)
    throw usageError(
      `it sweeps ${other.document.scenario}, and those before it ${scenario}. Merge sweeps of one scenario.`,
      other.directory,
    )
  const values = new Map<string, Map<string, unknown>>()
  const points = new Map<string, SweepPoint>()
  for (const { directory, document } of found) {
    for (const axis of document.grid) {
      const known = values.get(axis.path) ?? new Map<string, unknown>()
      for (const value of axis.values) known.set(JSON.stringify(value), value)
      values.set(axis.path, known)
    }
    for (const point of document.points) {
      const run = resolve(directory, point.directory)
      if (points.get(run)?.status === 'finished') continue
      points.set(run, { ...point, directory: relative(out, run) })
    }
  }
  return {
    format: 'overdamped-sweep',
    version: 1,
    scenario,
    grid: [...values].map(([path, known]) => ({ path, values: [...known.values()] })),
    shard: null,
    points: [...points.values()],
  }
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether JSON that anybody may have written is a sweep: what its points name is read, and nothing is written there. */
function isDocument(value: unknown): value is SweepDocument {
  if (!isMapping(value)) return false
  const { format, version, scenario, grid, points } = value
  const isAxis = (axis: unknown) => isMapping(axis) && typeof axis.path === 'string' && Array.isArray(axis.values)
  const isPoint = (point: unknown) =>
    isMapping(point) &&
    typeof point.name === 'string' &&
    isMapping(point.values) &&
    isRelativePath(point.directory) &&
    ['pending', 'finished', 'failed'].includes(point.status as string)
  const isSweep = format === 'overdamped-sweep' && version === 1 && typeof scenario === 'string'
  return isSweep && isListOf(grid, isAxis) && isListOf(points, isPoint)
}

const isListOf = (value: unknown, is: (one: unknown) => boolean) => Array.isArray(value) && value.every(is)

/** Points of a merged sweep may lie beside it; it never names one from the root, which would be of another machine. */
function isRelativePath(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !isAbsolute(value) && !value.includes('\0')
}

function readSweeps(directory: string): SweepDocument[] {
  const names = namesIn(directory).filter(isSweepFile)
  if (names.length === 0)
    throw runDirectoryError(directory, 'there is no sweep.json; expected a directory that "overdamped sweep" wrote.')
  return names.sort().map((name) => {
    const document = readJson(directory, name)
    if (isDocument(document)) return document
    throw runDirectoryError(
      join(directory, name),
      'it is no record of a sweep of this version. Sweep again into another --out.',
    )
  })
}
