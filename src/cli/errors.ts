import type { CommandModule } from 'yargs'

/** `overdamped errors` */
export const errorsCommand: CommandModule = {
  command: 'errors',
  describe: 'print every error code, what it means and what mends it, in Markdown',
  builder: (yargs) => yargs.example('$0 errors', 'ships as docs/errors.md'),
  handler: async () => (await import('./handlers/errors.js')).handle(),
}
