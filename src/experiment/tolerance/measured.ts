import { join } from 'node:path'
import { didYouMean, listed, usageError } from '../../errors.js'
import { runDirectoryError } from '../record/directory.js'
import type { SweepDocument } from '../sweep/sweep-document.js'
import { sweepTable } from '../sweep/sweep-table.js'

/** What a scenario of data and learning is judged by where nobody says: the first that its runs have. */
const usual = ['metrics.oneNearestNeighbour', 'metrics.frechetDistance', 'metrics.labelError']

/** The figure that is the quality, at every seed of a device. */
export interface Metric {
  /** its path in results.json */
  readonly path: string
  /** at each seed, null where the run failed. @param device - place of the values among those of the axis `hardware` */
  at(device: number): (number | null)[]
}

/**
 * Finds the quality in a sweep over seeds, then devices.
 *
 * @param name - a path in results.json, with or without `metrics.`; the usual one when absent
 * @throws E_USAGE with the names that there are where there is no such figure; E_RUN_DIRECTORY where the run of an ideal device, the first,
 *   has failed, and there is nothing to compare with
 */
export function metricOf(directory: string, document: SweepDocument, seeds: number, name?: string): Metric {
  const { columns, rows } = sweepTable(directory, document)
  const devices = rows.length / seeds
  for (const [n, { status, directory: at, error = '' }] of document.points.entries())
    if (n % devices === 0 && status !== 'finished')
      throw runDirectoryError(join(directory, at), `the ideal device has failed: ${error} Change the scenario.`)
  const ideal = Array.from({ length: seeds }, (_, seed) => rows[seed * devices]!)
  const known = columns.filter((_, column) => ideal.every((row) => Number.isFinite(row[column])))
  const wanted = name === undefined ? usual : [name, `metrics.${name}`]
  const path = wanted.find((one) => known.includes(one))
  if (path === undefined) {
    const metrics = known.flatMap((one) => /^metrics\.(\w+)$/.exec(one)?.[1] ?? [])
    const names = metrics.length === 0 ? 'The scenario measures no metrics.' : `Expected ${listed(metrics)}.`
    if (name === undefined)
      throw usageError(`say what the quality is, by its path in results.json. ${names}`, '--metric')
    throw usageError(`the runs have no such figure.${didYouMean(name, metrics) || ` ${names}`}`, `--metric ${name}`)
  }
  const values = figureOf({ columns, rows }, path)
  return { path, at: (device) => ideal.map((_, seed) => values[seed * devices + device]!) }
}

/** A figure at each point of a sweep; null where the run failed. */
export function figureOf({ columns, rows }: ReturnType<typeof sweepTable>, path: string): (number | null)[] {
  const column = columns.indexOf(path)
  return rows.map((row) => (typeof row[column] === 'number' ? row[column] : null))
}
