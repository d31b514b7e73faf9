import type { CommandModule } from 'yargs'
import type { SampleArguments } from './handlers/sample.js'
import { runOptions, withOptions } from './options.js'

/** `overdamped sample RUN` */
export const sampleCommand: CommandModule<object, SampleArguments> = {
  command: 'sample <run>',
  describe: 'draw more samples from a trained run, into a run directory of their own',
  builder: (yargs) =>
    withOptions(
      yargs.positional('run', { type: 'string', demandOption: true, describe: 'directory of a finished run' }),
      {
        ...runOptions,
        out: { ...runOptions.out, describe: 'directory to write to [RUN-samples-seedN]' },
        seed: { ...runOptions.seed, describe: "seed of the new samples [the run's + 1]" },
      },
    )
      .option('clamp', {
        type: 'string',
        describe: 'class that the label units are clamped to, as label=1 [drawn as in the data]',
        requiresArg: true,
      })
      .option('set', {
        type: 'string',
        array: true,
        describe: 'change how samples are drawn, for example sampling.interpolation=hold (repeatable)',
        requiresArg: true,
      })
      .option('trajectories', { type: 'number', describe: "how many samples [the run's]", requiresArg: true })
      .example('$0 sample runs/mnist-01 --clamp label=1', 'ones only')
      .example('$0 sample runs/mnist-01-quick --trajectories 5000', 'five thousand more digits'),
  handler: async (args) => (await import('./handlers/sample.js')).handle(args),
}
