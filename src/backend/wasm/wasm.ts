import { OverdampedError } from '../../errors.js'
import type { Backend } from '../backend.js'
import { compiledBackend } from '../compiled/backend.js'
import type { Kernels } from '../compiled/kernels.js'
import type { Views } from '../compiled/memory.js'
import { type Pool, runShard } from '../compiled/programs.js'
import { loadKernels, stackBytes, wasmTraits } from './kernels.js'
import { createArena, createMemory, viewsOf } from './memory.js'

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
  return compiledBackend(arena, createOneThread(kernels, viewsOf(memory)))
}

/** A pool of the calling thread alone: it needs no shared memory, and nothing of Node. */
function createOneThread(kernels: Kernels, memory: Views): Pool {
  let closed = false
  return {
    traits: wasmTraits,
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
