import type { Entrant } from './contender.js'
import { type MeasureOptions, measure } from './measure.js'
import { type Spread, spread } from './statistics.js'
import { trainingTask } from './training-task.js'
import { createWorkload, type WorkloadFacts, type WorkloadOptions, workloadFacts } from './workload.js'

/** Iterations of force matching per second. */
export interface TrainingResult {
  /** its batch is the number of data */
  readonly workload: WorkloadFacts
  /** size of a minibatch */
  readonly minibatch: number
  readonly results: readonly ({ readonly contender: string } & (
    | { readonly iterationsPerSecond: Spread }
    | { readonly notRun: string }
  ))[]
}

/** Times the contenders that can train, interleaved: an iteration takes the place of a step. */
export async function measureTraining(
  entrants: readonly Entrant[],
  options: WorkloadOptions,
  { onProgress, ...how }: MeasureOptions,
): Promise<TrainingResult> {
  const workload = createWorkload(options)
  const trainers = entrants.flatMap(({ contender, session }) =>
    session.train === undefined ? [] : [{ contender, session: { ...session, run: session.train } }],
  )
  const progress = (text: string) => onProgress(`training: ${text}`)
  const [timings] = await measure(trainers, [{ workload }], { ...how, onProgress: progress })
  return {
    workload: workloadFacts(workload),
    minibatch: trainingTask.batch,
    results: timings!.map((timing) => {
      if ('notRun' in timing) return timing
      const { contender, secondsPerStep } = timing
      return { contender, iterationsPerSecond: spread(secondsPerStep.map((seconds) => 1 / seconds)) }
    }),
  }
}
