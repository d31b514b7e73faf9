import { join } from 'node:path'
import type { Backend } from '../../backend/backend.js'
import type { Hooks, Keeper } from '../../backend/hooks.js'
import type { BackendName } from '../../backend/node/open.js'
import { answeringTime } from '../../learning/training/answering-time.js'
import { type LearningSummary, learningSummary, type MetricLine } from '../../learning/training/losses.js'
import { type RefineRun, type RefineState, refine } from '../../learning/training/refine.js'
import { createTrainingState, type TrainingHooks, train } from '../../learning/training/train.js'
import { threadsOfEach } from '../executor/share.js'
import { writeAtomic } from '../files/atomic.js'
import { files } from '../record/directory.js'
import { identityOf } from '../record/inputs.js'
import { appendMetrics, writeMetrics } from '../record/metrics.js'
import { decodeParameters, encodeParameters } from '../record/parameters.js'
import { parametersFile, readParameters } from '../record/parameters-from.js'
import type { RunOptions } from '../record/recorded.js'
import type { Stages } from '../record/stages.js'
import { generatingProtocol } from '../system/clock.js'
import type { LearningData, Problem } from '../system/problem.js'
import { startOfLearning } from '../system/system.js'
import { keptLearning } from './kept.js'
import { trainApart } from './slice.js'
import { trainingTask } from './task.js'
import { trainingWarnings } from './warnings.js'

/** What training leaves behind. */
export interface Trained {
  /** parameters at the knots, [K + 1][parameters] */
  readonly knots: Float64Array[]
  readonly summary: LearningSummary
  /** what was not learned as it should be, and how to mend it */
  readonly warnings: readonly string[]
}

/**
 * Trains into a run directory: goes on from what was kept there, writes metrics.jsonl on the way, the last state of training and the
 * parameters at the end.
 *
 * @param executor - carries out slices that do not depend on one another; when absent they are trained in turn, to the same bits
 * @throws StoppedError when the signal stopped it, its state kept
 */
export async function trainInto(
  directory: string,
  problem: Problem,
  data: LearningData,
  backend: Backend,
  stages: Stages,
  { executor, threads, ...hooks }: Hooks & Pick<RunOptions, 'executor' | 'threads'>,
): Promise<Trained> {
  const { potential, noising, scenario } = problem
  const { learning } = scenario
  if (learning === undefined) throw new Error('a learning problem has a learning section')
  const { training, refinement, lines } = keptLearning(stages, potential.size, noising.knots.length)
  const state = training.found ?? createTrainingState(startOfLearning(problem))
  const wasTrained = state.finished.length === noising.knots.length
  writeMetrics(directory, lines)
  const record = (line: MetricLine) => {
    lines.push(line)
    appendMetrics(directory, line)
  }
  if (executor === undefined || learning.start !== 'independent')
    await train(trainingTask(problem, data), learning, state, backend, { ...hooks, record, keeper: training })
  else if (!wasTrained) {
    const of = identityOf(scenario, data.hash)
    const on = { backend: backend.name as BackendName, threads: threadsOfEach(executor, threads), of }
    await trainApart(problem, state, lines, executor, on, hooks)
    writeMetrics(directory, lines)
  }
  // Whoever goes on from here has nothing to train; and a finished run keeps it.
  if (!wasTrained || refinement.found === null) training.keep(state)
  const knots = await refined(problem, data, state.finished, backend, { ...hooks, record, keeper: refinement })
  writeAtomic(join(directory, files.parameters), encodeParameters(potential, noising.knots, knots))
  return { knots, summary: learningSummary(lines), warnings: trainingWarnings(problem, data, knots, lines) }
}

/** Trained knots after the passes of learning.refine, where there are any. */
export async function refined(
  problem: Problem,
  data: LearningData,
  knots: Float64Array[],
  backend: Backend,
  hooks: Omit<TrainingHooks, 'keeper'> & { readonly keeper?: Keeper<RefineState> },
): Promise<Float64Array[]> {
  const { sampling, learning } = problem.scenario
  if (learning?.refine === undefined || learning.refine.passes === 0) return knots
  const clocked = sampling.clock === undefined ? {} : { clocked: clockedOf(problem) }
  return refine(trainingTask(problem, data), knots, learning.refine, { ...sampling, ...clocked }, backend, hooks)
}

/** Generation by the scenario's clock, of the parameters as they stand. */
function clockedOf(problem: Problem): NonNullable<RefineRun['clocked']> {
  const { generation, noising, drive } = problem
  return {
    potential: generation.potential,
    answeringTime: (protocol, k, variance) => answeringTime(noising, drive, protocol, k, variance),
    protocol: (knots) => generatingProtocol(problem, knots),
  }
}

/** The parameters of a finished run, or of a file in its place, for drawing more samples from them, [K + 1][parameters]. */
export function loadTrained(source: string, { potential, noising }: Problem): Float64Array[] {
  return decodeParameters(readParameters(source), potential, noising.knots, parametersFile(source))
}
