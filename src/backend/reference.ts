import { float64 } from '../learning/objectives/arithmetic.js'
import { idealApparatus, type Moment } from '../learning/rules/apparatus.js'
import { descentStep } from '../learning/rules/descent.js'
import { noisedLoss } from '../learning/rules/force-matching.js'
import { createNoiser } from '../learning/rules/noised-batch.js'
import { stepsOf } from '../learning/rules/reverse-path.js'
import { type NoisedBatch, requireGradient } from '../learning/rules/rule.js'
import { createRule } from '../learning/rules/rules.js'
import { driveNetwork } from '../physics/dynamics/drive.js'
import { schemeOf } from '../physics/dynamics/integrators.js'
import { thinned } from '../physics/network/states.js'
import { stream } from '../physics/noise/streams.js'
import { type Backend, type Learner, type LearningTask, mostMeasured, roundoff } from './backend.js'
import { displacing } from './displaced.js'
import { integrate } from './integrate.js'

/** Plain TypeScript in float64 on one thread: any potential, any rule, and what every other backend is compared with. */
export function createReference(): Backend {
  return {
    name: 'reference',
    device: 'float64, 1 thread',
    threads: 1,
    roundoff: roundoff.float64,
    refusal: () => null,
    simulate: displacing(roundoff.float64, ({ potential, protocol, bath, integrator, start, ...rest }, hooks = {}) => {
      const drive = driveNetwork(potential, protocol)
      return integrate(drive, bath, schemeOf(integrator), start, rest, rest, hooks)
    }),
    learner: referenceLearner,
    arithmetic: float64,
    close: async () => {},
  }
}

function referenceLearner(task: LearningTask): Learner {
  const { potential, noising, drive, seed, train, heldOut } = task
  const { visible } = potential.network
  const rule = createRule(task)
  const noisers = {
    train: createNoiser(train, noising, drive, seed, { visible, path: rule.path }),
    loss: {
      train: createNoiser(thinned(train, mostMeasured), noising, drive, seed, { visible }),
      heldOut: createNoiser(thinned(heldOut, mostMeasured), noising, drive, seed, { visible }),
    },
  }
  const { apparatus = idealApparatus(potential, noising) } = task
  const { device } = apparatus
  const measure = (theta: Float64Array, batch: NoisedBatch, at: Moment, gradient: Float64Array) => {
    // What a rule leaves unwritten shows.
    gradient.fill(Number.NaN)
    const loss = rule.gradient(device(theta, at), batch, gradient) ?? noisedLoss(device(theta), batch)
    requireGradient(rule, potential, theta, gradient)
    return loss
  }
  return {
    gradient: async (theta, t, size, step, gradient) =>
      measure(theta, noisers.train.minibatch(t, size, step), { iteration: step, update: step }, gradient),
    descend(state, bounds, scale) {
      const gradient = new Float64Array(potential.size)
      return {
        async step(t, size, step, options) {
          const batch = noisers.train.minibatch(t, size, step)
          // Online, each step of noising moves the parameters at once, by its share of what the whole path would.
          const parts = rule.path?.online === true ? stepsOf(batch) : [batch]
          let loss = 0
          for (const [n, part] of parts.entries()) {
            const at = { iteration: step, update: step * parts.length + n }
            loss += measure(state.theta, part, at, gradient) / parts.length
            apparatus.delay(state, gradient)
            const taken = { rate: options.rate / parts.length, average: options.average && apparatus.averages }
            descentStep(state, gradient, bounds, scale, { ...options, ...taken }, apparatus.formed(t, at, scale))
          }
          return loss
        },
        sync() {},
      }
    },
    loss: async (theta, t, set, draw) => noisedLoss(device(theta), noisers.loss[set].sweep(t, draw, stream.lossNoise)),
  }
}
