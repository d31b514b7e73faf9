import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { appendLine, writeAtomic } from '../files/atomic.js'
import { sha256 } from '../files/checksum.js'
import { files, runDirectoryError } from './directory.js'

/** Appends a line to metrics.jsonl. */
export function appendMetrics(directory: string, line: object): void {
  appendLine(join(directory, files.metrics), jsonLine(line))
}

/** Writes metrics.jsonl anew. */
export function writeMetrics(directory: string, lines: readonly object[]): void {
  writeAtomic(join(directory, files.metrics), lines.map(jsonLine).join(''))
}

/**
 * The first `lines` lines of metrics.jsonl, those that the checkpoint knows of.
 *
 * @param sum - of the lines, see `metricsChecksum`; null where the checkpoint has none
 * @throws E_RUN_DIRECTORY when there are fewer, one is not JSON, or they are not those that were written
 */
export function readMetrics<Line extends object>(directory: string, lines: number, sum: string | null): Line[] {
  const path = join(directory, files.metrics)
  const kept = lines > 0 && existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, lines) : []
  try {
    const parsed = kept.map((line) => JSON.parse(line) as Line)
    if (parsed.length === lines && (sum === null || metricsChecksum(parsed) === sum)) return parsed
  } catch {
    // Reported below, as a file with too few lines is.
  }
  throw runDirectoryError(
    path,
    `expected the ${lines} lines of JSON that the checkpoint knows; the file is damaged. Run again in another --out.`,
  )
}

/** Cuts metrics.jsonl back to its first lines; a run killed after its checkpoint repeats the rest. */
export function truncateMetrics(directory: string, kept: readonly object[]): void {
  if (kept.length === 0) rmSync(join(directory, files.metrics), { force: true })
  else writeMetrics(directory, kept)
}

/** SHA-256 of lines of metrics.jsonl. */
export function metricsChecksum(lines: readonly object[]): string {
  return sha256(lines.map(jsonLine).join(''))
}

function jsonLine(line: object): string {
  return `${JSON.stringify(line)}\n`
}
