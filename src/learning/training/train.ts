import type { Backend, Descent, Learner, LearningTask } from '../../backend/backend.js'
import { breathe, type Hooks } from '../../backend/hooks.js'
import { invalidValue, StoppedError } from '../../errors.js'
import type { PointSet } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { stiffnessClock } from '../../physics/protocol/noising.js'
import { requireTable } from '../data/law.js'
import { type AdamOptions, resetAdam } from '../rules/adam.js'
import { createDescent, type DescentState } from '../rules/descent.js'
import { leastSquares } from '../rules/least-squares.js'
import { createNoiser } from '../rules/noised-batch.js'
import { keepBounds, lowerBounds, stepScale } from '../rules/parameter-scales.js'
import type { NoisedBatch } from '../rules/rule.js'
import { createRule, type RuleSettings, refusalOf } from '../rules/rules.js'
import type { MetricLine, SliceLosses } from './losses.js'

/** What is trained, for which drive, and on what. */
export interface TrainingTask extends Pick<LearningTask, 'potential' | 'noising' | 'drive' | 'seed'> {
  /**
   * states of the network, [count, units]: those to learn from, others, and `seen` where copies are learned from too: the former and
   * after them these
   */
  readonly data: { readonly train: PointSet; readonly heldOut: PointSet; readonly seen?: PointSet }
}

/** By which rule, and how it descends. */
export interface TrainingOptions extends Omit<RuleSettings, 'rule'> {
  /** a name, or one of the caller's own; least squares solves each slice, all others descend */
  readonly rule: RuleSettings['rule'] | 'least-squares'
  /** step at the noisiest slice, and the fraction of it that is left at the end of a slice; see `annealedRate` */
  readonly optimizer: AdamOptions & { readonly rate: number; readonly finalRate: number }
  /** per slice; the first gets three times as many */
  readonly iterations: number
  /** noised samples per iteration */
  readonly batch: number
  /** keep the mean of the second half of the iterates of each slice */
  readonly average: boolean
  /** solve each slice by least squares too, and measure its losses */
  readonly oracle: boolean
}

/** Everything that training carries from one iteration to the next; a checkpoint is this and nothing else. */
export interface TrainingState extends DescentState {
  /** parameters of the finished knots, noisiest first, [slice][parameters] */
  readonly finished: Float64Array[]
  /** parameters of the current slice, [parameters]; `average` and `averaged` are of its iterates */
  theta: Float64Array
  /** iterations done in the current slice */
  iteration: number
  /** iterations done in the run; numbers the minibatches */
  step: number
  /** lines recorded; of a run, in metrics.jsonl */
  lines: number
}

/** Training that has not begun. @param start - parameters to begin from, [parameters] */
export function createTrainingState(start: Float64Array): TrainingState {
  return { ...createDescent(start), finished: [], iteration: 0, step: 0, lines: 0 }
}

/** How training reports and saves; `save` is called at the end of each slice and when the run is stopped. */
export interface TrainingHooks extends Hooks {
  readonly record?: (line: MetricLine) => void
  readonly save?: (state: TrainingState) => void
}

/** The first slice starts from nothing, the others from a neighbour. */
const firstSliceFactor = 3
/** Every so many iterations a line is recorded. */
const recordEvery = 10
/** Repetitions, each with fresh noise, of the held-out data in the measured loss and of the data in the oracle's problem. */
const lossDraws = 4
const oracleDraws = 4

/**
 * Trains the parameters of every knot, from the noisiest to the least noisy, each from its predecessor's. Advances `state`
 * in place; what it does next depends on nothing but the task, the options and that state.
 *
 * @throws StoppedError when `signal` stopped it, with the state saved; E_INVALID_VALUE for a rule that can't train the potential for
 *   the drive, or gives no finite gradient; E_DATA for data that are no states of the network
 *
 * Cost: O(slices·iterations·batch·edges), and for the oracle O(slices·CG iterations·data·edges).
 */
