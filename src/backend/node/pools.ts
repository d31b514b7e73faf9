import { exitCode, OverdampedError } from '../../errors.js'
import type { Arena } from '../compiled/memory.js'
import type { Pool } from '../compiled/programs.js'

/** Threads with kernels, and their memory. */
export interface KernelPool {
  readonly arena: Arena
  readonly pool: Pool
  /** false once a thread of it died, or it was closed */
  isWhole(): boolean
}

/** Pools that were given back while somebody keeps them, by what makes them alike. */
const kept = new Map<string, KernelPool[]>()
let keepers = 0

/**
 * From now on threads whose backend is closed stay, for the next backend of their kind: whoever does many short runs saves the start of
 * threads (65 ms a run with two) and the growth of their memory.
 *
 * @returns what ends that, and the threads that nobody uses
 */
export function keepPools(): () => Promise<void> {
  keepers++
  return async () => {
    if (--keepers > 0) return
    const unused = [...kept.values()].flat()
    kept.clear()
    await Promise.all(unused.map(({ pool }) => pool.close()))
  }
}

/** A pool like those of a name: one that was kept, or a new one. To close it gives it back, its memory free again. */
export function lentPool(name: string, create: () => KernelPool): Pick<KernelPool, 'arena' | 'pool'> {
  const lent = kept.get(name)?.pop() ?? create()
  const { arena, pool, isWhole } = lent
  const mark = arena.mark()
  let isOpen = true
  const open = () => {
    if (!isOpen) throw new OverdampedError('E_BACKEND', 'the backend was closed.', pool.traits.name, exitCode.failed)
    return pool
  }
  return {
    arena,
    pool: {
      ...pool,
      run: (job, shards) => open().run(job, shards),
      runNow: (job, shards) => open().runNow(job, shards),
      async close() {
        if (!isOpen) return
        isOpen = false
        if (keepers === 0 || !isWhole()) return pool.close()
        arena.release(mark)
        kept.set(name, [...(kept.get(name) ?? []), lent])
      },
    },
  }
}
