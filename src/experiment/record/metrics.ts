import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { appendLine, writeAtomic } from '../files/atomic.js'
import { files } from './directory.js'

/** Appends a line to metrics.jsonl. */
export function appendMetrics(directory: string, line: object): void {
  appendLine(join(directory, files.metrics), jsonLine(line))
}

/** Writes metrics.jsonl anew; without lines there is none. */
export function writeMetrics(directory: string, lines: readonly object[]): void {
  const path = join(directory, files.metrics)
  if (lines.length === 0) rmSync(path, { force: true })
  else writeAtomic(path, lines.map(jsonLine).join(''))
}

function jsonLine(line: object): string {
  return `${JSON.stringify(line)}\n`
}
