import { availableParallelism } from 'node:os'
import type { Backend } from '../backend/backend.js'
import { createThreadedNative } from '../backend/node/native.js'
import { createThreadedWasm } from '../backend/node/threads.js'
import { createReference } from '../backend/reference.js'
import { backendContender } from './backend-contender.js'
import { cContender, flipsContender, unfusedContender } from './c.js'
import type { Contender } from './contender.js'
import type { BenchFolder } from './folder.js'
import { numpyFormulas, pythonContender } from './python.js'
import { tfjsContender } from './tfjs.js'

/** Backends whose footprint is measured: values of `--backend`. Learning digits on the reference would take longer than all the rest. */
export const footprintBackends = ['native', 'wasm'] as const

/** Everyone, in the order of the tables. `folder` is for what they compile, read and write. */
export function contenders(folder: BenchFolder): Contender[] {
  const cores = availableParallelism()
  const ofKernels = (name: string, create: (threads: number) => Backend | Promise<Backend>) =>
    [...new Set([1, cores])].map((threads) => backendContender(name, threads, async () => create(threads)))
  return [
    cContender(folder),
    unfusedContender(folder),
    ...ofKernels('overdamped native', createThreadedNative),
    ...ofKernels('overdamped wasm', createThreadedWasm),
    backendContender('overdamped reference', 1, async () => createReference()),
    pythonContender('torch', 1, folder),
    pythonContender('torch', 2, folder),
    pythonContender('numpy', 1, folder),
    tfjsContender(folder),
  ]
}

/** Who computes formulas beside this package. */
export function formulaPeers(folder: BenchFolder): Contender[] {
  return [numpyFormulas('plain', folder), numpyFormulas('inplace', folder)]
}

/** Who redraws units with two states beside this package. */
export function flipPeers(folder: BenchFolder): Contender[] {
  return [flipsContender(folder)]
}
