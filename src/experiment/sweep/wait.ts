import { setTimeout as pause } from 'node:timers/promises'
import type { Hooks } from '../../backend/hooks.js'
import { StoppedError } from '../../errors.js'
import { isRunInShards, lackingOfRun } from '../run/merge.js'
import { type FoundSweep, merged, shardsAre } from './merge.js'
import { readSweeps } from './sweep-document.js'

/** How to wait. */
export interface WaitOptions extends Pick<Hooks, 'onNote' | 'signal'> {
  /** ms between two looks */
  readonly every?: number
}

/**
 * Waits until all shards of a sweep are there and none has a point to run, or those of a run have done all that they can: for whoever merges where nothing else begins it when the last
 * shard has ended. `onNote` hears what is waited for, whenever that changes.
 *
 * @throws E_USAGE where shards are of different sweeps; E_FORMAT or E_RUN_DIRECTORY for a file that is damaged; StoppedError when `signal` aborted
 */
export async function awaitShards(
  directories: readonly string[],
  { onNote, signal, every = 5_000 }: WaitOptions = {},
): Promise<void> {
  let said: string | null = null
  for (;;) {
    const lacking = whatIsLacking(directories)
    if (lacking === null) return
    if (lacking !== said) onNote?.(`waiting: ${lacking}`)
    said = lacking
    await pause(every, undefined, { signal }).catch(() => {
      throw new StoppedError()
    })
  }
}

/** What is not there yet, in words; null when all is. */
function whatIsLacking(directories: readonly string[]): string | null {
  const [first = '', ...others] = directories
  return others.length === 0 && isRunInShards(first) ? lackingOfRun(first) : lackingInSweeps(directories)
}

function lackingInSweeps(directories: readonly string[]): string | null {
  const found: FoundSweep[] = []
  for (const directory of directories) {
    const documents = readSweeps(directory)
    if (documents.length === 0) return `nothing has begun in ${directory} yet`
    found.push(...documents.map((document) => ({ directory, document })))
  }
  const { missing = [], points } = merged(found, '.', true)
  if (missing.length > 0) return `${shardsAre(missing)} not there yet`
  const open = points.filter(({ status }) => status === 'pending').length
  return open === 0 ? null : `${open} of ${points.length} points have not run yet`
}
