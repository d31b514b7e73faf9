import type { Arithmetic } from '../learning/objectives/arithmetic.js'
import { chainObjective } from '../learning/objectives/contrastive-divergence.js'
import { descend } from '../learning/objectives/descend.js'
import { jarzynskiObjective, weightedLangevin } from '../learning/objectives/jarzynski.js'
import { createLandscape, type Landscape } from '../learning/objectives/landscape.js'
import { moveBy, moves } from '../learning/objectives/moves.js'
import { nceObjective } from '../learning/objectives/nce.js'
import { dataPhase, type Objective, type Phase } from '../learning/objectives/objective.js'
import { noiseLevels, recoveryObjective } from '../learning/objectives/recovery-likelihood.js'
import { tetheredRun } from '../learning/objectives/tether.js'
import { createWalkers } from '../learning/objectives/walkers.js'
import { type States, sliceStates } from '../physics/network/states.js'
import type { Entrant } from './contender.js'
import { type Failed, type MeasureOptions, measure } from './measure.js'
import { timesAsFast } from './rates.js'
import { type Spread, spread } from './statistics.js'
import { createWorkload, type Workload, type WorkloadFacts, type WorkloadOptions, workloadFacts } from './workload.js'

/** States of a minibatch, and chains or walkers of the model. */
const minibatch = 256

/** What an objective is begun with. */
interface Given {
  readonly landscape: Landscape
  readonly seed: number
  readonly dt: number
  readonly data: (iteration: number) => Phase
  /** states to start from */
  readonly states: States
}

/** The objectives that are timed: an iteration is a minibatch, its moves and weights, the gradient and a step of Adam. */
const timedObjectives = {
  'contrastive divergence, 5 steps of MALA': ({ landscape, seed, dt, data }: Given) =>
    chainObjective({ move: moveBy(moves.mala, landscape, dt), steps: 5, seed, data }),
  'persistent chains, 1 step': ({ landscape, seed, dt, data, states }: Given) =>
    chainObjective({ move: moveBy(moves.langevin, landscape, dt), steps: 1, seed, data, chains: states }),
  'persistent chains, 10 steps': ({ landscape, seed, dt, data, states }: Given) =>
    chainObjective({ move: moveBy(moves.langevin, landscape, dt), steps: 10, seed, data, chains: states }),
  'weighted walkers': ({ landscape, seed, dt, data, states: { x, batch } }: Given) => {
    const move = weightedLangevin(landscape, dt)
    return jarzynskiObjective({ walkers: createWalkers(x, batch), move, resampling: 0.5, seed, data })
  },
  'noise contrast, noise given': ({ landscape, data, states }: Given) =>
    nceObjective({ landscape, data, draw: () => states, refresh: 5, rate: 0.01 }),
  'recovery likelihood, 10 steps': ({ landscape, seed, data }: Given) => {
    const level = noiseLevels([0.6], 1)[0]!
    const run = tetheredRun(landscape, { spread: level.spread, step: 0.1, steps: 10 })
    const { arithmetic } = landscape
    return recoveryObjective({ level, run, draws: 11, initialiser: null, seed, before: 0, data, arithmetic })
  },
} as const satisfies Record<string, (given: Given) => Objective>

/** An objective by the name in tables. */
export type TimedObjective = keyof typeof timedObjectives

/** Learns for so many iterations from the workload's states. The rate is small, so that the cost stays that of the start. */
export function learnObjective(
  name: TimedObjective,
  workload: Workload,
  arithmetic: Arithmetic,
  iterations: number,
): void {
  const { potential, bath, seed, dt, start, batch, theta: first } = workload
  const landscape = createLandscape(potential, bath, arithmetic)
  const all = { x: start, batch }
  const data = dataPhase(all, Math.min(minibatch, batch), seed)
  const states = sliceStates(all, 0, Math.min(minibatch, batch))
  const objective = timedObjectives[name]({ landscape, seed, dt, data, states })
  const optimizer = { kind: 'adam', rate: 1e-6, beta1: 0.9, beta2: 0.99 } as const
  for (const _ of descend(landscape, objective, first.slice(), new Uint8Array(first.length), {
    iterations,
    optimizer,
  }));
}

/** Iterations of an objective per second, and how many times as many as the reference's in the same repeat. */
export interface ObjectiveRates {
  readonly objective: TimedObjective
  /** its batch is the number of data */
  readonly workload: WorkloadFacts
  readonly minibatch: number
  readonly results: readonly (
    | Failed
    | { readonly contender: string; readonly iterationsPerSecond: Spread; readonly timesReference: number | null }
  )[]
}

/** The contender that computes in float64. */
const reference = 'overdamped reference'

/** Times those that learn by objectives at each of these, interleaved. */
export async function measureObjectives(
  entrants: readonly Entrant[],
  options: WorkloadOptions,
  { onProgress, ...how }: MeasureOptions,
): Promise<ObjectiveRates[]> {
  const workload = createWorkload(options)
  const found: ObjectiveRates[] = []
  for (const objective of Object.keys(timedObjectives) as TimedObjective[]) {
    const learners = entrants.flatMap(({ contender, session }) => {
      const { learn } = session
      return learn === undefined
        ? []
        : [{ contender, session: { ...session, run: (iterations: number) => learn(objective, iterations) } }]
    })
    const progress = (text: string) => onProgress(`${objective}: ${text}`)
    const [timings] = await measure(learners, [{ workload }], { ...how, onProgress: progress })
    const base = timings!.find(({ contender }) => contender === reference)
    const results = timings!.map((timing) => {
      if ('notRun' in timing) return timing
      const { contender, secondsPerStep } = timing
      return {
        contender,
        iterationsPerSecond: spread(secondsPerStep.map((seconds) => 1 / seconds)),
        timesReference: base === undefined || 'notRun' in base ? null : timesAsFast(timing, base),
      }
    })
    found.push({ objective, workload: workloadFacts(workload), minibatch: Math.min(minibatch, options.batch), results })
  }
  return found
}
