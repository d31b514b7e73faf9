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
      .option('clock', {
        type: 'string',
        describe: "how the noise time runs down: uniform, or optimal, which produces least entropy [the run's]",
        requiresArg: true,
      })
      .option('duration', { type: 'number', describe: 'with --clock: how long generation takes', requiresArg: true })
      .option('inpaint', {
        type: 'string',
        describe: 'known units: left-half, right-half, top-half, bottom-half, or a .npy mask, 1 where known',
        requiresArg: true,
        conflicts: 'noised',
      })
      .option('noised', {
        type: 'number',
        describe: 'width of the noise that images are restored from',
        requiresArg: true,
      })
      .option('image', {
        type: 'string',
        describe: 'with --inpaint or --noised: numbers of held-out images, or a .npy file [64 held-out ones]',
        requiresArg: true,
      })
      .option('completions', { type: 'number', describe: 'samples for each image [16]', requiresArg: true })
      .option('set', {
        type: 'string',
        array: true,
        describe: 'change how samples are drawn, for example sampling.interpolation=hold (repeatable)',
        requiresArg: true,
      })
      .option('parameters', {
        type: 'string',
        describe: "a .safetensors file in place of the run's parameters, as parameters.safetensors [the run's]",
        requiresArg: true,
      })
      .option('trajectories', { type: 'number', describe: "how many samples [the run's]", requiresArg: true })
      .example('$0 sample runs/mnist-01 --clamp label=1', 'ones only')
      .example('$0 sample runs/mnist-01 --clock optimal --duration 8', 'slower, for less heat')
      .example('$0 sample runs/mnist-01 --inpaint left-half', 'the right halves of 64 held-out digits, 16 times each')
      .example('$0 sample runs/mnist-01 --noised 0.8 --image noisy.npy', 'digits out of noise')
      .example('$0 sample runs/mnist-01-quick --trajectories 5000', 'five thousand more digits'),
  handler: async (args) => (await import('./handlers/sample.js')).handle(args),
}
