import type { Backend, Learner } from '../../backend/backend.js'
import { breathe, type Hooks } from '../../backend/hooks.js'
import { resetAdam } from '../../learning/rules/adam.js'
import { keepBounds, lowerBounds } from '../../learning/rules/bounds.js'
import { leastSquares } from '../../learning/rules/least-squares.js'
import { createNoiser } from '../../learning/rules/noised-batch.js'
import type { NoisedBatch } from '../../learning/rules/rule.js'
import { stepScale } from '../../learning/rules/step-scale.js'
import { stream } from '../../physics/noise/streams.js'
import { stiffnessClock } from '../../physics/protocol/noising.js'
import type { Scenario } from '../scenario/schema.js'
import type { LearningData, Problem } from '../system/problem.js'
import type { TrainingState } from './training-state.js'

/** Mean losses over the slices; 1 knows nothing but the trap, 0 knows the noise. */
export interface LearningSummary {
  readonly trainingLoss: number
  readonly heldOutLoss: number
  readonly oracleTrainingLoss?: number
  readonly oracleHeldOutLoss?: number
  /** heldOutLoss / oracleHeldOutLoss - 1 */
  readonly gap?: number
}

/** A line of metrics.jsonl. */
export type MetricLine =
  | { kind: 'iteration'; slice: number; t: number; iteration: number; loss: number; rate: number }
  | ({ kind: 'slice'; slice: number; t: number } & SliceLosses)

interface SliceLosses {
  trainingLoss: number
  heldOutLoss: number
  oracleLoss?: number
  oracleHeldOutLoss?: number
}

/** How training reports and saves; `save` is called at the end of each slice and when the run is stopped. */
export interface TrainingHooks extends Hooks {
  readonly record: (line: MetricLine) => void
  readonly save: (state: TrainingState) => void
}

/** The first slice starts from nothing, the others from a neighbour. */
const firstSliceFactor = 3
/** Every so many iterations a line goes to metrics.jsonl. */
const recordEvery = 10
/** Repetitions, each with fresh noise, of the held-out data in the measured loss and of the data in the oracle's problem. */
const lossDraws = 4
const oracleDraws = 4

/**
 * Trains the parameters of every knot, from the noisiest to the least noisy, each from its predecessor's. Advances `state`
 * in place; what it does next depends on nothing but the problem and that state.
 *
 * @returns false when `signal` stopped it (the state was saved), true when all slices are done
 *
 * Cost: O(slices·iterations·batch·edges), and for the oracle O(slices·CG iterations·data·edges).
 */
