import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { packageRoot } from '../../backend/node/package-root.js'
import { OverdampedError } from '../../errors.js'
import type { Scenario } from '../scenario/schema.js'
import { overSeeds, type Study } from './over-seeds.js'
import type { StudyProblem } from './problem.js'
import { runStudy } from './studies.js'
import type { Repetition, StudyLine } from './study.js'

/** A repetition with the curves that it recorded. */
export interface Recorded {
  readonly found: Repetition
  readonly lines: readonly StudyLine[]
}

/** What a thread is given: the scenario, and the seed of its repetition. */
export interface RepetitionInput {
  readonly scenario: Scenario
  readonly seed: number
}

/** What a thread says: how far it is, then what it found, or why it can't. */
export type RepetitionMessage =
  | { readonly share: number }
  | { readonly recorded: Recorded }
  | { readonly refusal: Pick<OverdampedError, 'code' | 'text' | 'where' | 'exitCode'> }

/** Lets others have a turn when a share of the work is done; @throws to stop it. */
type Progress = (share: number) => Promise<void>

/**
 * Runs the study of a problem at each of its seeds, which are independent: as many at a time as there are threads, which
 * never changes a bit.
 *
 * @returns what was found over all of them, and the curves in the order of the seeds
 * @throws whatever `progress` throws, and OverdampedError of a repetition
 */
export async function repeatStudy(
  problem: StudyProblem,
  threads = availableParallelism(),
  progress: Progress,
): Promise<{ study: Study; lines: StudyLine[] }> {
  const { seeds, scenario } = problem
  const shares = seeds.map(() => 0)
  const told = (n: number, share: number) => {
    shares[n] = share
    return progress(shares.reduce((sum, each) => sum + each, 0) / seeds.length)
  }
  const many = Math.min(threads, seeds.length)
  const repetitions = await atATime(Math.max(1, many), seeds, async (seed, n, aborted) => {
    const progress = (share: number) => told(n, share)
    if (many > 1) return inThread({ scenario, seed }, progress, aborted)
    const recorded = await repetition(problem, seed, progress)
    await progress(1)
    return recorded
  })
  const found = repetitions.map((each) => each.found)
  return { study: overSeeds(seeds, found), lines: repetitions.flatMap(({ lines }) => lines) }
}

/** One repetition, in the calling thread. */
export async function repetition(problem: StudyProblem, seed: number, progress: Progress): Promise<Recorded> {
  const lines: StudyLine[] = []
  const record = (line: Omit<StudyLine, 'kind' | 'seed'>) => lines.push({ kind: 'objective', seed, ...line })
  return { found: await runStudy(problem, seed, { record, progress }), lines }
}

/** Does the work of every item, `many` at a time; the first failure aborts the others. */
async function atATime<Item, Result>(
  many: number,
  items: readonly Item[],
  work: (item: Item, n: number, aborted: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const abort = new AbortController()
  let next = 0
  const workThrough = async () => {
    while (next < items.length) {
      const n = next++
      results[n] = await work(items[n]!, n, abort.signal)
    }
  }
  try {
    await Promise.all(Array.from({ length: many }, workThrough))
  } finally {
    abort.abort()
  }
  return results
}

/** One repetition, in a thread of its own. */
function inThread(input: RepetitionInput, progress: Progress, aborted: AbortSignal): Promise<Recorded> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(packageRoot(), 'dist', 'study', 'worker.js'), { workerData: input })
    const end = () => worker.terminate()
    aborted.addEventListener('abort', end)
    worker.on('message', (message: RepetitionMessage) => {
      if ('share' in message) progress(message.share).catch(reject)
      else if ('recorded' in message) resolve(message.recorded)
      else {
        const { code, text, where, exitCode } = message.refusal
        reject(new OverdampedError(code, text, where, exitCode))
      }
    })
    worker.on('error', reject)
    worker.on('exit', (code) => reject(new Error(`the thread of seed ${input.seed} ended (exit code ${code})`)))
  })
}
