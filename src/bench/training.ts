import { type Noising, noiseWidth, scoreScale, signal } from '../physics/protocol/noising.js'
import type { Entrant } from './contender.js'
import { type Failed, type MeasureOptions, measure } from './measure.js'
import { timesOf } from './rates.js'
import { type Spread, spread } from './statistics.js'
import { createWorkload, type WorkloadFacts, type WorkloadOptions, workloadFacts } from './workload.js'

const noising: Noising = { stiffness: 1, bath: { kT: 1, mobility: 1 }, knots: [] }
/** A noise time in the middle of a generation protocol; the cost does not depend on it. */
const t = 0.5

/**
 * The iteration that is timed: a minibatch drawn with replacement and noised to time t, the force at it, the gradients of
 * all parameters (force-matching.ts), and an Adam step.
 */
export const trainingTask = {
  noising,
  t,
  m: signal(noising, t),
  s: noiseWidth(noising, t),
  ...scoreScale(noising, 'reverse'),
  batch: 256,
  rate: 0.001,
  adam: { beta1: 0.9, beta2: 0.99 },
} as const

/** Iterations of force matching per second. */
export interface TrainingResult {
  /** its batch is the number of data */
  readonly workload: WorkloadFacts
  /** size of a minibatch */
  readonly minibatch: number
  readonly results: readonly (
    | Failed
    | {
        readonly contender: string
        readonly iterationsPerSecond: Spread
        /** rate over that of each other contender; absent in documents of before */
        readonly timesOf?: Readonly<Record<string, number>>
      }
  )[]
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
      const rate = spread(secondsPerStep.map((seconds) => 1 / seconds))
      return { contender, iterationsPerSecond: rate, timesOf: timesOf(timing, timings!) }
    }),
  }
}
