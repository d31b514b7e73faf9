import type { Kernels } from './kernels.js'
import type { Views } from './memory.js'
import type { ObjectiveJob } from './objective-jobs.js'
import { runObjectiveShard } from './objective-programs.js'
import { energyRow, groupsOf, groupsOfShard, lanes, stripRows } from './shards.js'
import type { System } from './system.js'

interface Shared {
  readonly system: number
  /** trajectories that count; they fill groups from the first on */
  readonly trajectories: number
  /** states, [groups][rows][16] */
  readonly x: number
  /** bytes of a group */
  readonly groupBytes: number
  /** scratch of thread 0, and from one thread to the next */
  readonly scratch: number
  readonly scratchBytes: number
}

/** Energies of all groups into the energy rows of their records. */
interface EnergyJob extends Shared {
  readonly program: 'energies'
  readonly block: number
  readonly record: number
  readonly recordBytes: number
}

/** Steps `from` to `to` of all groups. */
interface AdvanceJob extends Shared {
  readonly program: 'advance'
  readonly steps: number
  readonly from: number
  readonly to: number
  readonly firstGroup: number
  /** groups that advance together, at most those of a shard */
  readonly together: number
  /** records of work and heat, or 0, and bytes from one to the next */
  readonly record: number
  readonly recordBytes: number
  /** int32 [groups]: the step at which it, or one that advanced with it, diverged, or -1 */
  readonly diverged: number
}

/** Noised data, residual forces, and (with `sums`) what the rule measures of them. */
export interface LearnJob extends Omit<Shared, 'x'> {
  readonly program: 'learn'
  readonly block: number
  readonly noise: number
  /** groups of a shard */
  readonly groups: number
  /** displacements of nudged force matching along the residual and against it; null for force matching */
  readonly nudge: { readonly plus: number; readonly minus: number } | null
  /** f64 [shards]: Σ r² */
  readonly squares: number
  /** sums of each shard, or 0; and bytes from one shard's to the next */
  readonly sums: number
  readonly sumBytes: number
  /** bytes of a group of hidden units */
  readonly hiddenBytes: number
  /** bytes of the kernels' own scratch; the arrays of a shard's groups follow it */
  readonly kernelScratch: number
}

/** A step of descent; a shard is a range of strips. */
interface DescendJob {
  readonly program: 'descend'
  readonly descent: number
  readonly strips: number
}

/** What threads are asked to do. */
export type Job = EnergyJob | AdvanceJob | LearnJob | DescendJob | ObjectiveJob

/** What kernels are like, however they were compiled: of none of it do results depend. */
export interface KernelTraits {
  /** of the backend that they make */
  readonly name: 'wasm' | 'native'
  /** for manifests and reports: "float32, SIMD" */
  readonly arithmetic: string
  /** groups that advance together where their couplings fit a cache, at most those of a shard */
  readonly together: number
}

/** Threads over one memory; the calling thread is one of them. */
export interface Pool {
  readonly traits: KernelTraits
  readonly threads: number
  /** the calling thread's own */
  readonly kernels: Kernels
  /**
   * Runs the shards of a job, each once, by whichever thread is free.
   *
   * @throws E_BACKEND when a thread failed or died; the pool can't be used after that
   */
  run(job: Job, shards: number): Promise<void>
  /**
   * The same at once, for callers that can't await: no event is heard until it is done. @throws E_BACKEND as `run` does, also when a
   * thread has not finished a shard for a minute and its system can't be asked for it
   */
  runNow(job: Job, shards: number): void
  close(): Promise<void>
}

/** Groups whose units are drawn in turn together: while one waits for an operation the other goes on (ABREAST in kernels/lanes.h). */
const groupsInTurn = 2

/** Parameter blocks beyond this leave no room for the states in a core's second cache, which has 256 kB to 2 MB. */
const cacheBytes = 2 ** 18

/**
 * Groups that advance together. Couplings that fill a cache are read once for several groups, and so are the operations of a formula
 * for few units.
 */
export function groupsTogether({ together }: KernelTraits, { blockBytes, formulas, rows, isInTurn }: System): number {
  if (isInTurn) return Math.min(together, groupsInTurn)
  const isShort = formulas > 0 && rows < stripRows
  return blockBytes > cacheBytes || isShort ? groupsOfShard : together
}

/** Parameters that are stepped together (Strip in kernels/descend.h), and strips of a shard of descent. */
export const parametersOfStrip = 16
const stripsOfShard = 128

/** Shards of descent on so many strips. */
export function descentShards(strips: number): number {
  return Math.ceil(strips / stripsOfShard)
}

/** Bytes of a thread's arrays for a learning job: four of visible units and two of hidden ones, for a shard's groups. */
export function learningBytes(groupBytes: number, hiddenBytes: number): number {
  return groupsOfShard * (4 * groupBytes + 2 * hiddenBytes)
}

/** Runs one shard of a job. What it writes depends on the shard alone, never on the thread. */
export function runShard(kernels: Kernels, memory: Views, job: Job, shard: number, thread: number): void {
  if (job.program === 'descend') {
    const from = shard * stripsOfShard
    kernels.descend(job.descent, from, Math.min(from + stripsOfShard, job.strips))
    return
  }
  if ('states' in job) {
    runObjectiveShard(kernels, memory, job, shard, thread)
    return
  }
  const scratch = job.scratch + thread * job.scratchBytes
  const most = job.program === 'learn' ? job.groups : groupsOfShard
  const first = shard * most
  const end = Math.min(first + most, groupsOf(job.trajectories))
  const lanesOf = (group: number, groups: number) => Math.min(lanes * groups, job.trajectories - group * lanes)
  switch (job.program) {
    case 'energies':
      for (let group = first; group < end; group++)
        kernels.energies(
          job.system,
          job.block,
          job.x + group * job.groupBytes,
          scratch,
          job.record + group * job.recordBytes + energyRow,
        )
      return
    case 'advance': {
      const diverged = memory.i32(job.diverged, end)
      for (let group = first; group < end; group += job.together) {
        const groups = Math.min(job.together, end - group)
        diverged[group] = kernels.advance(
          job.system,
          job.steps,
          job.from,
          job.to,
          job.firstGroup + group,
          groups,
          lanesOf(group, groups),
          job.x + group * job.groupBytes,
          scratch,
          job.record === 0 ? 0 : job.record + group * job.recordBytes,
        )
      }
      return
    }
    case 'learn': {
      const { system, block, groupBytes, hiddenBytes } = job
      const [x, r, p, q] = [0, 1, 2, 3].map((n) => scratch + job.kernelScratch + n * groupsOfShard * groupBytes) as Four
      const s = q + groupsOfShard * groupBytes
      const d = s + groupsOfShard * hiddenBytes
      const groups = end - first
      for (let n = 0; n < groups; n++)
        kernels.noise(system, job.noise, first + n, x + n * groupBytes, r + n * groupBytes, scratch)
      const squares = kernels.residuals(system, block, lanesOf(first, groups), x, r, groups, scratch, s)
      memory.f64(job.squares, shard + 1)[shard] = squares
      if (job.sums === 0) return
      const out = job.sums + shard * job.sumBytes
      if (job.nudge === null) kernels.directional(system, block, scratch, x, r, groups, p, q, s, d, out)
      else kernels.nudged(system, block, job.nudge.plus, job.nudge.minus, x, r, groups, p, q, s, d, out)
    }
  }
}

type Four = [number, number, number, number]
