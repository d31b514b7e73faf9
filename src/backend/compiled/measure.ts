import { defaultNudge } from '../../learning/rules/nudged-force-matching.js'
import type { PointSet } from '../../physics/network/states.js'
import { keyOf } from '../../physics/noise/philox.js'
import { noiseWidth, scoreScale, signal } from '../../physics/protocol/noising.js'
import type { LearningTask } from '../backend.js'
import type { Arena } from './memory.js'
import { type LearnJob, learningBytes, type Pool } from './programs.js'
import { groupsOf, groupsOfLearning, groupsOfShard, lanes } from './shards.js'
import type { System } from './system.js'

/** What a batch left in memory: Σ_shards of its sums, times `factor`, is the gradient. */
export interface MeasuredSums {
  readonly loss: number
  readonly sums: number
  readonly shards: number
  readonly factor: number
}

/** A batch of a task: which data, and the place of its noise in the stream of random numbers. */
interface Batch {
  readonly set: 'train' | 'heldOut'
  readonly picks: Int32Array
  readonly stream: number
  readonly step: number
}

/** Measures batches at the parameters in a block of its own. */
export interface Measure {
  /** address of the block */
  readonly block: number
  /** loss of a batch noised to time t, and the sums of the rule when they are asked for */
  measure(t: number, batch: Batch, withSums: boolean): Promise<MeasuredSums>
}

/**
 * Takes room for the data of a task and for what threads need. A batch is cut into shards of at most 64 trajectories, by its size alone; their
 * losses are added in float64 in the order of the shards, so that threads do not change a bit.
 */
export function createMeasure(arena: Arena, pool: Pool, system: System, task: LearningTask): Measure {
  const { noising, drive } = task
  const { visible: units } = task.potential.network
  const { groupBytes, sumBytes } = system
  const hiddenBytes = 64 * system.hiddenRows
  const { trap, scale } = scoreScale(noising, drive)
  const key = keyOf(task.seed)
  const data = {
    train: writeRows(arena, task.train, system.rows),
    heldOut: writeRows(arena, task.heldOut, system.rows),
  }
  const block = arena.take(system.blockBytes)
  arena.f32(block, system.blockBytes / 4).fill(0)
  const noise = arena.take(4 * 10)
  const kernelScratch = groupsOfShard * system.scratchBytes
  const scratchBytes = kernelScratch + learningBytes(groupBytes, hiddenBytes)
  const scratch = arena.take(pool.threads * scratchBytes)
  const job = {
    program: 'learn',
    system: system.address,
    ...{ block, noise, sumBytes, groupBytes, hiddenBytes, kernelScratch, scratch, scratchBytes },
  } as const
  const room = createRoom(arena, sumBytes)
  let nudged: { t: number; nudge: LearnJob['nudge'] } = { t: Number.NaN, nudge: null }
  return {
    block,
    async measure(t, { set, picks, stream, step }, withSums) {
      const size = picks.length
      const groups = groupsOfLearning(size)
      const shards = shardsOf(size)
      const { picks: picked, squares, sums } = room(size)
      arena
        .i32(picked, lanes * groupsOf(size))
        .fill(0)
        .set(picks)
      const s = noiseWidth(noising, t)
      arena.i32(noise, 10).set([data[set], picked, 0, 0, 0, 0, stream, step, ...key])
      arena.f32(noise + 8, 4).set([signal(noising, t), s, trap, scale / s])
      // The same object as long as it says the same: threads are not told again of a job that they know.
      if (t !== nudged.t) nudged = { t, nudge: nudgeOf(task, s, scale) }
      const { nudge } = nudged
      await pool.run({ ...job, trajectories: size, groups, nudge, squares, sums: withSums ? sums : 0 }, shards)
      const total = arena.f64(squares, shards).reduce((sum, part) => sum + part, 0)
      const loss = (total * s * s) / (scale * scale * units * size)
      return { loss, sums, shards, factor: -(s * s) / size / (nudge === null ? 1 : nudge.plus + nudge.minus) }
    },
  }
}

/** Displacements of nudged force matching, as the rule has them; null for force matching. */
function nudgeOf({ rule, nudge, sides }: LearningTask, s: number, scale: number): LearnJob['nudge'] {
  if (rule !== 'nudged-force-matching') return null
  const delta = ((nudge ?? defaultNudge) * s) / scale
  return { plus: delta, minus: sides === 'one' ? 0 : delta }
}

/** Shards of a batch. */
function shardsOf(size: number): number {
  return Math.ceil(groupsOf(size) / groupsOfLearning(size))
}

/** Room for batches, which grows with the largest: their data, and losses and sums of their shards. */
function createRoom(arena: Arena, sumBytes: number) {
  let room = { size: 0, picks: 0, squares: 0, sums: 0 }
  return (size: number) => {
    if (size > room.size)
      room = {
        size,
        picks: arena.take(4 * lanes * groupsOf(size)),
        squares: arena.take(8 * shardsOf(size)),
        sums: arena.take(sumBytes * shardsOf(size)),
      }
    return room
  }
}

/** Clean data as float32 rows, padded with zeros; their address. */
function writeRows(arena: Arena, { points, count, units }: PointSet, rows: number): number {
  const address = arena.take(4 * count * rows)
  const view = arena.f32(address, count * rows).fill(0)
  for (let n = 0; n < count; n++) view.set(points.subarray(n * units, (n + 1) * units), n * rows)
  return address
}
