import { OverdampedError } from '../../errors.js'
import type { RuleName } from '../../learning/rules/rules.js'
import type { IntegratorName } from '../../physics/dynamics/integrators.js'
import type { Network } from '../../physics/network/network.js'
import {
  type Backend,
  type Demand,
  refusedByReach,
  refusedByRule,
  refusedByScheme,
  refusing,
  roundoff,
} from '../backend.js'
import type { Kernels } from '../compiled/kernels.js'
import { createKernelLearner } from '../compiled/learner.js'
import type { Arena, Views } from '../compiled/memory.js'
import { type Pool, runShard } from '../compiled/programs.js'
import { simulateWithKernels } from '../compiled/simulate.js'
import { refusedByKernels } from '../compiled/system.js'
import { displacing } from '../displaced.js'
import { refusedBySlopes } from '../formula-rounding.js'
import { loadKernels, stackBytes } from './kernels.js'
import { createArena, createMemory, viewsOf } from './memory.js'

/** Schemes that the kernels know. */
const schemes: readonly IntegratorName[] = ['euler-maruyama', 'leimkuhler-matthews']
/** Learning rules that they know. */
const rules: readonly RuleName[] = ['force-matching', 'nudged-force-matching']

/** Why formulas can't be learned here, as half a sentence; null when they can, or there are none. */
function refusedByFormulas({ potential, rule, data }: Demand): string | null {
  const term = potential.terms.find(({ formula }) => formula !== undefined)
  if (term === undefined || rule === null) return null
  if (rule !== 'force-matching')
    return `its kernels learn a formula, as in the term "${term.name}", by force-matching alone`
  return data === undefined ? null : refusedBySlopes(potential, roundoff.float32, data.train, data.width)
}

/** Whether a unit other than the visible ones moves, or one moves faster than another. */
function movesUnevenly({ mobility, visible }: Network): boolean {
  return mobility?.some((value, unit) => value !== (unit < visible ? 1 : 0)) ?? false
}

/**
 * SIMD kernels in WebAssembly on the calling thread (float32, sixteen trajectories at a time), in browsers as in Node. It has
 * the bits of the threads of `openBackend`.
 *
 * @param kernels - the bytes of `overdamped/kernels.wasm`, which the caller fetches or reads
 * @throws E_BACKEND when they are others, or this engine has no WebAssembly SIMD
 */
export async function createWasm({ kernels: bytes }: { readonly kernels: Uint8Array | ArrayBuffer }): Promise<Backend> {
  const memory = createMemory(false)
  const arena = createArena(memory)
  const kernels = await loadKernels(bytes, memory, arena.take(stackBytes)).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    const expected = 'Expected the bytes of overdamped/kernels.wasm, and an engine with WebAssembly SIMD'
    throw new OverdampedError('E_BACKEND', `the kernels do not load (${reason}). ${expected}.`, 'wasm', 1)
  })
  return backendOn(arena, createOneThread(kernels, viewsOf(memory)))
}

/** A pool of the calling thread alone: it needs no shared memory, and nothing of Node. */
function createOneThread(kernels: Kernels, memory: Views): Pool {
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

/** The backend on a pool of threads, over the arena of their memory. Any number of threads gives the same bits. */
export function backendOn(arena: Arena, pool: Pool): Backend {
  const { threads } = pool
  return refusing({
    name: 'wasm',
    device: `float32, SIMD, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    threads,
    roundoff: roundoff.float32,
    refusal: (demand) =>
      refusedByKernels(demand.potential) ??
      (movesUnevenly(demand.potential.network) ? 'its kernels move the visible units alone, all alike' : null) ??
      refusedByRule(rules, demand.rule) ??
      refusedByScheme(schemes, demand.integrator) ??
      refusedByReach(roundoff.float32, demand.reach) ??
      refusedByFormulas(demand),
    simulate: displacing(roundoff.float32, (simulation, hooks = {}) =>
      simulateWithKernels(arena, pool, simulation, hooks),
    ),
    learner: (task) => createKernelLearner(arena, pool, task),
    close: () => pool.close(),
  })
}
