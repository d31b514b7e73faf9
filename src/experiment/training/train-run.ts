import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Backend } from '../../backend/backend.js'
import type { Hooks } from '../../backend/hooks.js'
import { OverdampedError } from '../../errors.js'
import { type LearningSummary, learningSummary, type MetricLine } from '../../learning/training/losses.js'
import { refine } from '../../learning/training/refine.js'
import {
  createTrainingState,
  type TrainingHooks,
  type TrainingState,
  type TrainingTask,
  train,
} from '../../learning/training/train.js'
import { writeAtomic } from '../files/atomic.js'
import { files, readBytes } from '../record/directory.js'
import { appendMetrics, metricsChecksum, readMetrics, truncateMetrics } from '../record/metrics.js'
import { decodeParameters, encodeParameters } from '../record/parameters.js'
import type { LearningData, Problem } from '../system/problem.js'
import { startOfLearning } from '../system/system.js'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.js'
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
 * Trains into a run directory: continues from its checkpoint when there is one, appends to metrics.jsonl, writes the
 * checkpoint at the end of each slice and the parameters at the end.
 *
 * @throws StoppedError when the signal stopped it, with a checkpoint written
 */
export async function trainInto(
  directory: string,
  problem: Problem,
  data: LearningData,
  backend: Backend,
  hooks: Hooks,
): Promise<Trained> {
  const { potential, noising, scenario } = problem
  const { learning } = scenario
  if (learning === undefined) throw new Error('a learning problem has a learning section')
  const path = join(directory, files.checkpoint)
  const { state, lines, fault } = startingState(directory, problem)
  if (fault !== null) {
    hooks.onNote?.(`${fault} Continuing from ${files.previousCheckpoint}, with the same result.`)
    // Or the next checkpoint would put it in the place of the one that is whole.
    rmSync(path, { force: true })
  }
  truncateMetrics(directory, lines)
  const record = (line: MetricLine) => {
    lines.push(line)
    appendMetrics(directory, line)
  }
  await train(trainingTask(problem, data), learning, state, backend, {
    ...hooks,
    record,
    save: (at) => {
      const checkpoint = encodeCheckpoint(at, metricsChecksum(lines))
      if (existsSync(path)) renameSync(path, join(directory, files.previousCheckpoint))
      writeAtomic(path, checkpoint)
    },
  })
  const knots = await refined(problem, data, state.finished, backend, { ...hooks, record })
  writeAtomic(join(directory, files.parameters), encodeParameters(potential, noising.knots, knots))
  return { knots, summary: learningSummary(lines), warnings: trainingWarnings(problem, data, knots, lines) }
}

/** Trained knots after the passes of learning.refine, where there are any. */
export async function refined(
  problem: Problem,
  data: LearningData,
  knots: Float64Array[],
  backend: Backend,
  hooks: TrainingHooks,
): Promise<Float64Array[]> {
  const { sampling, learning } = problem.scenario
  if (learning?.refine === undefined || learning.refine.passes === 0) return knots
  return refine(trainingTask(problem, data), knots, learning.refine, sampling, backend, hooks)
}

/** What a scenario trains, and on what. */
export function trainingTask(problem: Problem, { states }: LearningData): TrainingTask {
  const { potential, noising, drive, scenario, hiddenTemperature } = problem
  return { potential, noising, drive, seed: scenario.seed, data: states, hiddenTemperature }
}

/** Where training goes on. */
interface Start {
  readonly state: TrainingState
  /** lines of metrics.jsonl that it knows of */
  readonly lines: MetricLine[]
  /** why it is not the newest checkpoint's; null when it is */
  readonly fault: string | null
}

/**
 * The state in a run's newest checkpoint, in the one before it where that is damaged, or that of training that has not begun.
 *
 * @throws E_FORMAT or E_RUN_DIRECTORY naming what is damaged, where both are
 */
function startingState(directory: string, problem: Problem): Start {
  const { potential } = problem
  const has = (name: string) => existsSync(join(directory, name))
  if (!has(files.checkpoint) && !has(files.previousCheckpoint)) {
    const state = createTrainingState(startOfLearning(problem))
    return { state, lines: [], fault: null }
  }
  const from = (name: string) => {
    const bytes = readBytes(directory, name)
    const { state, metrics } = decodeCheckpoint(bytes, potential.size, join(directory, name))
    return { state, lines: readMetrics<MetricLine>(directory, state.lines, metrics) }
  }
  try {
    return { ...from(files.checkpoint), fault: null }
  } catch (error) {
    if (!(error instanceof OverdampedError) || !has(files.previousCheckpoint)) throw error
    try {
      return { ...from(files.previousCheckpoint), fault: error.message }
    } catch (other) {
      throw other instanceof OverdampedError ? error : other
    }
  }
}

/**
 * Reads what an unfinished run would continue from, so that damage shows before anything is written.
 *
 * @throws E_FORMAT or E_RUN_DIRECTORY naming the damaged file
 */
export function checkResumable(directory: string, problem: Problem): void {
  startingState(directory, problem)
}

/** The parameters of a finished run, for drawing more samples from it. */
export function loadTrained(directory: string, { potential, noising }: Problem): Float64Array[] {
  return decodeParameters(
    readBytes(directory, files.parameters),
    potential,
    noising.knots,
    join(directory, files.parameters),
  )
}
