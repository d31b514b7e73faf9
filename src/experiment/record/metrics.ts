import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomic } from '../files/atomic.js'
import { files, runDirectoryError } from './directory.js'

/** Appends a line to metrics.jsonl. */
export function appendMetrics(directory: string, line: object): void {
  mkdirSync(directory, { recursive: true })
  appendFileSync(join(directory, files.metrics), jsonLine(line))
}

/** Writes metrics.jsonl anew. */
export function writeMetrics(directory: string, lines: readonly object[]): void {
  writeAtomic(join(directory, files.metrics), lines.map(jsonLine).join(''))
}

/**
 * The first `lines` lines of metrics.jsonl, those that the checkpoint knows of.
 *
 * @throws E_RUN_DIRECTORY when there are fewer, or one is not JSON
 */
export function readMetrics<Line extends object>(directory: string, lines: number): Line[] {
  const path = join(directory, files.metrics)
  const kept = lines > 0 && existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, lines) : []
  try {
    const parsed = kept.map((line) => JSON.parse(line) as Line)
    if (parsed.length === lines) return parsed
  } catch {
    // Reported below, as a file with too few lines is.
  }
  throw runDirectoryError(
    path,
    `expected ${lines} lines of JSON, as the checkpoint says; the file is damaged. Run again in another --out.`,
  )
}

/**
 * Cuts metrics.jsonl back to its first `lines` lines; a run killed after its checkpoint repeats the rest.
 *
 * @returns the lines kept
 * @throws E_RUN_DIRECTORY as `readMetrics` does, before anything is written
 */
export function truncateMetrics<Line extends object>(directory: string, lines: number): Line[] {
  const kept = readMetrics<Line>(directory, lines)
  if (lines === 0) rmSync(join(directory, files.metrics), { force: true })
  else writeMetrics(directory, kept)
  return kept
}

function jsonLine(line: object): string {
  return `${JSON.stringify(line)}\n`
}
