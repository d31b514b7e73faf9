import { availableParallelism } from 'node:os'
import { createThreadedWasm } from '../backend/node/threads.js'
import { createReference } from '../backend/reference.js'
import { backendContender } from './backend-contender.js'
import { cContender } from './c.js'
import type { Contender } from './contender.js'
import type { BenchFolder } from './folder.js'
import { pythonContender } from './python.js'
import { tfjsContender } from './tfjs.js'

/** The engines of this package: a contender for each backend and number of threads. */
function projectContenders(): Contender[] {
  const cores = availableParallelism()
  return [
    backendContender('overdamped wasm', 1, async () => createThreadedWasm(1)),
    ...(cores > 1 ? [backendContender('overdamped wasm', cores, async () => createThreadedWasm(cores))] : []),
    backendContender('overdamped reference', 1, async () => createReference()),
  ]
}

/** Backends whose footprint is measured: values of `--backend`. */
export const footprintBackends = ['wasm', 'reference'] as const

/** Everyone, in the order of the tables. `folder` is for what they compile, read and write. */
export function contenders(folder: BenchFolder): Contender[] {
  return [
    cContender(folder),
    ...projectContenders(),
    pythonContender('torch', 1, folder),
    pythonContender('torch', 2, folder),
    pythonContender('numpy', 1, folder),
    tfjsContender(folder),
  ]
}
