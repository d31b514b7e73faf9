import { driveNetwork } from '../dynamics/drive.js'
import { integratorNamed } from '../dynamics/integrators.js'
import { descentStep } from '../learn/descent.js'
import { residualForce } from '../learn/force-matching.js'
import { createNoiser } from '../learn/noised-batch.js'
import { ruleNamed } from '../learn/rules.js'
import { stream } from '../noise/streams.js'
import type { Backend, Learner, LearningTask } from './backend.js'
import { integrate } from './integrate.js'

/** Plain TypeScript in float64 on one thread: any potential, any rule, and what every other backend is compared with. */
export function createReference(): Backend {
  return {
    name: 'reference',
    device: 'float64, 1 thread',
    threads: 1,
    refusal: () => null,
    simulate({ potential, protocol, bath, integrator, start, ...rest }, hooks) {
      const drive = driveNetwork(potential, protocol)
      return integrate(drive, bath, integratorNamed(integrator), start, rest, rest, hooks)
    },
    learner: referenceLearner,
    close: async () => {},
  }
}

function referenceLearner({
  potential,
  noising,
  drive,
  seed,
  train,
  heldOut,
  rule: name,
  nudge,
}: LearningTask): Learner {
  const rule = ruleNamed(name, nudge)
  const noisers = {
    train: createNoiser(train, noising, drive, seed, potential.network.visible),
    heldOut: createNoiser(heldOut, noising, drive, seed, potential.network.visible),
  }
  const measure = (theta: Float64Array, t: number, size: number, step: number, gradient: Float64Array) =>
    rule.gradient(potential, theta, noisers.train.minibatch(t, size, step), gradient)
  return {
    gradient: async (theta, t, size, step, gradient) => measure(theta, t, size, step, gradient),
    descend(state, bounds, scale) {
      const gradient = new Float64Array(potential.size)
      return {
        async step(t, size, step, options) {
          const loss = measure(state.theta, t, size, step, gradient)
          descentStep(state, gradient, bounds, scale, options)
          return loss
        },
        sync() {},
      }
    },
    async loss(theta, t, set, draw) {
      const batch = noisers[set].sweep(t, draw, stream.lossNoise)
      return residualForce(potential, theta, batch, new Float64Array(batch.x.length))
    },
  }
}
