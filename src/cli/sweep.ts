import type { CommandModule } from 'yargs'
import type { SweepArguments } from './handlers/sweep.js'
import { emitOptions, jobOptions, runOptions, scenarioOptions, withOptions } from './options.js'

const { resume: _, ...shared } = runOptions

/** `overdamped sweep SCENARIO --over path=a,b,c …` */
export const sweepCommand: CommandModule<object, SweepArguments> = {
  command: 'sweep <scenario>',
  describe: 'run a scenario at every point of a grid; again continues where it stopped; reports for up to 500 points',
  builder: (yargs) =>
    withOptions(
      withOptions(
        yargs.positional('scenario', { type: 'string', demandOption: true, describe: 'a file, a built-in name, or -' }),
        scenarioOptions,
      ),
      {
        ...shared,
        ...jobOptions,
        ...emitOptions,
        out: { ...shared.out, describe: 'directory of the sweep, with one for each point [runs/NAME-PROFILE-sweep]' },
        json: { ...shared.json, describe: 'print sweep.json in place of the directory' },
      },
    )
      .option('over', {
        type: 'string',
        array: true,
        nargs: 1,
        demandOption: true,
        describe:
          'a key and its values: path=a,b,c (YAML), path=0.1:1:10 (ten evenly), path=log:1e-3:1:7, a.b,c.d=[1,2],[3,4] (together), path=uniform:0:1 or loguniform:… (drawn); repeatable, the grid is their product',
      })
      .option('draws', { type: 'number', requiresArg: true, describe: 'how often all drawn keys are drawn, together' })
      .option('draw-seed', { type: 'number', requiresArg: true, describe: 'seed of the draws [1]' })
      .option('shard', {
        type: 'string',
        requiresArg: true,
        describe: 'part i of n of the grid: i/n, or auto in an array job; then merge',
      })
      .option('dry-run', {
        type: 'boolean',
        default: false,
        describe: 'validate all points, print them and about how long they take; write nothing to --out',
      })
      .example('$0 sweep my.yaml --over bath.kT=0.5,1,2 --over seed=1,2,3', 'nine runs')
      .example('$0 sweep my.yaml --over seed=1,2,3,4 --shard 1/2', 'half of them, the other half elsewhere')
      .example('$0 sweep my.yaml --over seed=1,2,3,4 --emit slurm', 'the files that do them on a cluster'),
  handler: async (args) => (await import('./handlers/sweep.js')).handle(args),
}
