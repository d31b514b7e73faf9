import { exitCode, OverdampedError } from '../../errors.js'
import { fileError, isSystemError } from '../../experiment/files/folder.js'

/** Prints an error as a user should see it and returns the exit code. */
export function reportError(error: unknown): number {
  if (isSystemError(error)) return reportError(fileError(error.path ?? error.syscall ?? '', error, exitCode.failed))
  if (error instanceof OverdampedError) {
    const { excerpts } = error
    for (const [n, line] of error.message.split('\n').entries())
      console.error(excerpts[n] ? `${line}\n${excerpts[n]}` : line)
    return error.exitCode
  }
  console.error(error)
  console.error('This is a bug in overdamped: please report it with the lines above.')
  return exitCode.failed
}
