import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Command, kinds, out, prepare } from './commands.js'
import { contents, differences } from './undisturbed.js'

/** When a process is killed. */
type Moment =
  /** seconds after it began, from outside */
  | { readonly kind: 'time'; readonly after: number }
  /** at the nth operation on files that changes something, counted from 1: before it, and of a write in its middle */
  | { readonly kind: 'operation'; readonly number: number }

/** How a process ended. */
interface Ended {
  readonly seconds: number
  /** of its processor time, all threads */
  readonly cpu: number
  /** on files, that change something; known of one that was not killed */
  readonly operations: number
  /** of a killed one: seconds since the newest state that it kept, or since it began */
  readonly lost: number | null
  /** of a killed one: what was in its directory that no finished run has */
  readonly remains: readonly string[]
}

/** What became of the kills of a kind. */
export interface KillReport {
  readonly kind: string
  readonly kills: number
  /** that came when the process had ended, and were drawn again */
  readonly late: number
  readonly runs: number
  /** runs that were killed more than once */
  readonly several: number
  /** kills right at an operation on files */
  readonly atOperations: number
  /** kills that found a file half written; kills after which the run went on from a state */
  readonly halfWritten: number
  readonly withState: number
  /** of an undisturbed run, and of one that was killed, its attempts together: seconds of processor time */
  readonly cpu: number
  readonly cpuKilled: number
  /** seconds of work after the newest state of each kill that came after one: median and largest */
  readonly lost: { readonly median: number; readonly largest: number }
  /** what differed from an undisturbed run, case by case; empty where all is well */
  readonly faults: readonly string[]
}

/** How often, and with which random numbers, a kind is killed. */
export interface KillOptions {
  readonly kind: string
  readonly kills: number
  readonly seed: number
  /** a folder of its own */
  readonly folder: string
  /** dist/cli/main.js */
  readonly main: string
  readonly onProgress?: (text: string) => void
}

/** At most so many kills of one run in a row. */
const mostInARow = 4
/** Part of the kills that are at an operation on files; part of these that are among the first or the last so many. */
const atOperation = 0.5
const atAnEnd = 0.5
const ends = 20
/** Kills in time are drawn from so many times the length of an undisturbed run. */
const overTheEnd = 1.02

/**
 * Kills the commands of a kind at random moments, gives each again until it has finished, and compares all it wrote with what an undisturbed
 * run of it writes.
 *
 * @throws Error when a command fails by itself
 */
export async function killKind(options: KillOptions): Promise<KillReport> {
  const commands = kinds[options.kind]
  if (commands === undefined)
    throw new Error(`no kind "${options.kind}"; expected one of ${Object.keys(kinds).join(', ')}`)
  const random = uniformNumbers(options.seed + 1000 * Object.keys(kinds).indexOf(options.kind))
  const undisturbed = []
  for (const [n, command] of commands.entries()) {
    const folder = join(options.folder, `undisturbed-${n}`)
    await prepared(folder, command, options.main)
    const ended = await attempt(folder, command, options.main, null)
    if (ended === 'late') throw new Error('nothing was to be killed')
    undisturbed.push({ command, folder, ended, files: contents(join(folder, out)) })
  }
  const killed: Ended[] = []
  const totals = { late: 0, runs: 0, several: 0, atOperations: 0, cpu: 0, cpuKilled: 0 }
  const faults: string[] = []
  while (killed.length < options.kills) {
    const whole = undisturbed[totals.runs % undisturbed.length]!
    const folder = join(options.folder, `killed-${totals.runs}`)
    await prepared(folder, whole.command, options.main)
    const wanted = Math.min(1 + Math.floor(random() * mostInARow), options.kills - killed.length)
    const moments: string[] = []
    let [hits, tries] = [0, 0]
    for (let finished = false; !finished; ) {
      const moment = hits < wanted && tries < 3 * mostInARow ? draw(random, whole.ended, hits) : null
      const ended = await attempt(folder, whole.command, options.main, moment)
      tries++
      if (ended === 'late') {
        totals.late++
        // It has finished: another run takes the kill.
        break
      }
      totals.cpuKilled += ended.cpu
      finished = moment === null
      if (moment === null) continue
      hits++
      killed.push(ended)
      if (moment.kind === 'operation') totals.atOperations++
      moments.push(moment.kind === 'time' ? `${moment.after.toFixed(2)} s` : `operation ${moment.number}`)
    }
    // One that finished before its kill is compared like the others, where it was killed before.
    if (hits > 0) {
      for (const fault of differences(contents(join(folder, out)), whole.files))
        faults.push(`${whole.command.name}, run ${totals.runs}, killed at ${moments.join(', then ')}: ${fault}`)
      totals.cpu += whole.ended.cpu
    }
    totals.runs++
    if (hits > 1) totals.several++
    options.onProgress?.(`${options.kind}: ${killed.length} of ${options.kills} kills, ${faults.length} faults`)
    if (faults.length === 0) rmSync(folder, { recursive: true, force: true })
  }
  const lost = killed.flatMap((ended) => ended.lost ?? []).sort((a, b) => a - b)
  return {
    kind: options.kind,
    ...totals,
    kills: killed.length,
    halfWritten: killed.filter(({ remains }) => remains.some((name) => name.endsWith('.tmp'))).length,
    withState: lost.length,
    lost: { median: lost[lost.length >> 1] ?? 0, largest: lost.at(-1) ?? 0 },
    faults,
  }
}

