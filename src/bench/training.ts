import type { Entrant } from './contender.js'
import { calibrate, type MeasureOptions } from './measure.js'
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

/** Times the contenders that can train, interleaved. */
export async function measureTraining(
  entrants: readonly Entrant[],
  options: WorkloadOptions,
  { repeats, seconds, onProgress }: MeasureOptions,
): Promise<TrainingResult> {
  const workload = createWorkload(options)
  const trainers = entrants.flatMap(({ contender: { name }, session }) =>
    session.train === undefined ? [] : [{ name, session, train: session.train, iterations: 1, rates: [] as number[] }],
  )
  const failures = new Map<string, string>()
  for (let repeat = -1; repeat < repeats; repeat++)
    for (const trainer of trainers) {
      const { name, session, train } = trainer
      if (failures.has(name)) continue
      onProgress(`training: ${repeat < 0 ? 'warm-up' : `repeat ${repeat + 1} of ${repeats}`}: ${name}`)
      try {
        if (repeat < 0) {
          await session.load(workload)
          trainer.iterations = await calibrate(train, seconds)
        } else trainer.rates.push(trainer.iterations / (await train(trainer.iterations)))
      } catch (error) {
        failures.set(name, `stopped: ${(error as Error).message}`)
      }
    }
  return {
    workload: workloadFacts(workload),
    minibatch: trainingTask.batch,
    results: trainers.map(({ name, rates }) => {
      const notRun = failures.get(name)
      return notRun === undefined
        ? { contender: name, iterationsPerSecond: spread(rates) }
        : { contender: name, notRun }
    }),
  }
}
