import { descentStep } from '../../learning/rules/descent.js'
import { createNoiser } from '../../learning/rules/noised-batch.js'
import type { NoisedBatch } from '../../learning/rules/rule.js'
import { thinned } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { type Learner, type LearningTask, mostMeasured } from '../backend.js'
import { type BatchSums, columnsFor, createBatchSums } from './batch-sums.js'
import type { GpuDevice } from './device.js'
import { createDeviceLandscape } from './landscape.js'

/** Data that are on the device at once; longer batches run in parts, whose sums the host adds in float64. */
const mostData = 1024

/**
 * Gradients and losses of force matching. The host draws and noises the data (in float64, then rounded) and takes the steps
 * of the optimizer; residual forces and their sums are the device's.
 */
export function createDeviceLearner(device: GpuDevice, task: LearningTask): { learner: Learner; release: () => void } {
  const { potential, noising, drive, seed, train, heldOut } = task
  const workspace = device.open()
  const landscape = createDeviceLandscape(potential, workspace)
  const minibatches = createNoiser(train, noising, drive, seed)
  const measured = {
    train: createNoiser(thinned(train, mostMeasured), noising, drive, seed),
    heldOut: createNoiser(thinned(heldOut, mostMeasured), noising, drive, seed),
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
    let squares = 0
    for (let first = 0; first < noised.batch; first += mostData) squares += await sums(noised, first, gradient)
    await workspace.settle()
    const factor = -noised.weight / noised.batch
    if (gradient !== null) for (let a = 0; a < gradient.length; a++) gradient[a]! *= factor
    return squares / (noised.x.length * noised.targetVariance)
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
