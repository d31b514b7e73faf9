import { relative, resolve } from 'node:path'
import { betweenPieces, type Hooks } from '../../backend/hooks.js'
import { usageError } from '../../errors.js'
import { claimed } from '../record/claim.js'
import { runDirectoryError } from '../record/directory.js'
import {
  isOfSweep,
  readSweeps,
  requireSweepDirectory,
  type SweepDocument,
  type SweepPoint,
  sweepFile,
  writeSweep,
} from './sweep-document.js'
import { sweepTable, writeSweepTable } from './sweep-table.js'

/** How sweeps are merged. */
export interface MergeOptions extends Hooks {
  /** takes the shards that are there, where others are missing */
  readonly partial?: boolean | undefined
}

/** What a sweep.json says, and where it lies. */
export interface FoundSweep {
  readonly directory: string
  readonly document: SweepDocument
}

/**
 * All sweeps and shards of sweeps in the given directories as one, written to `out`. A point that stands in several is
 * there once, finished if it is anywhere. Merged again they give the same bytes.
 *
 * @param directories - each holds a sweep.json, or those of some shards
 * @throws E_RUN_DIRECTORY when one holds none, or a damaged one, or a shard is missing, which it names; E_USAGE when their scenarios differ, or
 *   shards are of different sweeps, which it names; StoppedError when `signal` stopped it; as `requireSweepDirectory` and `claim` do
 *
 * Cost: about a millisecond a point.
 */
