import { descentStep } from '../../learning/rules/descent.js'
import { createNoiser } from '../../learning/rules/noised-batch.js'
import { defaultNudge, defaultSides } from '../../learning/rules/nudged-force-matching.js'
import type { NoisedBatch } from '../../learning/rules/rule.js'
import { thinned } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { type Learner, type LearningTask, mostMeasured } from '../backend.js'
import { type BatchSums, columnsFor, createBatchSums, type Nudge } from './batch-sums.js'
import type { GpuDevice } from './device.js'
import { createDeviceLandscape } from './landscape.js'

/** Data that are on the device at once; longer batches run in parts, whose sums the host adds in float64. */
const mostData = 1024

/**
 * Gradients and losses of force matching, nudged or not. The host draws and noises the data (in float64, then rounded) and takes the steps
 * of the optimizer; residual forces and their sums are the device's.
 */
export function createDeviceLearner(device: GpuDevice, task: LearningTask): { learner: Learner; release: () => void } {
  const { potential, noising, drive, seed, train, heldOut } = task
  const workspace = device.open()
  const landscape = createDeviceLandscape(potential, noising.bath.kT, workspace)
  const { visible } = potential.network
  const minibatches = createNoiser(train, noising, drive, seed, { visible })
  const measured = {
    train: createNoiser(thinned(train, mostMeasured), noising, drive, seed, { visible }),
    heldOut: createNoiser(thinned(heldOut, mostMeasured), noising, drive, seed, { visible }),
  }
  const made = new Map<number, BatchSums>()
  const sumsFor = (data: number): BatchSums => {
    const columns = columnsFor(Math.min(data, mostData))
    const sums = made.get(columns) ?? createBatchSums(potential, workspace, landscape, columns)
    made.set(columns, sums)
    return sums
  }
  const measure = async (theta: Float64Array, noised: NoisedBatch, gradient: Float64Array | null) => {
    landscape.write(theta)
    gradient?.fill(0)
    const sums = sumsFor(noised.batch)
    const nudge = nudgeOf(task, noised)
    let squares = 0
    for (let first = 0; first < noised.batch; first += mostData) squares += await sums(noised, first, nudge, gradient)
    await workspace.settle()
    const factor = -noised.weight / noised.batch
    if (gradient !== null) for (let a = 0; a < gradient.length; a++) gradient[a]! *= factor
    return squares / (noised.target.length * noised.targetVariance)
  }

  // One call after the other: they share the arrays on the device.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work)
    last = done.catch(() => {})
    return done
  }
  const gradient: Learner['gradient'] = (theta, t, size, step, out) =>
    inTurn(() => measure(theta, minibatches.minibatch(t, size, step), out))
  return {
    learner: {
      gradient,
      descend(state, bounds, scale) {
        const slope = new Float64Array(potential.size)
        return {
          async step(t, size, step, options) {
            const loss = await gradient(state.theta, t, size, step, slope)
            descentStep(state, slope, bounds, scale, options)
            return loss
          },
          sync() {},
        }
      },
      loss: (theta, t, set, draw) => inTurn(() => measure(theta, measured[set].sweep(t, draw, stream.lossNoise), null)),
    },
    release: () => workspace.release(),
  }
}

/** How states are nudged, as the rule has it (see nudgedForceMatching). */
function nudgeOf(
  { rule, nudge = defaultNudge, sides = defaultSides }: LearningTask,
  { targetVariance }: NoisedBatch,
): Nudge {
  if (rule !== 'nudged-force-matching') return { span: 0, shift: 0 }
  const delta = nudge / Math.sqrt(targetVariance)
  return sides === 'two' ? { span: 2 * delta, shift: 0 } : { span: delta, shift: delta / 2 }
}
