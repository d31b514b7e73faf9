import { execFile, spawnSync } from 'node:child_process'
import { closeSync, openSync, readSync } from 'node:fs'
import { cpus } from 'node:os'
import { promisify } from 'node:util'

const execute = promisify(execFile)
/** Compilers report in English, whatever the user's language: what they say of themselves is hashed. */
const inEnglish = { ...process.env, LC_ALL: 'C' }

/** A C compiler that is there: its command with options, and what it says that it is. */
export interface Compiler {
  readonly command: readonly [string, ...string[]]
  readonly version: string
}

/** Commands to try, the first that compiles is taken: what CC names and nothing else, or what a system has. */
export function compilerCommands(CC = process.env.CC): Compiler['command'][] {
  const named = CC?.trim().split(/\s+/) ?? ['']
  return named[0] === '' ? [['cc'], ['gcc'], ['clang']] : [named as [string, ...string[]]]
}

/** Asks a compiler what it is; null when there is none. @throws when its options would change more than the kernels */
export function compilerOf(command: Compiler['command']): Compiler | null {
  // With these the library would set the whole process to flush denormal numbers to zero.
  const unsafe = command.find((word) =>
    /^-(Ofast|-?f?(fast-math|unsafe-math-optimizations|finite-math-only)|mdaz-ftz)$|^-fdenormal-fp-math=/.test(word),
  )
  if (unsafe !== undefined) throw new Error(`CC has the option ${unsafe}, which changes results`)
  const [program, ...options] = command
  // Two milliseconds; to wait for it with the event loop turning takes five.
  const asked = spawnSync(program, [...options, '--version'], { env: inEnglish, timeout: 10_000, encoding: 'latin1' })
  return asked.status === 0 ? { command, version: asked.stdout } : null
}

/** "Use all that this processor has", which x86 and arm call by different names. */
export const thisMachine = [process.arch.startsWith('arm') ? '-mcpu=native' : '-march=native'] as const

/** The bits are promised: nothing is contracted, reordered or taken for finite. */
const exact = ['-std=gnu11', '-O3', '-ffp-contract=off', '-fno-math-errno', '-fno-strict-aliasing']
/** Node's own functions are found when the library is loaded. */
const shared = ['-fPIC', '-shared', ...(process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [])]

/** What gcc leaves off on x86: instructions in an order in which fewer of them wait, 3 % of a step. Clang does so by itself. */
const scheduled = ['-fschedule-insns', '-fsched-pressure']

/** All flags of a compilation but the folder of the headers. */
export function flagsOf({ version }: Compiler, machine: readonly string[]): string[] {
  return [...exact, ...machine, ...(version.includes('Free Software Foundation') ? scheduled : []), ...shared]
}

/** What a process runs that loads a library and fails when that has set it to flush denormal numbers to zero. */
const load = `process.dlopen({ exports: {} }, process.argv[1])
if (Number.MIN_VALUE * Number(process.argv[2]) === 0) {
  console.error('error: the library sets denormal numbers to zero')
  process.exit(1)
}`

/** Compiles a file to a library that can be loaded. @throws Error with the first line that says why not */
export async function compile(
  { command: [program, ...options] }: Compiler,
  flags: readonly string[],
  source: string,
  library: string,
): Promise<void> {
  const told = { env: inEnglish, timeout: 120_000, encoding: 'latin1', maxBuffer: 2 ** 24 } as const
  try {
    await execute(program, [...options, ...flags, source, '-o', library], told)
    // In a process of its own, which alone dies of a library that is cut off.
    await execute(process.execPath, ['-e', load, library, '1'], told)
  } catch (cause) {
    const { stderr = '', message } = cause as Error & { stderr?: string }
    const lines = stderr.split('\n').filter((line) => line.trim() !== '')
    const line = lines.find((text) => /error/i.test(text)) ?? lines[0] ?? message
    throw new Error(
      `${program} does not compile the kernels (${line
        .replace(/[^ -~]+/g, ' ')
        .trim()
        .slice(0, 160)})`,
    )
  }
}

/** Lines of /proc/cpuinfo that tell one processor from another; the clock rate, say, changes from one moment to the next. */
const telling =
  /^(vendor_id|cpu family|model|model name|stepping|flags|Features|CPU (implementer|architecture|variant|part))\s*:/

/** What this processor is and can do, so that no library is loaded on one that lacks what it was compiled for. */
export function processor(): string {
  return [
    process.platform,
    process.arch,
    ...(procInfo() ??
      cpus()
        .slice(0, 1)
        .map(({ model }) => model)),
  ].join('\n')
}

/** What Linux says of its first processor. */
function procInfo(): string[] | null {
  try {
    const file = openSync('/proc/cpuinfo', 'r')
    try {
      // Of a machine with hundreds of them the rest would take longer than all else at a start.
      const bytes = Buffer.alloc(16_384)
      const text = bytes.toString('latin1', 0, readSync(file, bytes))
      return text
        .split('\n\n')[0]!
        .split('\n')
        .filter((line) => telling.test(line))
    } finally {
      closeSync(file)
    }
  } catch {
    return null
  }
}
