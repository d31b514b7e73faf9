import type { Backend } from '../../backend/backend.js'
import { breathe, type Hooks, type Keeper } from '../../backend/hooks.js'
import { createReference } from '../../backend/reference.js'
import { StoppedError } from '../../errors.js'
import { createDescent } from '../rules/descent.js'
import { startParameters } from '../rules/parameter-scales.js'
import type { MetricLine } from './losses.js'
import { createSliceTrainer, type SliceState } from './slice.js'
import type { TrainingOptions, TrainingTask } from './task.js'

/** Everything that training carries from one iteration to the next; a checkpoint is this and nothing else. */
export interface TrainingState extends SliceState {
  /** parameters of the finished knots, noisiest first, [slice][parameters] */
  readonly finished: Float64Array[]
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
  const { slices, train: trainSlice } = createSliceTrainer(given, asked, backend)
  const { keeper, ...others } = hooks
  const ofSlice = keeper && { isDue: () => keeper.isDue(), keep: () => keeper.keep(state) }
  for (let slice = state.finished.length; slice < slices; slice++) {
    const theta = await trainSlice(slice, state, { ...others, keeper: ofSlice })
    if (theta === null) throw new StoppedError()
    state.finished.push(theta)
    state.iteration = 0
    await breathe()
    const stopped = hooks.signal?.aborted === true
    if (stopped || keeper?.isDue() === true) keeper?.keep(state)
    if (stopped) throw new StoppedError()
  }
  return state.finished
}
