import { adamStep, resetAdam } from '../learn/adam.js'
import { keepBounds, lowerBounds } from '../learn/bounds.js'
import { forceMatching, residualForce } from '../learn/force-matching.js'
import { leastSquares } from '../learn/least-squares.js'
import { createNoiser, type Noiser } from '../learn/noised-batch.js'
import type { NoisedBatch } from '../learn/rule.js'
import { stream } from '../noise/streams.js'
import { stiffnessClock } from '../protocol/noising.js'
import type { Scenario } from '../scenario/schema.js'
import { breathe, type Hooks } from './hooks.js'
import type { LearningData, Problem } from './problem.js'
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
  hooks: TrainingHooks,
): Promise<boolean> {
  const { potential, noising, scenario } = problem
  const { knots } = noising
  const rule = forceMatching()
  const noiser = createNoiser(data.train, noising, scenario.sampling.drive, scenario.seed)
  const heldOut = createNoiser(data.heldOut, noising, scenario.sampling.drive, scenario.seed)
  const gradient = new Float64Array(potential.size)
  const iterationsOf = (slice: number) => learning.iterations * (slice === 0 ? firstSliceFactor : 1)
  const total = knots.reduce((sum, _, slice) => sum + iterationsOf(slice), 0)

  for (let slice = state.finished.length; slice < knots.length; slice++) {
    const t = knots[slice]!
    const iterations = iterationsOf(slice)
    const bounds = lowerBounds(potential, noising, t)
    if (state.iteration === 0) {
      keepBounds(state.theta, bounds)
      resetAdam(state.adam)
      state.averaged = 0
    }
    if (learning.rule === 'least-squares') {
      state.theta = leastSquares(potential, state.theta, bounds, sweeps(noiser, t, slice)).theta
      state.averaged = 0
    } else
      for (; state.iteration < iterations; ) {
        const batch = noiser.minibatch(t, learning.batch, state.step)
        const loss = rule.gradient(potential, state.theta, batch, gradient)
        const rate =
          annealedRate(learning.optimizer, state.iteration / iterations) *
          noising.stiffness *
          stiffnessClock(noising, t)
        adamStep(state.adam, state.theta, gradient, rate, learning.optimizer)
        keepBounds(state.theta, bounds)
        if (learning.average && state.iteration >= iterations / 2) averageIn(state)
        if (state.iteration % recordEvery === 0) {
          hooks.record({ kind: 'iteration', slice, t, iteration: state.iteration, loss, rate })
          state.lines++
        }
        state.iteration++
        state.step++
        hooks.onProgress?.({ phase: 'train', done: state.step, total, t, loss, rate })
        await breathe()
        if (hooks.signal?.aborted === true) {
          hooks.save(state)
          return false
        }
      }
    if (state.averaged > 0) state.theta.set(state.average)

    const losses: SliceLosses = {
      trainingLoss: meanLoss(problem, state.theta, noiser, t, slice, 1),
      heldOutLoss: meanLoss(problem, state.theta, heldOut, t, slice, lossDraws),
    }
    if (learning.oracle) {
      // The problem is convex: where the oracle begins saves time and does not matter (a test shows it).
      const oracle = leastSquares(potential, state.theta, bounds, sweeps(noiser, t, slice)).theta
      losses.oracleLoss = meanLoss(problem, oracle, noiser, t, slice, 1)
      losses.oracleHeldOutLoss = meanLoss(problem, oracle, heldOut, t, slice, lossDraws)
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

function averageIn(state: TrainingState): void {
  state.averaged++
  if (state.averaged === 1) state.average.set(state.theta)
  else
    for (let a = 0; a < state.theta.length; a++)
      state.average[a]! += (state.theta[a]! - state.average[a]!) / state.averaged
}

/** The data noised several times over, in arrays of their own. */
function sweeps(noiser: Noiser, t: number, slice: number): NoisedBatch[] {
  return Array.from({ length: oracleDraws }, (_, draw) => {
    const batch = noiser.sweep(t, slice * oracleDraws + draw, stream.oracleNoise)
    return { ...batch, x: batch.x.slice(), target: batch.target.slice() }
  })
}

function meanLoss(
  { potential }: Problem,
  theta: Float64Array,
  noiser: Noiser,
  t: number,
  slice: number,
  draws: number,
): number {
  let sum = 0
  for (let draw = 0; draw < draws; draw++) {
    const batch = noiser.sweep(t, slice * draws + draw, stream.lossNoise)
    sum += residualForce(potential, theta, batch, new Float64Array(batch.x.length))
  }
  return sum / draws
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
