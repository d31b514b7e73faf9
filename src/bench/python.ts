import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../backend/node/package-root.js'
import type { Contender } from './contender.js'
import type { BenchFolder } from './folder.js'
import { processSession } from './process-session.js'

const pythons = ['python3', '/usr/bin/python3']

const families = { numpy: 'NumPy', torch: 'PyTorch' } as const

/** NumPy or PyTorch on the CPU, through bench/peers/numpy_peer.py or torch_peer.py. */
export function pythonContender(module: keyof typeof families, threads: number, folder: BenchFolder): Contender {
  const family = families[module]
  return {
    name: threads === 1 ? family : `${family}, ${threads} threads`,
    role: 'peer',
    family,
    threads,
    async open() {
      const env = environment(threads)
      const command = pythons.find((python) => hasModules(python, ['numpy', module]))
      if (command === undefined)
        return { notRun: `no python3 with ${module}; install it: apt-get install python3-${module}` }
      const script = join(packageRoot(), 'bench', 'peers', `${module}_peer.py`)
      return processSession({ command, args: [script, String(threads)], env, flags: '', trains: true }, folder)
    },
  }
}

/** Whether a Python would find the modules; importing them takes seconds. */
function hasModules(python: string, modules: readonly string[]): boolean {
  const script = 'import sys, importlib.util as u; sys.exit(not all(u.find_spec(m) for m in sys.argv[1:]))'
  return spawnSync(python, ['-c', script, ...modules], { stdio: 'ignore' }).status === 0
}

/**
 * The threads asked for, no files beside the scripts, and none of the settings that make OpenBLAS another library. OpenMP's
 * threads wait asleep: spinning, they gain little on a quiet machine and lose nearly everything on a busy one.
 */
function environment(threads: number): NodeJS.ProcessEnv {
  const { OPENBLAS_CORETYPE: _type, OPENBLAS_L2_SIZE: _size, ...env } = process.env
  const count = String(threads)
  return {
    ...env,
    OPENBLAS_NUM_THREADS: count,
    OMP_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    OMP_WAIT_POLICY: 'PASSIVE',
    PYTHONDONTWRITEBYTECODE: '1',
  }
}
