import { writeReport } from '../../../viz/report.js'
import type { BackendName } from '../../backend/names.js'
import { exitCode, StoppedError, usageError } from '../../errors.js'
import type { Shard } from '../../experiment/executor/shard.js'
import { inWords } from '../../experiment/files/shell.js'
import type { Provenance } from '../../experiment/record/manifest.js'
import { mergeRun } from '../../experiment/run/merge.js'
import type { Results } from '../../experiment/run/results.js'
import { run } from '../../experiment/run/run.js'
import { runShard } from '../../experiment/run/shard.js'
import type { Scenario } from '../../experiment/scenario/schema.js'
import { type JobArguments, withExecutor } from './executor.js'
import { createProgress, type ProgressDisplay } from './progress.js'
import { summary } from './summary.js'

/** Options of every command that runs something. */
export interface RunArguments {
  out: string | undefined
  seed: number | undefined
  backend: 'auto' | BackendName
  threads: number | undefined
  resume: boolean
  'max-time': string | undefined
  'checkpoint-interval': number | undefined
  json: boolean
  quiet: boolean
}

/**
 * A run as a command does it: progress and summary on stderr, the directory or the results on stdout, signals, a report.
 *
 * @param repeated - what goes on with it once it was stopped, but for --resume and --out
 */
export async function performRun(
  scenario: Scenario,
  directory: string,
  args: RunArguments & JobArguments,
  { parametersFrom, ...provenance }: Provenance & { readonly parametersFrom?: string },
  repeated = 'the same command and',
): Promise<number> {
  const progress = createProgress(args.quiet)
  const perform = async (signal: AbortSignal) => {
    const results = await withExecutor(args, progress.note, (executor) =>
      run(scenario, {
        ...optionsOf(args, progress),
        ...{ directory, executor, resume: args.resume, signal, provenance },
        ...(parametersFrom === undefined ? {} : { parametersFrom }),
      }),
    )
    return told(results, directory, args, progress)
  }
  const again = `${repeated} --resume --out ${directory}`
  return stoppable(perform, progress, args, ({ kept }) =>
    kept ? `Stopped. Continue with ${again}` : `Stopped without a checkpoint. Start again with ${again}`,
  )
}

/** A part of a run as a command does it: progress on stderr, the directory on stdout, signals. */
export async function performShard(
  scenario: Scenario,
  shard: Shard,
  directory: string,
  args: RunArguments & JobArguments,
  provenance: Provenance,
): Promise<number> {
  const progress = createProgress(args.quiet)
  const perform = async (signal: AbortSignal) => {
    const hasDone = await withExecutor(args, progress.note, (executor) =>
      runShard(scenario, shard, { ...optionsOf(args, progress), directory, executor, signal, provenance }),
    )
    progress.clear()
    if (!args.quiet)
      console.error(
        hasDone
          ? `Shard ${shard.part} of ${shard.of} is done. When all are: npx overdamped merge ${inWords([directory])}`
          : 'All is done that shards can do.',
      )
    console.log(directory)
    return exitCode.done
  }
  return stoppable(perform, progress, args, () => `Stopped. Continue with the same command and --out ${directory}`)
}

/** The rest of a run whose shards are done, or what it found where nothing is left to do: summary, report and directory. @returns the exit code */
export async function mergedRun(
  directory: string,
  threads: number | undefined,
  progress: ProgressDisplay,
  signal: AbortSignal,
): Promise<number> {
  const hooks = { threads, signal, onProgress: progress.update, onNote: progress.note }
  const { results, wasFinished } = await mergeRun(directory, hooks)
  if (wasFinished) progress.note(`${directory}: the run is finished.`)
  return told(results, directory, { quiet: false, json: false }, progress)
}

/** What a run has found, on stderr and stdout, and its report. @returns the exit code */
function told(
  results: Results,
  directory: string,
  { quiet, json }: Pick<RunArguments, 'quiet' | 'json'>,
  progress: ProgressDisplay,
): number {
  progress.clear()
  const report = writeReport(directory)
  if (!quiet) console.error(`\n${summary(results)}\nreport                   ${report}\n`)
  console.log(json ? JSON.stringify(results, null, 2) : directory)
  return results.checks.every(({ pass }) => pass !== false) ? exitCode.done : exitCode.failed
}

/** Options of a run that its command names, and the display. */
function optionsOf(args: RunArguments, progress: ProgressDisplay) {
  return {
    ...{ backend: args.backend, threads: args.threads, checkpointInterval: secondsBetween(args) },
    ...{ onProgress: progress.update, onNote: progress.note },
  }
}

/** Units of --max-time in seconds. */
const timeUnits: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }
/** The longest that a timer of Node's can be set to, in seconds: 24 days. */
const longestTimer = (2 ** 31 - 1) / 1e3

/** What --max-time says in seconds; null without it. @throws E_USAGE for what is no time */
export function secondsAtMost({ 'max-time': text }: Pick<RunArguments, 'max-time'>): number | null {
  if (text === undefined) return null
  const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text) ?? []
  const time = Number(digits) * timeUnits[unit === '' ? 's' : unit]!
  if (time > 0 && time <= longestTimer) return time
  throw usageError('expected a time above 0 and below 24 days: 90s, 30m or 2h.', `--max-time ${text}`)
}

/** What --checkpoint-interval says. @throws E_USAGE for what is no number of seconds */
export function secondsBetween({ 'checkpoint-interval': seconds }: Pick<RunArguments, 'checkpoint-interval'>) {
  if (seconds === undefined || seconds >= 0) return seconds
  throw usageError('expected seconds, 0 or more; 0 keeps one at every chance.', `--checkpoint-interval ${seconds}`)
}

/**
 * Does work that SIGINT, SIGTERM and the end of its time stop, with a checkpoint; a second signal does not wait for that.
 *
 * @param say - what to tell of having been stopped
 * @returns the exit code of the work, or that of having been stopped
 */
export async function stoppable(
  work: (signal: AbortSignal) => Promise<number>,
  progress: ProgressDisplay,
  args: Pick<RunArguments, 'max-time'>,
  say: (error: StoppedError) => string,
): Promise<number> {
  const time = secondsAtMost(args)
  const controller = new AbortController()
  let stopCode: number = exitCode.interrupted
  const abort = (code: number) => {
    stopCode = code
    controller.abort()
  }
  const stop = (code: number) => () => {
    if (controller.signal.aborted) process.exit(code)
    progress.note('Stopping; what is done is kept first. A second signal ends it at once.')
    abort(code)
  }
  const onInterrupt = stop(exitCode.interrupted)
  const onTerminate = stop(exitCode.stopped)
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate)
  const timer =
    time === null
      ? undefined
      : setTimeout(() => controller.signal.aborted || abort(exitCode.stopped), 1e3 * time).unref()
  try {
    return await work(controller.signal)
  } catch (error) {
    progress.clear()
    if (!(error instanceof StoppedError)) throw error
    console.error(say(error))
    return stopCode
  } finally {
    clearTimeout(timer)
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate)
  }
}
