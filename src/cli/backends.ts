import type { CommandModule } from 'yargs'
import type { BackendsArguments } from './handlers/backends.js'

/** `overdamped backends` */
export const backendsCommand: CommandModule<object, BackendsArguments> = {
  command: 'backends',
  describe: 'what can compute the dynamics on this machine, fastest first',
  builder: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'as JSON' })
      .example('$0 backends', 'those that --backend takes, and why one is missing'),
  handler: async (args) => (await import('./handlers/backends.js')).handle(args),
}
