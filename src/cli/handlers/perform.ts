import { writeReport } from '../../../viz/report.js'
import type { BackendName } from '../../backend/names.js'
import { exitCode, StoppedError } from '../../errors.js'
import type { Provenance } from '../../experiment/record/manifest.js'
import { run } from '../../experiment/run/run.js'
import type { Scenario } from '../../experiment/scenario/schema.js'
import { createProgress, type ProgressDisplay } from './progress.js'
import { summary } from './summary.js'

/** Options of every command that runs something. */
export interface RunArguments {
  out: string | undefined
  seed: number | undefined
  backend: 'auto' | BackendName
  threads: number | undefined
  resume: boolean
  json: boolean
  quiet: boolean
}

/** A run as a command does it: progress and summary on stderr, the directory or the results on stdout, signals, a report. */
export async function performRun(
  scenario: Scenario,
  directory: string,
  args: RunArguments,
  provenance: Provenance,
): Promise<number> {
  const progress = createProgress(args.quiet)
  const perform = async (signal: AbortSignal) => {
    const results = await run(scenario, {
      directory,
      resume: args.resume,
      backend: args.backend,
      threads: args.threads,
      signal,
      onProgress: progress.update,
      onNote: progress.note,
      ...(provenance.parentRun === null ? {} : { parametersFrom: provenance.parentRun }),
      provenance,
    })
    progress.clear()
    const report = writeReport(directory)
    if (!args.quiet) console.error(`\n${summary(results)}\nreport                   ${report}\n`)
    console.log(args.json ? JSON.stringify(results, null, 2) : directory)
    return results.checks.every(({ pass }) => pass !== false) ? exitCode.done : exitCode.failed
  }
  const again = `the same command and --resume --out ${directory}`
  return stoppable(perform, progress, ({ kept }) =>
    kept ? `Stopped. Continue with ${again}` : `Stopped without a checkpoint. Start again with ${again}`,
  )
}

/**
 * Does work that SIGINT and SIGTERM stop at its next checkpoint; a second signal does not wait for it.
 *
 * @param say - what to tell of having been stopped
 * @returns the exit code of the work, or that of having been stopped
 */
export async function stoppable(
  work: (signal: AbortSignal) => Promise<number>,
  progress: ProgressDisplay,
  say: (error: StoppedError) => string,
): Promise<number> {
  const controller = new AbortController()
  let stopCode: number = exitCode.interrupted
  const stop = (code: number) => () => {
    if (controller.signal.aborted) process.exit(code)
    stopCode = code
    controller.abort()
  }
  const onInterrupt = stop(exitCode.interrupted)
  const onTerminate = stop(exitCode.stopped)
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate)
  try {
    return await work(controller.signal)
  } catch (error) {
    progress.clear()
    if (!(error instanceof StoppedError)) throw error
    console.error(say(error))
    return stopCode
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate)
  }
}
