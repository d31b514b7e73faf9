import type { CommandModule } from 'yargs'
import type { ListArguments } from './handlers/list.js'

/** `overdamped list` */
export const listCommand: CommandModule<object, ListArguments> = {
  command: 'list',
  describe: 'the built-in scenarios, what they show and their profiles',
  builder: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'as JSON' })
      .example('$0 list', 'names that "run" takes'),
  handler: async (args) => (await import('./handlers/list.js')).handle(args),
}
