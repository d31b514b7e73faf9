import type { CommandModule } from 'yargs'
import type { MergeArguments } from './handlers/merge.js'
import { runOptions } from './options.js'

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
      .option('partial', { type: 'boolean', default: false, describe: 'merge what is there, where shards are missing' })
      .option('wait', {
        type: 'boolean',
        default: false,
        describe: 'wait until all shards are there and have run, where nothing else starts the merge behind them',
      })
      .option('threads', {
        ...runOptions.threads,
        describe: 'worker threads for what is left of a run [one for each core]; never changes a bit',
      })
      .option('max-time', {
        ...runOptions['max-time'],
        describe: 'stop waiting after so long, with exit code 75 [never]',
      })
      .example('$0 merge runs/my-sweep', 'the shards that wrote there')
      .example('$0 merge node1/my-sweep node2/my-sweep --out all', 'prints the path of the page'),
  handler: async (args) => (await import('./handlers/merge.js')).handle(args),
}