export async function train(
  problem: Problem,
  data: LearningData,
  learning: NonNullable<Scenario['learning']>,
  state: TrainingState,
  backend: Backend,
  hooks: TrainingHooks,
): Promise<boolean> {
  const { potential, noising, scenario } = problem
  const { knots } = noising
  const { rule, nudge, sides, contrast, path } = learning
  const { seen, heldOut } = data.states
  const task = { potential, noising, drive: problem.drive, seed: scenario.seed, train: seen, heldOut }
  const settings = { rule: rule === 'least-squares' ? 'force-matching' : rule, nudge, sides, contrast, path } as const
  const learner = backend.learner({ ...task, ...settings })
  const oracle = (t: number, slice: number, bounds: Float64Array) =>
    leastSquares(potential, state.theta, bounds, sweeps(problem, data, t, slice)).theta
  const iterationsOf = (slice: number) => learning.iterations * (slice === 0 ? firstSliceFactor : 1)
  const total = knots.reduce((sum, _, slice) => sum + iterationsOf(slice), 0)

  for (let slice = state.finished.length; slice < knots.length; slice++) {
    const t = knots[slice]!
    const iterations = iterationsOf(slice)
    const bounds = lowerBounds(potential, noising, t)
    const scale = stepScale(potential, noising, t)
    if (state.iteration === 0) {
      keepBounds(state.theta, bounds)
      resetAdam(state.adam)
      state.averaged = 0
    }
    if (rule === 'least-squares') {
      state.theta = oracle(t, slice, bounds)
      state.averaged = 0
    } else {
      const descent = learner.descend(state, bounds, scale)
      for (; state.iteration < iterations; ) {
        const rate =
          annealedRate(learning.optimizer, state.iteration / iterations) *
          noising.stiffness *
          stiffnessClock(noising, t)
        const average = learning.average && state.iteration >= iterations / 2
        const options = { ...learning.optimizer, rate, average }
        const loss = await descent.step(t, learning.batch, state.step, options)
        if (state.iteration % recordEvery === 0) {
          hooks.record({ kind: 'iteration', slice, t, iteration: state.iteration, loss, rate })
          state.lines++
        }
        state.iteration++
        state.step++
        hooks.onProgress?.({ phase: 'train', done: state.step, total, t, loss, rate })
        await breathe()
        if (hooks.signal?.aborted === true) {
          descent.sync()
          hooks.save(state)
          return false
        }
      }
      descent.sync()
    }
    if (state.averaged > 0) state.theta.set(state.average)

    const losses: SliceLosses = {
      trainingLoss: await learner.loss(state.theta, t, 'train', slice),
      heldOutLoss: await heldOutLoss(learner, state.theta, t, slice),
    }
    if (learning.oracle) {
      // The problem is convex: where the oracle begins saves time and does not matter (a test shows it).
      const best = oracle(t, slice, bounds)
      losses.oracleLoss = await learner.loss(best, t, 'train', slice)
      losses.oracleHeldOutLoss = await heldOutLoss(learner, best, t, slice)
    }
    hooks.record({ kind: 'slice', slice, t, ...losses })
    state.lines++
    state.finished.push(state.theta.slice())
    state.iteration = 0
    hooks.save(state)
    await breathe()
    if (hooks.signal?.aborted === true) return false
  }
  return true
}

/** Cosine from `rate` to `rate·finalRate` over a slice; `fraction` of it is done. */
function annealedRate({ rate, finalRate }: { rate: number; finalRate: number }, fraction: number): number {
  return rate * (finalRate + ((1 - finalRate) * (1 + Math.cos(Math.PI * fraction))) / 2)
}

/** The training data noised several times over: the oracle's problem. */
function sweeps(
  {
    noising,
    scenario,
    drive,
    potential: {
      network: { visible },
    },
  }: Problem,
  { states }: LearningData,
  t: number,
  slice: number,
): NoisedBatch[] {
  return Array.from({ length: oracleDraws }, (_, draw) =>
    // A noiser of its own for each: the arrays of a batch are reused by the next.
    createNoiser(states.train, noising, drive, scenario.seed, { visible }).sweep(
      t,
      slice * oracleDraws + draw,
      stream.oracleNoise,
    ),
  )
}

async function heldOutLoss(learner: Learner, theta: Float64Array, t: number, slice: number): Promise<number> {
  let sum = 0
  for (let draw = 0; draw < lossDraws; draw++) sum += await learner.loss(theta, t, 'heldOut', slice * lossDraws + draw)
  return sum / lossDraws
}

/** Means over the slices of the losses recorded in metrics.jsonl. */
export function learningSummary(lines: readonly MetricLine[]): LearningSummary {
  const slices = lines.filter((line) => line.kind === 'slice')
  const mean = (values: (number | undefined)[]) =>
    values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / values.length
  const summary = {
    trainingLoss: mean(slices.map((s) => s.trainingLoss)),
    heldOutLoss: mean(slices.map((s) => s.heldOutLoss)),
  }
  if (!slices.every((s) => s.oracleHeldOutLoss !== undefined)) return summary
  const oracleHeldOutLoss = mean(slices.map((s) => s.oracleHeldOutLoss))
  return {
    ...summary,
    oracleTrainingLoss: mean(slices.map((s) => s.oracleLoss)),
    oracleHeldOutLoss,
    gap: summary.heldOutLoss / oracleHeldOutLoss - 1,
  }
}
