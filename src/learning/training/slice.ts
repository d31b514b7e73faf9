import { type Backend, type Descent, type Learner, mostMeasured } from '../../backend/backend.js'
import { breathe, type Hooks } from '../../backend/hooks.js'
import { invalidValue } from '../../errors.js'
import { type PointSet, thinned } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { type Noising, signal, stiffnessClock } from '../../physics/protocol/noising.js'
import { requireTable } from '../data/law.js'
import { resetAdam } from '../rules/adam.js'
import { annealedRate, type DescentState } from '../rules/descent.js'
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

/** What training carries from one iteration of a slice to the next. */
export interface SliceState extends DescentState {
  /** parameters in the frame they are learned in, [parameters]; `average` and `averaged` are of its iterates */
  theta: Float64Array
  /** iterations done in the slice */
  iteration: number
  /** iterations done, with those of all slices before it; numbers the minibatches */
  step: number
}

/** How a slice reports, and keeps its state: between two iterations where that is due, and when it is stopped. */
interface SliceHooks extends Hooks {
  /** is given every line of metrics.jsonl */
  readonly record?: ((line: MetricLine) => void) | undefined
  /** asks for checkpoints and takes them */
  readonly keeper?: { isDue(): boolean; keep(): void } | undefined
}

/** Trains one slice of a task or another. */
export interface SliceTrainer {
  /** how many there are: one for each knot */
  readonly slices: number
  /** iterations of a slice; 0 where it is solved */
  iterations(slice: number): number
  /**
   * Goes on with a slice from where `state` stands, in place; what `state` holds at iteration 0 matters where slices depend on one another.
   *
   * @returns parameters of the knot, [parameters]; null when `signal` stopped it, the state kept
   * @throws E_INVALID_VALUE for a gradient that is not finite
   */
  train(slice: number, state: SliceState, hooks: SliceHooks): Promise<Float64Array | null>
}

/** Every so many iterations a line is recorded. */
const recordEvery = 10
/** Repetitions, each with fresh noise, of the held-out data in the measured loss and of the data in the oracle's problem. */
const lossDraws = 4
const oracleDraws = 4

/**
 * Prepares the slices of a task.
 *
 * @throws E_INVALID_VALUE for a rule that can't train the potential for the drive; E_DATA for data that are no states of the network
 */
export function createSliceTrainer(given: TrainingTask, asked: TrainingOptions, backend: Backend): SliceTrainer {
  const task = wholeTask(given)
  const { potential, noising, drive, seed } = task
  const options = wholeTraining(asked, potential)
  const { settings, isSolved } = options
  for (const [name, set] of Object.entries(task.data)) requireTable(set, potential.network.units, `data.${name}`)
  const frame = frameFor(task, options)
  const { train, heldOut } = centredData(task, frame)
  const rule = isSolved ? null : createRule(settings)
  const refusal = rule && refusalOf(rule, potential, drive)
  if (refusal !== null) throw invalidValue(`${refusal}.`, `rule ${rule!.name}`)
  const { apparatus } = task
  const learner = backend.learner({ potential, noising, drive, seed, train, heldOut, apparatus, ...settings })
  return {
    slices: noising.knots.length,
    iterations: (slice) => (isSolved ? 0 : iterationsOf(options, slice)),
    async train(slice, state, hooks) {
      const t = noising.knots[slice]!
      const bounds = lowerBounds(potential, noising, t)
      if (state.iteration === 0) beginSlice(slice, task, options, frame, state, bounds)
      const oracle = () => leastSquares(potential, state.theta, bounds, sweeps(task, train, t, slice)).theta
      if (isSolved) state.theta = oracle()
      else if (!(await descendSlice(slice, learner, bounds, task, options, state, hooks))) {
        hooks.keeper?.keep()
        return null
      }
      // The problem is convex: where the oracle begins saves time and does not matter (a test shows it).
      const losses = await lossesOf(learner, state.theta, options.oracle ? oracle : null, t, slice)
      hooks.record?.({ kind: 'slice', slice, t, ...losses })
      return frame.parameters(state.theta, t)
    },
  }
}

