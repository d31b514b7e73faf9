import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { packageRoot } from '../../backend/node/package-root.js'
import { OverdampedError } from '../../errors.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import type { Scenario } from '../scenario/schema.js'
import type { StudyProblem } from './problem.js'
import { runStudy } from './studies.js'
import type { Arm, Repetition, StudyLine } from './study.js'

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

/** What a study finds over all its seeds. */
export interface Study extends Omit<Repetition, 'leading'> {
  /** leading figures of the run, for tables of runs */
  readonly metrics: Readonly<Record<string, Estimate>>
  /** of the first arm that is expected to succeed and has them: per walker over a repetition, in kT */
  readonly thermodynamics: { readonly work?: Estimate; readonly heat?: Estimate }
}

/**
 * Repetitions together: figures are their means, and checks hold for each. Costs, densities and samples are those of the
 * first.
 */
function overSeeds(seeds: readonly number[], repetitions: readonly Repetition[]): Study {
  const { arms, leading, densities, samples } = repetitions[0]!
  const over = ({ name }: Arm, figure: string): Estimate =>
    meanOf(Float64Array.from(repetitions, (each) => each.arms.find((arm) => arm.name === name)!.figures[figure]!))
  const measured = (arm: Arm | undefined, names: readonly string[]) =>
    arm === undefined
      ? []
      : names.filter((figure) => figure in arm.figures).map((figure) => [figure, over(arm, figure)] as const)
  const billed = arms.find(
    ({ expected, figures }) => expected === 'succeeds' && ('work' in figures || 'heat' in figures),
  )
  return {
    arms: arms.map((arm) => ({
      ...arm,
      figures: Object.fromEntries(
        measured(arm, Object.keys(arm.figures)).map(([figure, { value }]) => [figure, value]),
      ),
    })),
    metrics: Object.fromEntries(
      arms.flatMap((arm) => measured(arm, leading).map(([figure, value]) => [`${figure}:${arm.name}`, value])),
    ),
    checks: repetitions.flatMap(({ checks }, n) =>
      checks.map((check) => ({ ...check, name: `${check.name}, seed ${seeds[n]}` })),
    ),
    thermodynamics: Object.fromEntries(measured(billed, ['work', 'heat'])),
    densities,
    samples,
    warnings: told(seeds, repetitions),
  }
}

/** Of a study that finds no truth to compare with. */
const untold =
  'No figure here was compared with a truth: none is known for this data and network. Use one or two units, data.source boltzmann from a harmonic network, or for recovery-likelihood objective.cells or objective.probes.'

/** A warning that every seed gives stands once; others name theirs. */
function told(seeds: readonly number[], repetitions: readonly Repetition[]): string[] {
  const texts = new Set(repetitions.flatMap(({ warnings }) => warnings))
  const own = [...texts].flatMap((text) => {
    const which = seeds.filter((_, n) => repetitions[n]!.warnings.includes(text))
    return which.length === seeds.length ? [text] : which.map((seed) => `seed ${seed}: ${text}`)
  })
  return repetitions.some(({ checks }) => checks.length > 0) ? own : [untold, ...own]
}
