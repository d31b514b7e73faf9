import type { Keeper } from '../../backend/hooks.js'
import type { MetricLine } from '../../learning/training/losses.js'
import type { RefineState } from '../../learning/training/refine.js'
import type { SliceState } from '../../learning/training/slice.js'
import type { TrainingState } from '../../learning/training/train.js'
import type { Stages } from '../record/stages.js'

/** What a stage of learning keeps: its state, and all lines of metrics.jsonl so far. */
export interface Kept<State> {
  readonly state: State
  readonly lines: readonly MetricLine[]
}

/** Where the two stages of learning go on, and the lines that were recorded before. */
export interface KeptLearning {
  readonly training: Keeper<TrainingState>
  readonly refinement: Keeper<RefineState>
  readonly lines: MetricLine[]
}

/**
 * What a run has kept of its learning.
 *
 * @param parameters - of a knot
 * @throws E_FORMAT naming what is damaged, or of another network
 */
export function keptLearning(stages: Stages, parameters: number, knots: number): KeptLearning {
  const [training, refinement] = [stages.keeper<Kept<TrainingState>>(''), stages.keeper<Kept<RefineState>>('refine')]
  requireFit(training, ({ finished, ...state }) => [
    finished.length <= knots && finished.every(isVector(parameters)),
    ...isSliceState(parameters)(state),
  ])
  requireFit(refinement, ({ pass, present, sums }) => [
    present.length === knots && sums.length === knots && isCount(pass),
    [...present, ...sums].every(isVector(parameters)),
  ])
  // Where the end of training was damaged, training goes on from a state before it, and refinement begins again behind it.
  const trained = training.found?.state.finished.length === knots
  const goesOn = trained ? refinement : { ...refinement, found: null }
  const lines = [...((goesOn.found ?? training.found)?.lines ?? [])]
  return { training: withLines(training, lines), refinement: withLines(goesOn, lines), lines }
}

/** Whether a state is one of a slice with so many parameters: all that it returns is true. */
export function isSliceState(parameters: number) {
  return ({ theta, average, adam, iteration, step, averaged, pending }: SliceState): readonly boolean[] => [
    pending === undefined || (pending instanceof Float64Array && pending.length % parameters === 0),
    [theta, average, adam.mean, adam.square].every(isVector(parameters)),
    [iteration, step, averaged, adam.steps].every(isCount),
  ]
}

const isVector = (length: number) => (theta: unknown) => theta instanceof Float64Array && theta.length === length

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0

/** @throws E_FORMAT for a state that is not all of what is wanted */
export function requireFit<State>(keeper: Keeper<Kept<State>>, wanted: (state: State) => readonly boolean[]): void {
  if (keeper.found === null) return
  let fits = false
  try {
    const { lines } = keeper.found
    const areRecords = Array.isArray(lines) && lines.every((line) => typeof line === 'object' && line !== null)
    fits = areRecords && wanted(keeper.found.state).every(Boolean)
  } catch {
    // Something that is to be there is not.
  }
  if (!fits) throw keeper.unfit('is of a network with other parameters')
}

function withLines<State>(keeper: Keeper<Kept<State>>, lines: readonly MetricLine[]): Keeper<State> {
  const { found } = keeper
  return { ...keeper, found: found?.state ?? null, keep: (state) => keeper.keep({ state, lines }) }
}
