import type { Hooks, Progress } from '../../backend/hooks.js'
import type { BackendName } from '../../backend/node/open.js'
import { StoppedError } from '../../errors.js'
import type { MetricLine } from '../../learning/training/losses.js'
import { createSliceTrainer, type SliceState, type SliceTrainer } from '../../learning/training/slice.js'
import { createTrainingState, type TrainingState } from '../../learning/training/train.js'
import type { Executor, JobInput, JobKind } from '../executor/executor.js'
import { openForJob } from '../executor/share.js'
import { openStages, unkept } from '../record/stages.js'
import { withAbsolutePaths } from '../scenario/paths.js'
import type { Problem } from '../system/problem.js'
import { problemOfJob } from '../system/problem-of-job.js'
import { startOfLearning } from '../system/system.js'
import { isSliceState, type Kept, requireFit } from './kept.js'
import { trainingTask } from './task.js'

/** A slice of training: `index` counts from the noisiest. */
interface SliceInput extends JobInput {
  readonly backend: BackendName
  readonly of: string
}

/** What a slice has learned. */
interface TrainedSlice {
  /** parameters of its knot, [parameters] */
  readonly theta: Float64Array
  /** what the descent on the last slice ends in, as training keeps it; null of all others */
  readonly state: SliceState | null
  readonly lines: readonly MetricLine[]
}

/** A slice of training, where none depends on another (`learning.start: independent`). */
export const slice: JobKind<SliceInput, TrainedSlice> = {
  name: 'slice',
  writes: 'states',
  async run(
    { scenario, seed, index, backend: name, threads, of, directory, interval },
    { onProgress, onNote, signal },
  ) {
    const problem = await problemOfJob(scenario, seed)
    const { data, scenario: own, potential } = problem
    if (data === undefined || own.learning === undefined) throw new Error('a slice is of a network that learns')
    const stages = directory === undefined ? unkept : openStages(directory, { of: `${of} ${index}`, interval, onNote })
    const keeper = stages.keeper<Kept<SliceState>>('job')
    requireFit(keeper, isSliceState(potential.size))
    const { backend } = await openForJob(name, threads)
    try {
      const trainer = createSliceTrainer(trainingTask(problem, data), own.learning, backend)
      const state = keeper.found?.state ?? stateBefore(index, trainer, problem)
      const lines = [...(keeper.found?.lines ?? [])]
      const share = (progress: Progress) => onProgress(state.iteration / trainer.iterations(index), progress)
      const theta = await trainer.train(index, state, {
        ...{ signal, onNote, onProgress: share },
        record: (line) => lines.push(line),
        keeper: { isDue: () => keeper.isDue(), keep: () => keeper.keep({ state, lines }) },
      })
      if (theta === null) throw new StoppedError()
      return { theta, state: index === trainer.slices - 1 ? { ...state, iteration: 0 } : null, lines }
    } finally {
      await backend.close()
    }
  },
}

/** The state in which training comes to a slice that does not hang on those before it. */
function stateBefore(index: number, { iterations }: SliceTrainer, problem: Problem): SliceState {
  const { finished: _, ...state } = createTrainingState(startOfLearning(problem))
  return { ...state, step: index === 0 ? 0 : iterations(0) + (index - 1) * iterations(1) }
}

/**
 * Trains the slices that are left, each as a job of its own, to the bits of training in turn. `state` and `lines` are as this leaves them
 * when all slices are done, and until then as they were.
 *
 * @param lines - what was recorded of all slices, in their order
 * @throws StoppedError when `signal` aborted, and the error of a slice that failed
 */
export async function trainApart(
  problem: Problem,
  state: TrainingState,
  lines: MetricLine[],
  executor: Executor,
  on: Pick<SliceInput, 'backend' | 'threads' | 'of'>,
  { signal, onNote, onProgress }: Pick<Hooks, 'signal' | 'onNote' | 'onProgress'>,
): Promise<void> {
  const { scenario, noising } = problem
  const first = state.finished.length
  const jobs = noising.knots.slice(first).map((_, n) => ({
    ...{ scenario: withAbsolutePaths(scenario), seed: scenario.seed, index: first + n },
    ...on,
  }))
  const shares = jobs.map(() => 0)
  let total = 0
  const trained = await executor.map(slice, jobs, {
    signal,
    onNote: (_, line) => onNote?.(line),
    onProgress(place, share, detail) {
      shares[place] = share
      total = detail?.total ?? total
      const part = (first + shares.reduce((sum, each) => sum + each, 0)) / noising.knots.length
      if (total > 0) onProgress?.({ ...detail, phase: 'train', done: Math.round(part * total), total })
    },
  })
  // What was recorded of a slice that was under way it has recorded again.
  const before = lines.filter((line) => 'slice' in line && line.slice < first)
  lines.splice(0, lines.length, ...before, ...trained.flatMap((each) => each.lines))
  state.finished.push(...trained.map(({ theta }) => theta))
  Object.assign(state, trained.at(-1)?.state)
}
