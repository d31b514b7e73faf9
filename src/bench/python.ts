import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../backend/node/package-root.js'
import type { Contender, NotRun } from './contender.js'
import type { BenchFolder } from './folder.js'
import { type Program, processSession } from './process-session.js'

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
    open: async () => openPython(module, `${module}_peer.py`, String(threads), threads, true, folder),
  }
}

/** Starts a script of bench/peers that answers the commands of peer.py. */
async function openPython(
  module: keyof typeof families,
  script: string,
  argument: string,
  threads: number,
  trains: boolean,
  folder: BenchFolder,
) {
  const program = pythonProgram(module, script, argument, threads)
  return 'notRun' in program ? program : processSession({ ...program, flags: '', trains, peaks: false }, folder)
}

/** A script of bench/peers with a Python that has what it needs. */
export function pythonProgram(
  module: keyof typeof families,
  script: string,
  argument: string,
  threads: number,
): Pick<Program, 'command' | 'args' | 'env'> | NotRun {
  const command = pythons.find((python) => hasModules(python, ['numpy', module]))
  if (command === undefined)
    return { notRun: `no python3 with ${module}; install it: apt-get install python3-${module}` }
  const args = [join(packageRoot(), 'bench', 'peers', script), argument]
  return { command, args, env: environment(threads) }
}

/** NumPy on formulas, through bench/peers/numpy_formulas.py: as one writes it, or in place in float32. */
export function numpyFormulas(form: 'plain' | 'inplace', folder: BenchFolder): Contender {
  const name = form === 'plain' ? 'NumPy, as written' : 'NumPy, in place, float32'
  return {
    ...{ name, role: 'peer', family: name, threads: 1 },
    open: async () => openPython('numpy', 'numpy_formulas.py', form, 1, false, folder),
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