/** Where a slice begins: at what the slice before it left, at given parameters, or anew. */
function beginSlice(
  slice: number,
  { potential, noising, seed, hiddenTemperature }: WholeTask,
  { start }: WholeTraining,
  frame: Frame,
  state: SliceState,
  bounds: Float64Array,
): void {
  const t = noising.knots[slice]!
  const temperature = hiddenTemperature?.(t)
  if (start === 'scaled' && slice > 0) growParameters(potential, state.theta, noising, noising.knots[slice - 1]!, t)
  if (typeof start === 'object') state.theta.set(frame.own(start[slice]!, t))
  if (start === 'independent') {
    state.theta.set(startParameters(potential, noising, seed, temperature))
    // Iterations so few that none is averaged would leave the average of another slice.
    state.average.fill(0)
  }
  if (temperature !== undefined) rescaleHidden(potential, state.theta, temperature)
  keepBounds(state.theta, bounds)
}

/** The frame that is learned in. */
function frameFor({ potential, noising, drive, data }: WholeTask, { centre }: WholeTraining): Frame {
  if (!centre) return laboratory
  const frame = frameOf(potential, noising, drive, data.train)
  if (frame !== null) return frame
  throw invalidValue(
    'centring needs a bias, and no formulas, pair quartics, or cubics and quartics without stiffness and cubics. Add the term bias, or do not centre.',
    'learning.centre',
  )
}

function centredData({ data }: WholeTask, { centred }: Frame): WholeTask['data'] {
  return { train: centred(data.train), heldOut: centred(data.heldOut) }
}

/** Descends on a slice, from where `state` stands. @returns false when `signal` stopped it */
async function descendSlice(
  slice: number,
  learner: Learner,
  bounds: Float64Array,
  task: WholeTask,
  options: WholeTraining,
  state: SliceState,
  hooks: SliceHooks,
): Promise<boolean> {
  const stages = stagesOf(options, slice === 0)
  let from = 0
  for (const stage of stages) {
    const to = from + stage.iterations
    if (state.iteration < to) {
      if (state.iteration === from) {
        resetAdam(state.adam)
        state.averaged = 0
      }
      const descent = descentOf(slice, learner, bounds, task, options, stage, state)
      const finished = await descendStage(slice, descent, task, options, stage, from, state, hooks)
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
  slice: number,
  learner: Learner,
  bounds: Float64Array,
  { potential, noising, hiddenTemperature }: WholeTask,
  { optimizer, start }: WholeTraining,
  { hiddenFactor }: Stage,
  state: SliceState,
): Descent {
  const t = noising.knots[slice]!
  // Where nearly all is noise, gradients are too: steps of full length would drive hidden units to where they answer nothing any more.
  const faint = start === 'scaled' ? signal(noising, t) : 1
  const hidden = { temperature: hiddenTemperature?.(t), rate: hiddenFactor * faint, bias: optimizer.biasFactor }
  return learner.descend(state, bounds, stepScale(potential, noising, t, hidden))
}

/** One stage, which begins at iteration `from` of the slice. @returns false when `signal` stopped it */
async function descendStage(
  slice: number,
  descent: Descent,
  { noising }: WholeTask,
  options: WholeTraining,
  stage: Stage,
  from: number,
  state: SliceState,
  { record, onProgress, signal, keeper }: SliceHooks,
): Promise<boolean> {
  const t = noising.knots[slice]!
  const { optimizer } = options
  const unit = noising.stiffness * stiffnessClock(noising, t)
  const total = allIterations(options, noising)
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
      keeper.keep()
    }
  }
  return true
}

/** Iterations of all slices. */
export function allIterations(options: WholeTraining, { knots }: Pick<Noising, 'knots'>): number {
  return options.isSolved ? 0 : iterationsOf(options, 0) + (knots.length - 1) * iterationsOf(options, 1)
}

function iterationsOf(options: WholeTraining, slice: number): number {
  return stagesOf(options, slice === 0).reduce((sum, { iterations }) => sum + iterations, 0)
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
