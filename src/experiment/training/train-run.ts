import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Backend } from '../../backend/backend.js'
import type { Hooks } from '../../backend/hooks.js'
import { startParameters } from '../../learning/rules/parameter-scales.js'
import { type LearningSummary, learningSummary, type MetricLine } from '../../learning/training/losses.js'
import { createTrainingState, type TrainingState, type TrainingTask, train } from '../../learning/training/train.js'
import { writeAtomic } from '../files/atomic.js'
import { files, readBytes } from '../record/directory.js'
import { appendMetrics, readMetrics, truncateMetrics } from '../record/metrics.js'
import { decodeParameters, encodeParameters } from '../record/parameters.js'
import type { LearningData, Problem } from '../system/problem.js'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.js'

/** What training leaves behind. */
export interface Trained {
  /** parameters at the knots, [K + 1][parameters] */
  readonly knots: Float64Array[]
  readonly summary: LearningSummary
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
  const state = startingState(directory, problem)
  const lines = truncateMetrics<MetricLine>(directory, state.lines)
  await train(trainingTask(problem, data), learning, state, backend, {
    ...hooks,
    record: (line) => {
      lines.push(line)
      appendMetrics(directory, line)
    },
    save: (at) => writeAtomic(path, encodeCheckpoint(at)),
  })
  writeAtomic(join(directory, files.parameters), encodeParameters(potential, noising.knots, state.finished))
  return { knots: state.finished, summary: learningSummary(lines) }
}

/** What a scenario trains, and on what. */
export function trainingTask({ potential, noising, drive, scenario }: Problem, { states }: LearningData): TrainingTask {
  return { potential, noising, drive, seed: scenario.seed, data: states }
}

/** The state in a run's checkpoint, or that of training that has not begun. */
function startingState(directory: string, { potential, noising, scenario }: Problem): TrainingState {
  const path = join(directory, files.checkpoint)
  return existsSync(path)
    ? decodeCheckpoint(readBytes(directory, files.checkpoint), potential.size, path)
    : createTrainingState(startParameters(potential, noising, scenario.seed))
}

/**
 * Reads what an unfinished run would continue from, so that damage shows before anything is written.
 *
 * @throws E_FORMAT or E_RUN_DIRECTORY naming the damaged file
 */
export function checkResumable(directory: string, problem: Problem): void {
  readMetrics(directory, startingState(directory, problem).lines)
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
