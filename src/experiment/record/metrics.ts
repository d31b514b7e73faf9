import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomic } from '../files/atomic.js'
import { files } from './directory.js'

/** Appends a line to metrics.jsonl. */
export function appendMetrics(directory: string, line: object): void {
  appendFileSync(join(directory, files.metrics), jsonLine(line))
}

/** Writes metrics.jsonl anew. */
export function writeMetrics(directory: string, lines: readonly object[]): void {
  writeAtomic(join(directory, files.metrics), lines.map(jsonLine).join(''))
}

function jsonLine(line: object): string {
  return `${JSON.stringify(line)}\n`
}
