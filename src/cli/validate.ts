import type { CommandModule } from 'yargs'
import type { ValidateArguments } from './handlers/validate.js'
import { scenarioOptions, withOptions } from './options.js'

/** `overdamped validate SCENARIO…` */
export const validateCommand: CommandModule<object, ValidateArguments> = {
  command: 'validate <scenarios..>',
  describe: 'check scenario files without running them',
  builder: (yargs) =>
    withOptions(
      yargs.positional('scenarios', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'files, built-in names, or -',
      }),
      scenarioOptions,
    ).example('$0 validate scenarios/*.yaml', 'one line for each'),
  handler: async (args) => (await import('./handlers/validate.js')).handle(args),
}
