import type { CommandModule } from 'yargs'
import type { RunCommandArguments } from './handlers/run.js'
import { jobOptions, runOptions, scenarioOptions, withOptions } from './options.js'

/** `overdamped run SCENARIO` */
export const runCommand: CommandModule<object, RunCommandArguments> = {
  command: 'run <scenario>',
  describe: 'run a scenario file: train, simulate, measure, report',
  builder: (yargs) =>
    withOptions(
      withOptions(
        yargs.positional('scenario', {
          type: 'string',
          demandOption: true,
          describe: 'a file (YAML or JSON), the name of a built-in scenario, or - for standard input',
        }),
        scenarioOptions,
      ),
      { ...runOptions, ...jobOptions },
    )
      .option('shard', {
        type: 'string',
        requiresArg: true,
        describe: 'part i of n of its independent jobs (slices, repetitions): i/n; then merge',
      })
      .option('dry-run', {
        type: 'boolean',
        default: false,
        describe: 'print the effective scenario and its size, run nothing',
      })
      .example('$0 run mnist-01 --profile quick', 'train on MNIST 0/1 in under two minutes')
      .example('$0 run my.yaml --set bath.kT=0.5 --set seed=7', 'change two keys')
      .example('$0 run my.yaml --out runs/a --resume', 'continue after an interruption')
      .example('$0 run my.yaml --out runs/a --shard 1/4', 'a quarter of its slices, the others elsewhere'),
  handler: async (args) => (await import('./handlers/run.js')).handle(args),
}
