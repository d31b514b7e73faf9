import { existsSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { OverdampedError, usageError } from '../../errors.js'
import type { ArrayJob } from '../../experiment/engines/engine.js'
import { engines } from '../../experiment/engines/engines.js'
import type { EmittingEngine } from '../../experiment/engines/names.js'
import { writeAtomic } from '../../experiment/files/atomic.js'
import { isStandardInput } from '../../experiment/scenario/load.js'
import { type RunArguments, secondsAtMost } from './perform.js'

/** Options of commands that an array job can do in parts. */
export interface EmitArguments {
  emit?: EmittingEngine | undefined
  shards?: number | undefined
}

/** What is to be written for. */
interface Asked extends EmitArguments, Pick<RunArguments, 'max-time' | 'threads'> {
  scenario: string
  jobs?: number | undefined
}

/** Options that the files have in words of their own, or that are of this call. */
const replaced = ['scenario', 'emit', 'shards', 'shard', 'dry-run', 'max-time', 'threads', 'out', 'json', 'resume']
/** Shards, where nobody says how many. */
const fewShards = 8

/**
 * Writes what does a command in parts on an engine, beside where its runs go, and says how to submit it.
 *
 * @param name - of the scenario
 * @param out - the directory of the runs
 * @param most - parts that there can be; any number when absent
 * @throws E_USAGE for options that exclude each other; E_OUTPUT_NOT_EMPTY where other files have the names
 */
export function emit(
  command: 'run' | 'sweep',
  args: Asked,
  { name, out, most = Number.POSITIVE_INFINITY }: { name: string; out: string; most?: number },
): void {
  requireAlone(args)
  const { emit: asked, shards = Math.min(fewShards, most), threads = 1, jobs = 1 } = args
  if (!Number.isSafeInteger(shards) || shards < 1 || shards > most)
    throw usageError(`expected a whole number from 1 to ${most}.`, `--shards ${shards}`)
  const cores = Math.max(threads, jobs)
  const directory = pathOf(out)
  const options = [...optionWords(args), '--threads', String(cores)]
  const job: ArrayJob = {
    ...{ name, shards, cores, folder: `${directory}-${asked}` },
    part: [command, args.scenario, ...options, '--shard', 'auto', '--out', directory],
    // What is left of a run is simulated there.
    merge: ['merge', directory, ...(command === 'run' ? ['--threads', String(cores)] : [])],
    seconds: secondsAtMost(args),
  }
  const emitted = engines.find((engine) => engine.name === asked)?.emit?.(job)
  if (emitted === undefined) throw usageError('there are no files for this engine.', `--emit ${asked}`)
  const paths = Object.entries(emitted.files).map(([file, text]) => [join(job.folder, file), text] as const)
  for (const [path, text] of paths) requireFree(path, text)
  for (const [path, text] of paths) writeAtomic(path, text)
  console.error(`${paths.map(([path]) => path).join('\n')}\n${shards} shards; submit them from here with`)
  console.log(emitted.submit)
}

function requireAlone(args: Asked & { shard?: unknown; 'dry-run'?: unknown; executor?: unknown }): void {
  if (args.emit === undefined) throw usageError('it goes with --emit, which is missing.', `--shards ${args.shards}`)
  if (args.shard !== undefined) throw usageError('--emit gives each task its own. Leave one away.', '--shard')
  if (args['dry-run'] === true) throw usageError('--emit runs nothing either. Leave one away.', '--dry-run')
  if (args.executor === 'queue')
    throw usageError('tasks of an array job are parts already. Leave --emit or it away.', '--executor queue')
  if (isStandardInput(args.scenario))
    throw usageError('tasks elsewhere cannot read this. Name a file, or a built-in scenario.', '--emit')
}

/** What is there already stays, unless it is the same. */
function requireFree(path: string, text: string): void {
  if (!existsSync(path) || readFileSync(path, 'utf8') === text) return
  const why = 'it is there already, and differs from what would be written. Remove it, or name another --out.'
  throw new OverdampedError('E_OUTPUT_NOT_EMPTY', why, path)
}

/** Options as they were given, but for those that are replaced, that say no, and `auto`, which is what is done without. */
function optionWords(args: object): string[] {
  const given = Object.entries(args).filter(
    // What yargs has in camel case as well, it has twice.
    ([name, value]) => /^[a-z-]+$/.test(name) && !replaced.includes(name) && value !== undefined && value !== 'auto',
  )
  return given.flatMap(([name, value]) => {
    if (typeof value === 'boolean') return value ? [`--${name}`] : []
    return [value].flat().flatMap((one) => {
      const word = String(one)
      return word.startsWith('-') ? [`--${name}=${word}`] : [`--${name}`, word]
    })
  })
}

/** A path without an end that would part it from what is put behind, or a beginning that would make it an option. */
function pathOf(out: string): string {
  const path = normalize(out).replace(/(?<=.)[/\\]+$/, '')
  return path.startsWith('-') ? `./${path}` : path
}
