import type { Backend, LearningTask } from '../../../src/backend/backend.js'
import type { Network } from '../../../src/physics/network/network.js'
import { createNoising } from '../../../src/physics/protocol/noising.js'
import { everyTerm, lattice, normals } from '../../systems.js'
import { deviation, gpu, kT, type Lattice, reference } from './common.js'

function learningTask(network: Network, data: number, given: Partial<LearningTask> = {}): LearningTask {
  const { potential } = everyTerm(network, kT)
  const points = (count: number, step: number) => ({
    points: normals(count * network.units, step),
    count,
    units: network.units,
  })
  const bath = { kT, mobility: 1.3 }
  return {
    potential,
    noising: createNoising({ stiffness: 1, duration: 3, tMin: 0.01, slices: 4, spacing: 'geometric' }, bath),
    drive: 'reverse',
    seed: 7,
    train: points(data, 3),
    heldOut: points(Math.max(1, data - 1), 4),
    rule: 'force-matching',
    nudge: 0.01,
    ...given,
  }
}

/** Gradients, losses and descent. */
export const learning = {
  gradient: async (shape: Lattice, size: number, rule: Pick<LearningTask, 'rule' | 'nudge' | 'sides'>) => {
    const network = lattice(...shape)
    const task = learningTask(network, 9, rule)
    const { theta } = everyTerm(network, kT)
    const measure = async (backend: Backend) => {
      const learner = backend.learner(task)
      const gradient = new Float64Array(theta.length)
      const loss = await learner.gradient(theta, 0.3, size, 11, gradient)
      return { gradient, losses: [loss, await learner.loss(theta, 0.3, 'heldOut', 2)] }
    }
    const found = await measure(await gpu())
    const expected = await measure(reference)
    return {
      gradient: deviation(found.gradient, expected.gradient),
      loss: Math.max(...found.losses.map((loss, n) => Math.abs(loss / expected.losses[n]! - 1))),
    }
  },

  /** a set in several parts, both ways at once, and descent */
  learning: async (data: number) => {
    const network = lattice(2, 2, 'all', { hidden: { units: 3, temperature: 0.1 }, labels: 1 })
    const task = learningTask(network, data, { drive: 'quasi-static', rule: 'nudged-force-matching' })
    const { theta, potential } = everyTerm(network, kT)
    const measure = async (backend: Backend) => {
      const learner = backend.learner(task)
      const gradient = new Float64Array(theta.length)
      const [loss] = await Promise.all([
        learner.loss(theta, 1, 'train', 2),
        learner.gradient(theta, 0.3, data, 11, gradient),
      ])
      const state = {
        theta: theta.slice(),
        average: new Float64Array(theta.length),
        averaged: 0,
        adam: { mean: new Float64Array(theta.length), square: new Float64Array(theta.length), steps: 0 },
      }
      const descent = learner.descend(state, potential.lowerBound, new Float64Array(theta.length).fill(1))
      const options = { beta1: 0.9, beta2: 0.999, rate: 0.01, average: true }
      for (let step = 0; step < 3; step++) await descent.step(0.3, 20, step, options)
      descent.sync()
      return { loss, gradient, theta: state.theta }
    }
    const found = await measure(await gpu())
    const expected = await measure(reference)
    return {
      loss: Math.abs(found.loss / expected.loss - 1),
      gradient: deviation(found.gradient, expected.gradient),
      theta: deviation(found.theta, expected.theta),
    }
  },
}
