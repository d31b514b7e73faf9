import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Backend } from '../backend.js'
import { kernelLibrary, type LibraryOptions } from '../native/library.js'
import { firstDifference } from '../native/trial.js'
import { librarySource, wasmSource } from './kernel-source.js'
import { packageRoot } from './package-root.js'
import { createPool, createThreaded } from './threads.js'

/** The library that this process uses, or why it has none: looked for once. */
let found: Promise<string> | undefined

/**
 * The kernels as this machine's own compiler makes them, on Node's threads. They have the bits of `createThreadedWasm`.
 *
 * @param onNote - hears when they are compiled, which is once
 * @throws Error when they can't be compiled, or have other bits
 */
export async function createThreadedNative(threads: number, onNote?: (line: string) => void): Promise<Backend> {
  found ??= sameAsWasm({ onNote })
  return createThreaded(librarySource(await found), threads)
}

/**
 * The path of a library that has the bits of WebAssembly.
 *
 * @throws Error when there is none, or it has others
 */
export async function sameAsWasm(options: Partial<LibraryOptions> = {}): Promise<string> {
  const library = await kernelLibrary({ sources: join(packageRoot(), 'kernels'), include: headers(), ...options })
  const difference = await firstDifference(createPool(librarySource(library), 1), createPool(wasmSource, 1))
  if (difference === null) return library
  throw new Error(`the compiled kernels have other bits than WebAssembly (${difference}); they are in ${library}`)
}

/** The folder of Node-API's headers. */
function headers(): string {
  const { include_dir: folder } = createRequire(import.meta.url)('node-api-headers') as { include_dir: string }
  return folder
}
