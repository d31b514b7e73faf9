import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { pipeline } from 'node:stream/promises'
import { exitCode, OverdampedError } from '../../errors.js'
import { filesBesideData, filesOfData } from '../scenario/paths.js'
import type { Scenario } from '../scenario/schema.js'

/** SHA-256 of files by their absolute paths; null where there is none. */
type Hashes = Readonly<Record<string, string | null>>

/** Of files as they were, by path, size and time: thousands of jobs name the same ones. */
const known = new Map<string, string>()

/** What a scenario names lies on the disk of whoever asks: hashes of all these files. @param scenario - its paths absolute */
export async function namedFiles(scenario: Scenario): Promise<Hashes> {
  const found: Record<string, string | null> = {}
  for (const path of [...filesOfData(scenario), ...filesBesideData(scenario)]) found[path] = await hashOf(path)
  return found
}

/**
 * Whoever carries out a job elsewhere must read the same.
 *
 * @throws E_DATA naming a file that is missing on this machine, or is another
 */
export async function requireNamedFiles(hashes: Hashes): Promise<void> {
  for (const [path, hash] of Object.entries(hashes)) {
    const here = await hashOf(path)
    if (here === hash) continue
    const what = here === null ? 'has no such file' : 'has another file there than the one that was meant'
    throw new OverdampedError(
      'E_DATA',
      `the worker on ${hostname()} ${what}. Put the same file at the same path on every machine that has a worker.`,
      path,
      exitCode.failed,
    )
  }
}

async function hashOf(path: string): Promise<string | null> {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isFile() !== true) return null
  const state = [path, found.size, found.mtimeMs, found.ino].join('\n')
  const before = known.get(state)
  if (before !== undefined) return before
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  const sum = hash.digest('hex')
  known.set(state, sum)
  return sum
}
