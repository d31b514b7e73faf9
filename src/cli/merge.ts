import type { CommandModule } from 'yargs'
import type { MergeArguments } from './handlers/merge.js'

/** `overdamped merge DIR…` */
export const mergeCommand: CommandModule<object, MergeArguments> = {
  command: 'merge <sweeps..>',
  describe: 'collect sweeps, or the shards of one, into one table and one page',
  builder: (yargs) =>
    yargs
      .positional('sweeps', { type: 'string', array: true, demandOption: true, describe: 'directories of sweeps' })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'directory for sweep.json, sweep.csv and sweep.html [the first one]',
      })
      .example('$0 merge runs/my-sweep', 'the shards that wrote there')
      .example('$0 merge node1/my-sweep node2/my-sweep --out all', 'prints the path of the page'),
  handler: async (args) => (await import('./handlers/merge.js')).handle(args),
}
