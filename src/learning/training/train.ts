import { type Backend, type Descent, type Learner, mostMeasured } from '../../backend/backend.js'
import { breathe, type Hooks, type Keeper } from '../../backend/hooks.js'
import { createReference } from '../../backend/reference.js'
import { invalidValue, StoppedError } from '../../errors.js'
import { type PointSet, thinned } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { signal, stiffnessClock } from '../../physics/protocol/noising.js'
import { requireTable } from '../data/law.js'
import { resetAdam } from '../rules/adam.js'
import { annealedRate, createDescent, type DescentState } from '../rules/descent.js'
import { leastSquares } from '../rules/least-squares.js'
import { createNoiser } from '../rules/noised-batch.js'
import {
  growParameters,
  keepBounds,
  lowerBounds,
  rescaleHidden,
  startParameters,
  stepScale,
} from '../rules/parameter-scales.js'
import type { NoisedBatch } from '../rules/rule.js'
import { createRule, refusalOf } from '../rules/rules.js'
import { type Frame, frameOf, laboratory } from './centred.js'
import type { MetricLine, SliceLosses } from './losses.js'
import { type Stage, stagesOf } from './stages.js'
import {
  type TrainingOptions,
  type TrainingTask,
  type WholeTask,
  type WholeTraining,
  wholeTask,
  wholeTraining,
} from './task.js'

/** Everything that training carries from one iteration to the next; a checkpoint is this and nothing else. */
export interface TrainingState extends DescentState {
  /** parameters of the finished knots, noisiest first, [slice][parameters] */
  readonly finished: Float64Array[]
  /** parameters of the current slice in the frame they are learned in, [parameters]; `average` and `averaged` are of its iterates */
  theta: Float64Array
  /** iterations done in the current slice */
  iteration: number
  /** iterations done in the run; numbers the minibatches */
  step: number
}

/** Training that has not begun. @param start - parameters to begin from, [parameters] */
export function createTrainingState(start: Float64Array): TrainingState {
  return { ...createDescent(start), finished: [], iteration: 0, step: 0 }
}

/** How training reports, and keeps its state: between two iterations where that is due, and when it is stopped. */
export interface TrainingHooks extends Hooks {
  /** is given every line of metrics.jsonl */
  readonly record?: ((line: MetricLine) => void) | undefined
  /** asks for checkpoints and takes them */
  readonly keeper?: Pick<Keeper<TrainingState>, 'isDue' | 'keep'> | undefined
}

/** Every so many iterations a line is recorded. */
const recordEvery = 10
/** Repetitions, each with fresh noise, of the held-out data in the measured loss and of the data in the oracle's problem. */
const lossDraws = 4
const oracleDraws = 4

/**
 * Trains the parameters of every knot, from the noisiest to the least noisy, each from its predecessor's:
 * `const knots = await train({ potential, noising, data })`. Advances `state` in place; what it does next depends on nothing but the task,
 * the options and that state.
 *
 * @param state - at the start parameters when absent (see startParameters)
 * @param backend - the reference when absent
 * @returns `state.finished`: parameters at the knots, [K + 1][parameters], which generationProtocol runs through
 * @throws StoppedError when `signal` stopped it, with the state saved; E_INVALID_VALUE for a rule that can't train the potential for
 *   the drive, or gives no finite gradient; E_DATA for data that are no states of the network
 *
 * Cost: O(slices·iterations·batch·edges), and for the oracle O(slices·CG iterations·data·edges).
 */
export async function train(
  given: TrainingTask,
  asked: TrainingOptions = {},
  state: TrainingState = createTrainingState(startParameters(given.potential, given.noising, given.seed)),
  backend: Backend = createReference(),
  hooks: TrainingHooks = {},
): Promise<readonly Float64Array[]> {
  const task = wholeTask(given)
  const { potential, noising, drive, seed, hiddenTemperature } = task
  const options = wholeTraining(asked, potential)
  const { settings, isSolved } = options
  for (const [name, set] of Object.entries(task.data)) requireTable(set, potential.network.units, `data.${name}`)
  const frame = frameFor(task, options)
  const { train, heldOut } = centredData(task, frame)
  const refusal = isSolved ? null : refusalOf(createRule(settings), potential, drive)
  if (refusal !== null) throw invalidValue(`${refusal}.`, `rule ${createRule(settings).name}`)
  const learner = backend.learner({ potential, noising, drive, seed, train, heldOut, ...settings })
  for (let slice = state.finished.length; slice < noising.knots.length; slice++) {
    const t = noising.knots[slice]!
    const bounds = lowerBounds(potential, noising, t)
    if (state.iteration === 0) {
      const temperature = hiddenTemperature?.(t)
      if (options.start === 'scaled' && slice > 0)
        growParameters(potential, state.theta, noising, noising.knots[slice - 1]!, t)
      if (typeof options.start === 'object') state.theta.set(frame.own(options.start[slice]!, t))
      if (options.start === 'independent') state.theta.set(startParameters(potential, noising, seed, temperature))
      if (temperature !== undefined) rescaleHidden(potential, state.theta, temperature)
      keepBounds(state.theta, bounds)
    }
    const oracle = () => leastSquares(potential, state.theta, bounds, sweeps(task, train, t, slice)).theta
    if (isSolved) state.theta = oracle()
    else if (!(await descendSlice(learner, bounds, task, options, state, hooks))) {
      hooks.keeper?.keep(state)
      throw new StoppedError()
    }
    // The problem is convex: where the oracle begins saves time and does not matter (a test shows it).
    const losses = await lossesOf(learner, state.theta, options.oracle ? oracle : null, t, slice)
    hooks.record?.({ kind: 'slice', slice, t, ...losses })
    state.finished.push(frame.parameters(state.theta, t))
    state.iteration = 0
    await breathe()
    const stopped = hooks.signal?.aborted === true
    if (stopped || hooks.keeper?.isDue() === true) hooks.keeper?.keep(state)
    if (stopped) throw new StoppedError()
  }
  return state.finished
}

