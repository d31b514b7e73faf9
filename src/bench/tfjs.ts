import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { packageRoot } from '../backend/node/package-root.js'
import type { Contender } from './contender.js'
import type { BenchFolder } from './folder.js'
import { processSession } from './process-session.js'

const packages = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm']

/** TensorFlow.js on WebAssembly, through bench/peers/tfjs.mjs; found in OVERDAMPED_BENCH_MODULES or the current directory. */
export function tfjsContender(folder: BenchFolder): Contender {
  return {
    name: 'TensorFlow.js wasm',
    role: 'peer',
    family: 'TensorFlow.js wasm',
    threads: 1,
    async open() {
      const places = [process.env.OVERDAMPED_BENCH_MODULES, '.'].filter((place) => place !== undefined && place !== '')
      const place = places.map((path) => resolve(path!, 'index.js')).find(holdsPackages)
      if (place === undefined)
        return {
          notRun: `not installed; npm i --prefix DIR ${packages.map((name) => `${name}@4.22`).join(' ')}, then OVERDAMPED_BENCH_MODULES=DIR`,
        }
      const script = join(packageRoot(), 'bench', 'peers', 'tfjs.mjs')
      return processSession(
        { command: process.execPath, args: [script, place], env: process.env, flags: '', trains: false, peaks: false },
        folder,
      )
    },
  }
}

function holdsPackages(place: string): boolean {
  const { resolve } = createRequire(place)
  try {
    for (const name of packages) resolve(name)
    return true
  } catch {
    return false
  }
}
