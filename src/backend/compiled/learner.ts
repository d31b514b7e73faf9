import { defaultNudge } from '../../learning/rules/nudged-force-matching.js'
import type { PointSet } from '../../physics/network/states.js'
import { keyOf } from '../../physics/noise/philox.js'
import { stream } from '../../physics/noise/streams.js'
import { uniformIntegers } from '../../physics/noise/uniform.js'
import { noiseWidth, scoreScale, signal } from '../../physics/protocol/noising.js'
import type { Learner, LearningTask } from '../backend.js'
import type { Arena } from '../wasm/memory.js'
import type { Pool } from '../wasm/pool.js'
import { startDescent, takeDescentRoom } from './descent.js'
import { groupsOf, lanes, learningBytes, shardsOf } from './programs.js'
import { describeSystem } from './system.js'

/** What a minibatch left in memory: Σ_shards of its sums, times `factor`, is the gradient. */
export interface MeasuredSums {
  readonly loss: number
  readonly sums: number
  readonly shards: number
  readonly factor: number
}

/**
 * Gradients and losses with the kernels. A minibatch is cut into shards of 64 trajectories; their sums are added in float64
 * in the order of the shards, so that threads do not change a bit. The memory stays taken until the backend is closed.
 */
export function createLearner(arena: Arena, pool: Pool, task: LearningTask): Learner {
  const { potential, noising, drive, seed } = task
  const { visible: units } = potential.network
  const system = describeSystem(potential, noising.bath.kT, arena)
  const { groupBytes, sumBytes, sumWords } = system
  const hiddenBytes = 64 * system.hiddenRows
  const { trap, scale } = scoreScale(noising, drive)
  const [key0, key1] = keyOf(seed)
  const data = {
    train: writeRows(arena, task.train, system.rows),
    heldOut: writeRows(arena, task.heldOut, system.rows),
  }
  const theta = arena.take(8 * potential.size)
  const block = arena.take(system.blockBytes)
  arena.f32(block, system.blockBytes / 4).fill(0)
  const noise = arena.take(4 * 10)
  const scratchBytes = system.scratchBytes + learningBytes(groupBytes, hiddenBytes)
  const scratch = arena.take(pool.threads * scratchBytes)
  const descentRoom = takeDescentRoom(arena, potential.size)
  let room = { size: 0, picks: 0, squares: 0, sums: 0 }

  /** room for batches of so many */
  const reserve = (size: number) => {
    if (size <= room.size) return
    room = {
      size,
      picks: arena.take(4 * lanes * groupsOf(size)),
      squares: arena.take(8 * shardsOf(size)),
      sums: arena.take(sumBytes * shardsOf(size)),
    }
  }
  const pack = (values: Float64Array) => {
    arena.f64(theta, values.length).set(values)
    pool.kernels.pack(theta, system.first, system.second, 0, values.length, block)
  }
  /** loss, and sums when they are asked for, at the parameters in the block */
  const measure = async (
    t: number,
    set: 'train' | 'heldOut',
    picked: Int32Array,
    draw: { stream: number; step: number },
    withSums: boolean,
  ): Promise<MeasuredSums> => {
    const size = picked.length
    reserve(size)
    const { picks, squares, sums } = room
    arena
      .i32(picks, lanes * groupsOf(size))
      .fill(0)
      .set(picked)
    const s = noiseWidth(noising, t)
    arena.i32(noise, 10).set([data[set], picks, 0, 0, 0, 0, draw.stream, draw.step, key0, key1])
    arena.f32(noise + 8, 4).set([signal(noising, t), s, trap, scale / s])
    const delta = ((task.nudge ?? defaultNudge) * s) / scale
    const minus = task.sides === 'one' ? 0 : delta
    const nudge = task.rule === 'nudged-force-matching' ? { plus: delta, minus } : null
    const shards = shardsOf(size)
    await pool.run(
      {
        program: 'learn',
        system: system.address,
        trajectories: size,
        block,
        noise,
        nudge,
        squares,
        sums: withSums ? sums : 0,
        sumBytes,
        groupBytes,
        hiddenBytes,
        scratch,
        scratchBytes,
        kernelScratch: system.scratchBytes,
      },
      shards,
    )
    const total = arena.f64(squares, shards).reduce((sum, part) => sum + part, 0)
    const loss = (total * s * s) / (scale * scale * units * size)
    return { loss, sums, shards, factor: -(s * s) / size / (nudge === null ? 1 : delta + minus) }
  }
  const picked = new Map<number, Int32Array>()
  const minibatch = (t: number, size: number, step: number) => {
    const picks = picked.get(size) ?? new Int32Array(size)
    picked.set(size, picks)
    uniformIntegers({ seed, stream: stream.minibatch, step }, task.train.count, picks)
    return measure(t, 'train', picks, { stream: stream.trainingNoise, step }, true)
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
      const every = Int32Array.from({ length: task[set].count }, (_, n) => n)
      return (await measure(t, set, every, { stream: stream.lossNoise, step: draw }, false)).loss
    },
  }
}

/** Clean data as float32 rows, padded with zeros; their address. */
function writeRows(arena: Arena, { points, count, units }: PointSet, rows: number): number {
  const address = arena.take(4 * count * rows)
  const view = arena.f32(address, count * rows).fill(0)
  for (let n = 0; n < count; n++) view.set(points.subarray(n * units, (n + 1) * units), n * rows)
  return address
}