/** The frame that is learned in. */
function frameFor({ potential, noising, drive, data }: WholeTask, { centre }: WholeTraining): Frame {
  if (!centre) return laboratory
  const frame = frameOf(potential, noising, drive, data.train)
  if (frame !== null) return frame
  throw invalidValue(
    'a potential is displaced to the mean of the data where it has a bias, and no formulas, pair quartics, or cubic and quartic terms without stiffness and cubic ones. Add the term bias, or learn without centring.',
    'learning.centre',
  )
}

function centredData({ data }: WholeTask, { centred }: Frame): WholeTask['data'] {
  return { train: centred(data.train), heldOut: centred(data.heldOut) }
}

/** Descends on the slice that `state` is in, from where it stands. @returns false when `signal` stopped it */
async function descendSlice(
  learner: Learner,
  bounds: Float64Array,
  task: WholeTask,
  options: WholeTraining,
  state: TrainingState,
  hooks: TrainingHooks,
): Promise<boolean> {
  const stages = stagesOf(options, state.finished.length === 0)
  let from = 0
  for (const stage of stages) {
    const to = from + stage.iterations
    if (state.iteration < to) {
      if (state.iteration === from) {
        resetAdam(state.adam)
        state.averaged = 0
      }
      const descent = descentOf(learner, bounds, task, options, stage, state)
      const finished = await descendStage(descent, task, options, stage, from, state, hooks)
      descent.sync()
      if (!finished) return false
    }
    // Training that was stopped after the last iteration of a stage goes on here.
    if (state.iteration === to && state.averaged > 0) state.theta.set(state.average)
    from = to
  }
  return true
}

function descentOf(
  learner: Learner,
  bounds: Float64Array,
  { potential, noising, hiddenTemperature }: WholeTask,
  { optimizer, start }: WholeTraining,
  { hiddenFactor }: Stage,
  state: TrainingState,
): Descent {
  const t = noising.knots[state.finished.length]!
  // Where nearly all is noise, gradients are too: steps of full length would drive hidden units to where they answer nothing any more.
  const faint = start === 'scaled' ? signal(noising, t) : 1
  const hidden = { temperature: hiddenTemperature?.(t), rate: hiddenFactor * faint, bias: optimizer.biasFactor }
  return learner.descend(state, bounds, stepScale(potential, noising, t, hidden))
}

/** One stage, which begins at iteration `from` of the slice. @returns false when `signal` stopped it */
async function descendStage(
  descent: Descent,
  { noising }: WholeTask,
  options: WholeTraining,
  stage: Stage,
  from: number,
  state: TrainingState,
  { record, onProgress, signal, keeper }: TrainingHooks,
): Promise<boolean> {
  const slice = state.finished.length
  const t = noising.knots[slice]!
  const { optimizer } = options
  const unit = noising.stiffness * stiffnessClock(noising, t)
  const total = iterationsOf(options, noising.knots.length)
  while (state.iteration < from + stage.iterations) {
    const fraction = (state.iteration - from) / stage.iterations
    const rate = annealedRate(stage, fraction) * unit
    const average = stage.average > 0 && fraction >= 1 - stage.average
    const loss = await descent.step(t, stage.batch, state.step, { ...optimizer, rate, average })
    if (state.iteration % recordEvery === 0)
      record?.({ kind: 'iteration', slice, t, iteration: state.iteration, loss, rate })
    state.iteration++
    state.step++
    onProgress?.({ phase: 'train', done: state.step, total, t, loss, rate })
    await breathe()
    if (signal?.aborted === true) return false
    if (keeper?.isDue() === true) {
      descent.sync()
      keeper.keep(state)
    }
  }
  return true
}

/** Iterations over all slices. */
function iterationsOf(options: WholeTraining, slices: number): number {
  const of = (isFirst: boolean) => stagesOf(options, isFirst).reduce((sum, { iterations }) => sum + iterations, 0)
  return of(true) + (slices - 1) * of(false)
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

/** The training data noised several times over: the oracle's problem. */
function sweeps(
  { potential, noising, drive, seed }: WholeTask,
  train: PointSet,
  t: number,
  slice: number,
): NoisedBatch[] {
  const { visible } = potential.network
  return Array.from({ length: oracleDraws }, (_, draw) =>
    // A noiser of its own for each: the arrays of a batch are reused by the next.
    createNoiser(thinned(train, mostMeasured), noising, drive, seed, { visible }).sweep(
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
