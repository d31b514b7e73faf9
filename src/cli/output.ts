import { exitCode } from '../errors.js'
import { isSystemError } from '../experiment/files/folder.js'

/** What a shell reports of a program that SIGPIPE ended. */
const brokenPipe = 141

/**
 * Notices when what is printed is lost, which console.log does not. Results come last on stdout, when a run is recorded: a reader
 * that has gone ends the process quietly, as other programs end; a full disk is said, and fails it. Without a reader of stderr
 * the work goes on.
 */
export function watchOutput(): void {
  process.stdout.on('error', (error) => {
    const code = isSystemError(error) ? error.code : error.message
    if (code === 'EPIPE') process.exit(brokenPipe)
    console.error(`standard output: what was printed is lost (${code}). [E_FILE]`)
    process.exit(exitCode.failed)
  })
  process.stderr.on('error', () => {})
}