async function prepared(folder: string, command: Command, main: string): Promise<void> {
  prepare(folder, command)
  for (const args of command.before) await ended(start(folder, args, main))
}

/** A moment in the life of a process that is to be killed, of a run that was killed so often before: anywhere in it, or when it writes. */
function draw(random: () => number, { seconds, operations }: Ended, before: number): Moment {
  // What was killed before has less to do.
  const share = random() / (1 + before / 2)
  if (random() >= atOperation) return { kind: 'time', after: share * overTheEnd * seconds }
  if (before > 0 || random() >= atAnEnd) return { kind: 'operation', number: 1 + Math.floor(share * operations) }
  const fromAnEnd = 1 + Math.floor(share * Math.min(ends, operations))
  return { kind: 'operation', number: random() < 0.5 ? fromAnEnd : operations + 1 - fromAnEnd }
}

/**
 * Starts a command and kills it at a moment, or lets it end.
 *
 * @returns 'late' where it had ended by itself before
 */
async function attempt(folder: string, command: Command, main: string, moment: Moment | null): Promise<Ended | 'late'> {
  const directory = join(folder, out)
  const cpuBefore = childrenCpu()
  const begin = Date.now()
  const child = start(folder, command.args, main, moment?.kind === 'operation' ? moment.number : null)
  let counted = ''
  child.stdio[3]?.on('data', (chunk: Buffer) => {
    counted += chunk.toString()
  })
  const timer = moment?.kind === 'time' ? setTimeout(() => child.kill('SIGKILL'), 1000 * moment.after) : undefined
  try {
    const signal = await ended(child)
    const end = Date.now()
    const cpu = childrenCpu() - cpuBefore
    const seconds = (end - begin) / 1000
    if (signal === null)
      return moment === null ? { seconds, cpu, operations: Number(counted), lost: null, remains: [] } : 'late'
    const names = existsSync(directory) ? readdirSync(directory, { recursive: true }).map(String) : []
    const states = names.filter((name) => /checkpoint[\w-]*\.safetensors$/.test(name))
    const times = states.map((name) => statSync(join(directory, name)).mtimeMs)
    const lost = times.length === 0 ? null : (end - Math.max(...times, begin)) / 1000
    return { seconds, cpu, operations: 0, lost, remains: names.filter((name) => /\.(tmp|lock)$/.test(name)) }
  } finally {
    clearTimeout(timer)
  }
}

/**
 * What a process begins with: it counts its operations on files that change something, writes their number to descriptor 3 when it ends,
 * and kills itself at one of them. A kill from outside comes within a millisecond of what it waits for, and a write is shorter.
 */
const counting = `
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { isMainThread } from 'node:worker_threads'
if (isMainThread) {
  let count = 0
  const { writeSync } = fs
  const half = (data) => data.slice(0, data.length >> 1)
  const wrap = (name, changes = () => true, part) => {
    const original = fs[name]
    fs[name] = (...args) => {
      if (changes(...args) && ++count === Number(process.env.KILLED_AT)) {
        if (part) original(...part(...args))
        process.kill(process.pid, 'SIGKILL')
      }
      return original(...args)
    }
  }
  for (const name of ['mkdirSync', 'renameSync', 'rmSync', 'unlinkSync', 'fsyncSync', 'fdatasyncSync']) wrap(name)
  wrap('openSync', (path, flags = 'r') => flags !== 'r')
  for (const name of ['writeFileSync', 'appendFileSync'])
    wrap(name, undefined, (file, data, ...how) => [file, half(data), ...how])
  syncBuiltinESMExports()
  process.on('exit', () => writeSync(3, String(count)))
}`

function start(folder: string, args: readonly string[], main: string, killedAt: number | null = null): ChildProcess {
  if (!existsSync(main)) throw new Error(`${main} is not there: node build.mjs`)
  return spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(counting)}`, resolve(main), ...args],
    {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...(killedAt === null ? {} : { KILLED_AT: String(killedAt) }) },
    },
  )
}

/** How a process ended: null by itself, or the signal that it was killed by. @throws Error where it failed; a check that did not pass is none */
function ended(child: ChildProcess): Promise<string | null> {
  let text = ''
  child.stderr!.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  return new Promise((done, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL' || code === 0 || code === 1) done(signal)
      else reject(new Error(`${child.spawnargs.slice(4).join(' ')} ended with ${code ?? signal}: ${text.trim()}`))
    })
  })
}

/** Seconds of processor time that this process's children took, killed ones too: fields 16 and 17 of /proc/self/stat. 0 where there is none. */
function childrenCpu(): number {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)!.split(' ')
    const ticksPerSecond = 100
    return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond
  } catch {
    return 0
  }
}

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
function uniformNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let word = Math.imul(state ^ (state >>> 15), state | 1)
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61)
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32
  }
}
