import { writeReport } from '../../viz/report.js'
import { exitCode, OverdampedError, StoppedError } from '../errors.js'
import { packageVersion } from '../io/package-root.js'
import type { Provenance } from '../run/manifest.js'
import { run } from '../run/run.js'
import type { Scenario } from '../scenario/schema.js'
import type { RunArguments } from './options.js'
import { createProgress } from './progress.js'
import { summary } from './summary.js'

/** A run as a command does it: progress and summary on stderr, the directory or the results on stdout, signals, a report. */
export async function performRun(
  scenario: Scenario,
  directory: string,
  args: RunArguments,
  provenance: Omit<Provenance, 'version'>,
): Promise<number> {
  const progress = createProgress(args.quiet)
  const controller = new AbortController()
  let stopCode: number = exitCode.interrupted
  const stop = (code: number) => () => {
    // A second signal does not wait for the checkpoint.
    if (controller.signal.aborted) process.exit(code)
    stopCode = code
    controller.abort()
  }
  const onInterrupt = stop(exitCode.interrupted)
  const onTerminate = stop(exitCode.stopped)
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate)
  try {
    const results = await run(scenario, {
      directory,
      resume: args.resume,
      backend: args.backend,
      threads: args.threads,
      signal: controller.signal,
      onProgress: progress.update,
      onNote: progress.note,
      ...(provenance.parentRun === null ? {} : { parametersFrom: provenance.parentRun }),
      provenance: {
        ...provenance,
        version: packageVersion(),
      },
    })
    progress.clear()
    const report = writeReport(directory)
    if (!args.quiet) console.error(`\n${summary(results)}\nreport                   ${report}\n`)
    console.log(args.json ? JSON.stringify(results, null, 2) : directory)
    return results.checks.every(({ pass }) => pass) ? exitCode.done : exitCode.failed
  } catch (error) {
    progress.clear()
    if (!(error instanceof StoppedError)) throw error
    console.error(`Stopped. Continue with the same command and --resume --out ${directory}`)
    return stopCode
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate)
  }
}

/** Prints an error as a user should see it and returns the exit code. */
export function reportError(error: unknown): number {
  if (error instanceof OverdampedError) {
    console.error(error.message)
    return error.exitCode
  }
  console.error(error)
  console.error('This is a bug in overdamped: please report it with the lines above.')
  return exitCode.failed
}
