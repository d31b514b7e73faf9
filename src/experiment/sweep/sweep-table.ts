import { join } from 'node:path'
import { writeAtomic } from '../files/atomic.js'
import { files, readJson, runDirectoryError } from '../record/directory.js'
import { readManifest } from '../record/manifest.js'
import { isTree } from '../scenario/overrides.js'
import { type SweepDocument, sweepFile } from './sweep-document.js'

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
  if (!isTree(results)) return found
  const { scenario: _, seed: __, backend: ___, observables, checks, timings, ...rest } = results
  for (const [key, value] of Object.entries(rest)) collect(key, value)
  // Of lists, those whose entries have names: their figures by these.
  for (const [list, entries] of Object.entries({ observables, checks }))
    for (const { name, value, mean, standardError, truth, pass } of Array.isArray(entries)
      ? entries.filter(isTree)
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
