import { execFile } from 'node:child_process'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { packageRoot } from '../backend/node/package-root.js'
import type { Contender, NotRun } from './contender.js'
import type { BenchFolder } from './folder.js'
import { type Program, processSession } from './process-session.js'

const run = promisify(execFile)

/** Compilers to try, and their names for "this machine", which differ by architecture. */
const compilers = [...(process.env.CC ? [process.env.CC] : []), 'gcc', 'clang', 'cc']
const machineFlags = ['-march=native', '-mcpu=native']

/** Our hand-written C step (bench/peers/step.c), compiled for this machine: the limit that the others are measured against. */
export function cContender(folder: BenchFolder): Contender {
  return compiled({ name: 'C, hand-written', role: 'limit', family: 'C' }, 'step', [], folder)
}

/** The same of units with two states (bench/peers/flips.c). */
export function flipsContender(folder: BenchFolder): Contender {
  return compiled({ name: 'C, hand-written flips', role: 'limit', family: 'C' }, 'flips', [], folder)
}

/** The same C under the rule that our own kernels keep, so that all machines compute the same bits. */
export function unfusedContender(folder: BenchFolder): Contender {
  const name = 'C without fused multiply-add'
  return compiled({ name, role: 'peer', family: name }, 'step', ['-ffp-contract=off'], folder)
}

function compiled(
  who: Pick<Contender, 'name' | 'role' | 'family'>,
  program: 'step' | 'flips',
  flags: readonly string[],
  folder: BenchFolder,
): Contender {
  return {
    ...who,
    threads: 1,
    async open() {
      const source = join(packageRoot(), 'bench', 'peers', `${program}.c`)
      const made = await compile(source, flags, folder.file(program))
      return 'command' in made ? processSession({ ...made, peaks: program === 'step' }, folder) : made
    },
  }
}

async function compile(
  source: string,
  extra: readonly string[],
  command: string,
): Promise<Omit<Program, 'peaks'> | NotRun> {
  let failure = ''
  for (const compiler of compilers)
    for (const machine of machineFlags) {
      const flags = ['-O3', machine, '-ffast-math', ...extra]
      try {
        await run(compiler, [...flags, source, '-o', command, '-lm'])
        return { command, args: [], env: process.env, flags: `, ${flags.join(' ')}`, trains: false }
      } catch (error) {
        const { code, stderr } = error as { code?: unknown; stderr?: string }
        if (code !== 'ENOENT') failure = stderr?.trim().split('\n')[0] ?? ''
      }
    }
  const reason =
    failure === '' ? 'no C compiler (gcc, clang, cc)' : `the C compiler refused ${basename(source)}: ${failure}`
  return { notRun: `${reason}; install one: apt-get install gcc libc6-dev` }
}
