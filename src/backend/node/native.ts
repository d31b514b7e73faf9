import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Backend } from '../backend.js'
import { hashOf, hasProof, writeProof } from '../native/cache.js'
import { kernelLibrary, type LibraryOptions } from '../native/library.js'
import { firstDifference } from '../native/trial.js'
import { librarySource, wasmBytes, wasmSource } from './kernel-source.js'
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
 * The path of a library that has the bits of WebAssembly. The same bytes are tried once: with the kernels that the package has as
 * WebAssembly, and the version of Node that ran these.
 *
 * @throws Error when there is none, or it has others
 */
export async function sameAsWasm(options: Partial<LibraryOptions> = {}): Promise<string> {
  const library = await kernelLibrary({ sources: join(packageRoot(), 'kernels'), include: headers(), ...options })
  const proof = hashOf(readFileSync(library), wasmBytes(), process.version)
  if (hasProof(library, proof)) return library
  const difference = await firstDifference(createPool(librarySource(library), 1), createPool(wasmSource, 1))
  if (difference !== null)
    throw new Error(`the compiled kernels have other bits than WebAssembly (${difference}); they are in ${library}`)
  writeProof(library, proof)
  return library
}

/** The folder of Node-API's headers. */
function headers(): string {
  const require = createRequire(import.meta.url)
  return join(dirname(require.resolve('node-api-headers')), 'include')
}