export async function mergeSweeps(
  directories: readonly string[],
  out: string,
  { partial = false, ...hooks }: MergeOptions = {},
): Promise<SweepDocument> {
  const found = directories.flatMap((directory) => {
    const documents = readSweeps(directory)
    if (documents.length === 0)
      throw runDirectoryError(directory, 'there is no sweep.json; expected a directory that "overdamped sweep" wrote.')
    return documents.map((document) => ({ directory, document }))
  })
  const document = merged(found, out, partial)
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

/**
 * What the merged sweep.json is to say in `out`.
 *
 * @param partial - whether shards may be missing
 * @throws as `mergeSweeps` does
 */
export function merged(found: readonly FoundSweep[], out: string, partial: boolean): SweepDocument {
  const scenario = found[0]?.document.scenario ?? ''
  const other = found.find(({ document }) => document.scenario !== scenario)
  if (other !== undefined)
    throw usageError(
      `it sweeps ${other.document.scenario}, and those before it ${scenario}. Merge sweeps of one scenario.`,
      other.directory,
    )
  requireOneSweep(found)
  const sweeps = new Map<string, FoundSweep[]>()
  for (const one of found) sweeps.set(identity(one), [...(sweeps.get(identity(one)) ?? []), one])
  const [first, ...others] = [...sweeps.values()].map((one) => gathered(one, out, partial))
  return others.length === 0 ? first! : together([first!, ...others])
}

/** What files of one sweep have in common. Of older ones that do not say it, every whole sweep is one of its own. */
function identity({ directory, document: { of, shard, grid } }: FoundSweep): string {
  return of ?? (shard === null ? directory : JSON.stringify(grid))
}

/** What to call a shard, and where it lies. */
function named({ directory, document: { shard } }: FoundSweep): string {
  return `shard ${shard?.part}/${shard?.of} in ${directory}`
}

/** @throws E_USAGE when shards are of different sweeps, or of one in another number of parts, naming them and what differs */
function requireOneSweep(found: readonly FoundSweep[]): void {
  const [first, ...others] = found.filter(({ document }) => document.shard !== null)
  for (const other of others) {
    const [one, two] = [first!.document, other.document]
    const differs =
      one.shard!.of !== two.shard!.of
        ? 'they are parts of different numbers'
        : JSON.stringify(one.grid) !== JSON.stringify(two.grid)
          ? 'their grids differ'
          : one.of !== undefined && two.of !== undefined && one.of !== two.of
            ? 'the scenario, its settings or its grid differ'
            : null
    if (differs !== null)
      throw usageError(
        `${named(other)} is of another sweep than ${named(first!)}: ${differs}. Merge the shards of one sweep.`,
        'merge',
      )
  }
}

/** Shards of a sweep that are not among those found, such as 3/8; none where the whole sweep is. */
function missingShards(found: readonly FoundSweep[]): string[] {
  const parts = found.flatMap(({ document }) => document.shard ?? [])
  const [first] = parts
  if (first === undefined || found.some(({ document }) => isWhole(document))) return []
  const there = new Set(parts.map(({ part }) => part))
  return Array.from({ length: first.of }, (_, n) => n + 1)
    .filter((part) => !there.has(part))
    .map((part) => `${part}/${first.of}`)
}

/** Shards that are named in a message. */
const mostNamed = 20

/** `shard 3/8 is`, `shards 3/8, 5/8 are`, and how many more where there are many. */
export function shardsAre(names: readonly string[]): string {
  if (names.length === 1) return `shard ${names[0]} is`
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : ''
  return `shards ${names.slice(0, mostNamed).join(', ')}${more} are`
}

const isWhole = ({ shard, missing }: SweepDocument) => shard === null && missing === undefined

/** What counts for more of a point that stands in several files. */
const rank = { pending: 0, failed: 1, finished: 2 }

/** One sweep of its shards and whole files, its points in the order of the grid. @throws E_RUN_DIRECTORY naming a missing shard */
function gathered(found: readonly FoundSweep[], out: string, partial: boolean): SweepDocument {
  const hasShards = found.some(({ document }) => document.shard !== null)
  const missing = hasShards
    ? missingShards(found)
    : (found.find(({ document }) => document.missing)?.document.missing ?? [])
  const [gone] = missing
  if (gone !== undefined && !partial)
    throw runDirectoryError(
      found[0]!.directory,
      `${shardsAre(missing)} missing: run the command of the others with --shard ${gone}. Name its directory too, where it wrote to another; or merge what is there with --partial.`,
    )
  const points = new Map<number, SweepPoint>()
  for (const { directory, document } of found) {
    // What was merged of a part of the shards says nothing that they do not.
    if (hasShards && document.missing !== undefined) continue
    const { part, of } = document.shard ?? { part: 1, of: 1 }
    for (const [n, point] of document.points.entries()) {
      const place = n * of + part - 1
      const before = points.get(place)
      if (before !== undefined && rank[before.status] >= rank[point.status]) continue
      points.set(place, { ...point, directory: relative(out, resolve(directory, point.directory)) })
    }
  }
  const { missing: _, ...document } = found[0]!.document
  return {
    ...document,
    shard: null,
    points: [...points].sort(([a], [b]) => a - b).map(([, point]) => point),
    ...(missing.length === 0 ? {} : { missing }),
  }
}

/** Several sweeps of a scenario as one: each run once, and all values of all keys. */
function together(sweeps: readonly SweepDocument[]): SweepDocument {
  const values = new Map<string, Map<string, unknown>>()
  const points = new Map<string, SweepPoint>()
  for (const { grid, points: of } of sweeps) {
    for (const axis of grid) {
      const known = values.get(axis.path) ?? new Map<string, unknown>()
      for (const value of axis.values) known.set(JSON.stringify(value), value)
      values.set(axis.path, known)
    }
    for (const point of of) {
      const before = points.get(point.directory)
      if (before === undefined || rank[before.status] < rank[point.status]) points.set(point.directory, point)
    }
  }
  const missing = sweeps.flatMap((one) => one.missing ?? [])
  return {
    format: 'overdamped-sweep',
    version: 1,
    scenario: sweeps[0]!.scenario,
    grid: [...values].map(([path, known]) => ({ path, values: [...known.values()] })),
    shard: null,
    points: [...points.values()],
    ...(missing.length === 0 ? {} : { missing }),
  }
}