export async function train(
  task: TrainingTask,
  options: TrainingOptions,
  state: TrainingState,
  backend: Backend,
  hooks: TrainingHooks = {},
): Promise<void> {
  const { potential, noising, drive, seed, data } = task
  const { rule, nudge, sides, contrast, path } = options
  const settings = { rule: rule === 'least-squares' ? 'force-matching' : rule, nudge, sides, contrast, path } as const
  const { heldOut, seen = data.train } = data
  for (const [name, set] of Object.entries(data)) requireTable(set, potential.network.units, `data.${name}`)
  const refusal = rule === 'least-squares' ? null : refusalOf(createRule(settings), potential, drive)
  if (refusal !== null) throw invalidValue(`${refusal}.`, `rule ${createRule(settings).name}`)
  const learner = backend.learner({ potential, noising, drive, seed, train: seen, heldOut, ...settings })
  for (let slice = state.finished.length; slice < noising.knots.length; slice++) {
    const t = noising.knots[slice]!
    const bounds = lowerBounds(potential, noising, t)
    if (state.iteration === 0) {
      keepBounds(state.theta, bounds)
      resetAdam(state.adam)
      state.averaged = 0
    }
    const oracle = () => leastSquares(potential, state.theta, bounds, sweeps(task, t, slice)).theta
    if (rule === 'least-squares') state.theta = oracle()
    else {
      const descent = learner.descend(state, bounds, stepScale(potential, noising, t))
      const finished = await descendSlice(descent, task, options, state, hooks)
      descent.sync()
      if (!finished) {
        hooks.save?.(state)
        throw new StoppedError()
      }
    }
    if (state.averaged > 0) state.theta.set(state.average)
    // The problem is convex: where the oracle begins saves time and does not matter (a test shows it).
    const losses = await lossesOf(learner, state.theta, options.oracle ? oracle : null, t, slice)
    hooks.record?.({ kind: 'slice', slice, t, ...losses })
    state.lines++
    state.finished.push(state.theta.slice())
    state.iteration = 0
    hooks.save?.(state)
    await breathe()
    if (hooks.signal?.aborted === true) throw new StoppedError()
  }
}

/** Descends on the slice that `state` is in, from where it stands. @returns false when `signal` stopped it */
async function descendSlice(
  descent: Descent,
  { noising }: TrainingTask,
  options: TrainingOptions,
  state: TrainingState,
  { record, onProgress, signal }: TrainingHooks,
): Promise<boolean> {
  const slice = state.finished.length
  const t = noising.knots[slice]!
  const iterations = options.iterations * (slice === 0 ? firstSliceFactor : 1)
  const total = options.iterations * (firstSliceFactor + noising.knots.length - 1)
  while (state.iteration < iterations) {
    const rate =
      annealedRate(options.optimizer, state.iteration / iterations) * noising.stiffness * stiffnessClock(noising, t)
    const average = options.average && state.iteration >= iterations / 2
    const loss = await descent.step(t, options.batch, state.step, { ...options.optimizer, rate, average })
    if (state.iteration % recordEvery === 0) {
      record?.({ kind: 'iteration', slice, t, iteration: state.iteration, loss, rate })
      state.lines++
    }
    state.iteration++
    state.step++
    onProgress?.({ phase: 'train', done: state.step, total, t, loss, rate })
    await breathe()
    if (signal?.aborted === true) return false
  }
  return true
}

/** Losses of a slice's parameters, and of the oracle's where it is asked for. */
async function lossesOf(
  learner: Learner,
  theta: Float64Array,
  oracle: (() => Float64Array) | null,
  t: number,
  slice: number,
): Promise<SliceLosses> {
  const losses = {
    trainingLoss: await learner.loss(theta, t, 'train', slice),
    heldOutLoss: await heldOutLoss(learner, theta, t, slice),
  }
  if (oracle === null) return losses
  const best = oracle()
  return {
    ...losses,
    oracleLoss: await learner.loss(best, t, 'train', slice),
    oracleHeldOutLoss: await heldOutLoss(learner, best, t, slice),
  }
}

/** Cosine from `rate` to `rate·finalRate` over a slice; `fraction` of it is done. */
function annealedRate({ rate, finalRate }: { rate: number; finalRate: number }, fraction: number): number {
  return rate * (finalRate + ((1 - finalRate) * (1 + Math.cos(Math.PI * fraction))) / 2)
}

/** The training data noised several times over: the oracle's problem. */
function sweeps({ potential, noising, drive, seed, data }: TrainingTask, t: number, slice: number): NoisedBatch[] {
  const { visible } = potential.network
  return Array.from({ length: oracleDraws }, (_, draw) =>
    // A noiser of its own for each: the arrays of a batch are reused by the next.
    createNoiser(data.train, noising, drive, seed, { visible }).sweep(
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
