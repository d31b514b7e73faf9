import { join } from 'node:path'
import { didYouMean, listed, usageError } from '../../errors.js'
import { runDirectoryError } from '../record/directory.js'
import type { SweepDocument } from '../sweep/sweep-document.js'
import { sweepTable } from '../sweep/sweep-table.js'

/**
 * What a scenario of data and learning is judged by where nobody says: the first of these that its runs have any of. Samples that are spread
 * too widely have real data for nearest neighbours, which 1-NN takes for a virtue and the Fréchet distance does not; that one sees no more
 * of shapes than means and covariances.
 */
const usual = [['metrics.oneNearestNeighbour', 'metrics.frechetDistance'], ['metrics.labelError']]

/** A figure that quality is judged by, at every seed of a device. */
export interface Metric {
  /** its path in results.json */
  readonly path: string
  /** at each seed, null where the run failed. @param device - place of the values among those of the axis `hardware` */
  at(device: number): (number | null)[]
}

/**
 * Finds what quality is judged by in a sweep over seeds, then devices.
 *
 * @param names - paths in results.json, with or without `metrics.`; the usual ones when there are none
 * @throws E_USAGE with the names that there are where there is no such figure; E_RUN_DIRECTORY where the run of an ideal device, the first,
 *   has failed, and there is nothing to compare with
 */
export function metricsOf(
  directory: string,
  document: SweepDocument,
  seeds: number,
  names: readonly string[] = [],
): Metric[] {
  const { columns, rows } = sweepTable(directory, document)
  const devices = rows.length / seeds
  for (const [n, { status, directory: at, error = '' }] of document.points.entries())
    if (n % devices === 0 && status !== 'finished')
      throw runDirectoryError(join(directory, at), `the ideal device has failed: ${error} Change the scenario.`)
  const ideal = Array.from({ length: seeds }, (_, seed) => rows[seed * devices]!)
  const known = columns.filter((_, column) => ideal.every((row) => Number.isFinite(row[column])))
  return pathsOf(names, known).map((path) => {
    const values = figureOf({ columns, rows }, path)
    return { path, at: (device) => ideal.map((_, seed) => values[seed * devices + device]!) }
  })
}

function pathsOf(names: readonly string[], known: readonly string[]): string[] {
  const metrics = known.flatMap((one) => /^metrics\.(\w+)$/.exec(one)?.[1] ?? [])
  const expected = metrics.length === 0 ? 'The scenario measures no metrics.' : `Expected ${listed(metrics)}.`
  if (names.length === 0) {
    const measured = usual.map((some) => some.filter((one) => known.includes(one))).find(({ length }) => length > 0)
    if (measured !== undefined) return measured
    throw usageError(`say what the quality is, by its path in results.json. ${expected}`, '--metric')
  }
  const found = names.map((name) => {
    const path = [name, `metrics.${name}`].find((one) => known.includes(one))
    if (path !== undefined) return path
    throw usageError(`the runs have no such figure.${didYouMean(name, metrics) || ` ${expected}`}`, `--metric ${name}`)
  })
  return [...new Set(found)]
}

/** A figure at each point of a sweep; null where the run failed. */
export function figureOf({ columns, rows }: ReturnType<typeof sweepTable>, path: string): (number | null)[] {
  const column = columns.indexOf(path)
  return rows.map((row) => (typeof row[column] === 'number' ? row[column] : null))
}
