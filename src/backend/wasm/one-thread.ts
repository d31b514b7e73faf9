import { OverdampedError } from '../../errors.js'
import type { Kernels } from '../compiled/kernels.js'
import type { Views } from '../compiled/memory.js'
import type { Pool } from '../compiled/pool.js'
import { runShard } from '../compiled/programs.js'

/** A pool of the calling thread alone: it needs no shared memory, and nothing of Node. */
export function createOneThread(kernels: Kernels, memory: Views): Pool {
  let closed = false
  return {
    threads: 1,
    kernels,
    async run(job, shards) {
      if (closed) throw new OverdampedError('E_BACKEND', 'the backend was closed.', 'wasm', 1)
      for (let shard = 0; shard < shards; shard++) runShard(kernels, memory, job, shard, 0)
    },
    async close() {
      closed = true
    },
  }
}
