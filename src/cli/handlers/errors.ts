import { errorCodes, exitCode } from '../../errors.js'

/** Does what `overdamped errors` asks. */
export function handle(): void {
  console.log(errorsDocument())
}

/** What each exit code tells a script. */
const exits: Readonly<Record<keyof typeof exitCode, string>> = {
  done: 'done',
  failed: 'failed: a run diverged, a check missed its bar, or the machine or a disk let it down',
  usage: 'bad usage, a scenario or a file that a user can mend',
  stopped: 'stopped by SIGTERM; `--resume` continues',
  interrupted: 'interrupted by Ctrl-C; `--resume` continues',
}

/** The text of docs/errors.md. */
export function errorsDocument(): string {
  const row = (...cells: string[]) => `| ${cells.join(' | ')} |`
  return `# Error codes

What a user can mend is said in one line: where, what, what was expected and how to mend it, then a code that stays the same
from version to version. Only a fault of the program itself prints a stack trace.

    scenarios/mnist-01.yaml:3:3 bath.kt: unknown key. Did you mean "kT"? [E_UNKNOWN_KEY]

As a library the same is thrown as \`OverdampedError\`, with \`code\`, \`text\`, \`where\` and \`exitCode\`; \`errorCodes\` is the table below.
This page is written by \`npm run build && npm run errors\` from \`src/errors.ts\`; a test keeps it up to date.

${row('code', 'what it means', 'what mends it')}
${row('---', '---', '---')}
${Object.entries(errorCodes)
  .map(([code, { meaning, remedy }]) => row(`\`${code}\``, meaning, remedy))
  .join('\n')}

A process ends with one of these exit codes:

${row('exit', 'name', 'meaning')}
${row('---:', '---', '---')}
${Object.entries(exitCode)
  .map(([name, code]) => row(String(code), name, exits[name as keyof typeof exitCode]))
  .join('\n')}`
}
