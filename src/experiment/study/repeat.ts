import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { packageRoot } from '../../backend/node/package-root.js'
import { type ErrorCode, OverdampedError } from '../../errors.js'
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
  | {
      readonly refusal: {
        readonly code: ErrorCode
        readonly text: string
        readonly where: string
        readonly exitCode: number
      }
    }

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
  const found =
    many < 2
      ? await inTurn(problem, told)
      : await atATime(many, seeds, (seed, n, aborted) =>
          inThread({ scenario, seed }, (share) => told(n, share), aborted),
        )
  return {
    study: overSeeds(
      seeds,
      found.map((each) => each.found),
    ),
    lines: found.flatMap(({ lines }) => lines),
  }
}

/** One repetition, in the calling thread. */
export async function repetition(problem: StudyProblem, seed: number, progress: Progress): Promise<Recorded> {
  const lines: StudyLine[] = []
  const record = (line: Omit<StudyLine, 'kind' | 'seed'>) => lines.push({ kind: 'objective', seed, ...line })
  return { found: await runStudy(problem, seed, { record, progress }), lines }
}

async function inTurn(problem: StudyProblem, told: (n: number, share: number) => Promise<void>): Promise<Recorded[]> {
  const found: Recorded[] = []
  for (const [n, seed] of problem.seeds.entries()) {
    found.push(await repetition(problem, seed, (share) => told(n, share)))
    await told(n, 1)
  }
  return found
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
