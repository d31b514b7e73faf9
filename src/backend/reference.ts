import { descentStep } from '../learning/rules/descent.js'
import { deviceOf } from '../learning/rules/device.js'
import { noisedLoss } from '../learning/rules/force-matching.js'
import { createNoiser } from '../learning/rules/noised-batch.js'
import { stepsOf } from '../learning/rules/reverse-path.js'
import type { NoisedBatch } from '../learning/rules/rule.js'
import { createRule, pathOptions } from '../learning/rules/rules.js'
import { driveNetwork } from '../physics/dynamics/drive.js'
import { schemeOf } from '../physics/dynamics/integrators.js'
import { stream } from '../physics/noise/streams.js'
import { type Backend, type Learner, type LearningTask, roundoff } from './backend.js'
import { displacing } from './displaced.js'
import { integrate } from './integrate.js'

/** Plain TypeScript in float64 on one thread: any potential, any rule, and what every other backend is compared with. */
export function createReference(): Backend {
  return {
    name: 'reference',
    device: 'float64, 1 thread',
    threads: 1,
    refusal: () => null,
    simulate: displacing(
      roundoff.reference,
      ({ potential, protocol, bath, integrator, start, ...rest }, hooks = {}) => {
        const drive = driveNetwork(potential, protocol)
        return integrate(drive, bath, schemeOf(integrator), start, rest, rest, hooks)
      },
    ),
    learner: referenceLearner,
    close: async () => {},
  }
}

function referenceLearner(task: LearningTask): Learner {
  const { potential, noising, drive, seed, train, heldOut, path } = task
  const { visible } = potential.network
  const rule = createRule(task)
  const fromPaths = task.rule === 'reverse-path'
  const noisers = {
    train: createNoiser(train, noising, drive, seed, {
      visible,
      path: fromPaths ? pathOptions(path) : undefined,
    }),
    heldOut: createNoiser(heldOut, noising, drive, seed, { visible }),
  }
  const device = (theta: Float64Array) => deviceOf(potential, theta, noising.bath)
  const measure = (theta: Float64Array, batch: NoisedBatch, gradient: Float64Array) =>
    rule.gradient(device(theta), batch, gradient) ?? noisedLoss(device(theta), batch)
  return {
    gradient: async (theta, t, size, step, gradient) =>
      measure(theta, noisers.train.minibatch(t, size, step), gradient),
    descend(state, bounds, scale) {
      const gradient = new Float64Array(potential.size)
      return {
        async step(t, size, step, options) {
          const batch = noisers.train.minibatch(t, size, step)
          // Online, each step of noising moves the parameters at once, by its share of what the whole path would.
          const parts = fromPaths && path?.online === true ? stepsOf(batch) : [batch]
          let loss = 0
          for (const part of parts) {
            loss += measure(state.theta, part, gradient) / parts.length
            descentStep(state, gradient, bounds, scale, { ...options, rate: options.rate / parts.length })
          }
          return loss
        },
        sync() {},
      }
    },
    loss: async (theta, t, set, draw) => noisedLoss(device(theta), noisers[set].sweep(t, draw, stream.lossNoise)),
  }
}
