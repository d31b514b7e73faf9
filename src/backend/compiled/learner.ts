import { evenRows } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { uniformIntegers } from '../../physics/noise/uniform.js'
import { type Learner, type LearningTask, mostMeasured } from '../backend.js'
import { packBlock } from './blocks.js'
import { startDescent, takeDescentRoom } from './descent.js'
import { createMeasure } from './measure.js'
import type { Arena } from './memory.js'
import type { Pool } from './programs.js'
import { describeSystem } from './system.js'

/** Gradients and losses with the kernels. The memory stays taken until the backend is closed. */
export function createKernelLearner(arena: Arena, pool: Pool, task: LearningTask): Learner {
  const { potential, noising, seed } = task
  const system = describeSystem(potential, noising.bath.kT, arena)
  const { sumBytes, sumWords } = system
  const { block, measure } = createMeasure(arena, pool, system, task)
  const theta = arena.take(8 * potential.size)
  const descentRoom = takeDescentRoom(arena, system)
  const pack = (values: Float64Array) => {
    arena.f64(theta, values.length).set(values)
    packBlock(arena, pool, system, theta, values.length, block)
  }
  const picked = new Map<number, Int32Array>()
  const minibatch = (t: number, size: number, step: number) => {
    const picks = picked.get(size) ?? new Int32Array(size)
    picked.set(size, picks)
    uniformIntegers({ seed, stream: stream.minibatch, step }, task.train.count, picks)
    return measure(t, { set: 'train', picks, stream: stream.trainingNoise, step }, true)
  }

  return {
    async gradient(values, t, size, step, gradient) {
      pack(values)
      const { loss, sums, shards, factor } = await minibatch(t, size, step)
      const words = arena.f32(sums, (sumBytes / 4) * shards)
      for (let a = 0; a < gradient.length; a++) {
        let sum = 0
        for (let at = sumWords[a]!; at < words.length; at += sumBytes / 4) sum += words[at]!
        gradient[a] = factor * sum
      }
      return loss
    },
    descend(state, bounds, stepScale) {
      pack(state.theta)
      return startDescent(arena, pool, system, block, descentRoom, state, bounds, stepScale, minibatch)
    },
    async loss(values, t, set, draw) {
      pack(values)
      const picks = Int32Array.from(evenRows(task[set].count, mostMeasured))
      return (await measure(t, { set, picks, stream: stream.lossNoise, step: draw }, false)).loss
    },
  }
}
