import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Kernels } from '../compiled/kernels.js'
import type { Arena } from '../compiled/memory.js'
import type { KernelTraits } from '../compiled/programs.js'
import { nativeTraits, openAddon } from '../native/addon.js'
import { compileKernels, instantiateKernels, stackBytes, wasmTraits } from '../wasm/kernels.js'
import { packageRoot } from './package-root.js'

/** What one thread makes its kernels of, as data: WebAssembly with a stack in the memory, or the path of a library. */
export type ThreadKernels =
  | { readonly module: WebAssembly.Module; readonly stack: number }
  | { readonly library: string }

/** Where the threads of a pool have their kernels from. */
export interface KernelSource {
  readonly traits: KernelTraits
  /** for as many threads; takes what they need of their memory. @throws Error when they can't run here */
  forThreads(arena: Arena, threads: number): ThreadKernels[]
}

/** The kernels as WebAssembly for threads, from dist/. */
export function wasmBytes(): Uint8Array {
  return readFileSync(join(packageRoot(), 'dist', 'wasm', 'kernels-shared.wasm'))
}

/** Kernels in WebAssembly. */
export const wasmSource: KernelSource = {
  traits: wasmTraits,
  forThreads(arena, threads) {
    const module = compileKernels(wasmBytes())
    const stacks = arena.take(threads * stackBytes)
    return Array.from({ length: threads }, (_, thread) => ({ module, stack: stacks + thread * stackBytes }))
  },
}

/** The kernels of a library; see kernelLibrary. */
export function librarySource(library: string): KernelSource {
  return { traits: nativeTraits(library), forThreads: (_, threads) => new Array(threads).fill({ library }) }
}

/** A thread's kernels over the memory of its pool. */
export function kernelsOn(memory: WebAssembly.Memory, given: ThreadKernels): Kernels {
  return 'library' in given ? openAddon(given.library, memory) : instantiateKernels(given.module, memory, given.stack)
}
