import type { CommandModule } from 'yargs'
import type { GradientsArguments } from './handlers/gradients.js'
import { runOptions, scenarioOptions, withOptions } from './options.js'

const { out, seed, json, quiet } = runOptions

/** `overdamped gradients SCENARIO` */
export const gradientsCommand: CommandModule<object, GradientsArguments> = {
  command: 'gradients <scenario>',
  describe: 'every learning rule on the same batches beside the exact gradient: bias, noise, cost',
  builder: (yargs) =>
    withOptions(
      withOptions(
        yargs.positional('scenario', {
          type: 'string',
          demandOption: true,
          describe: 'a scenario that learns: a file, a built-in name, or -',
        }),
        scenarioOptions,
      ),
      {
        out: { ...out, describe: 'directory for gradients.json and gradients.html [runs/NAME-gradients, numbered]' },
        seed,
        json: { ...json, describe: 'print gradients.json in place of the table' },
        quiet: { ...quiet, describe: 'no progress on stderr' },
      },
    )
      .option('t', { type: 'number', requiresArg: true, describe: 'noising time [0.1]' })
      .option('batch', { type: 'number', requiresArg: true, describe: "states in a batch [the scenario's, or fewer]" })
      .option('parameters', {
        type: 'string',
        requiresArg: true,
        describe:
          'a finished run, or a .safetensors file: its parameters at the knot nearest to t [the start, perturbed]',
      })
      .example('$0 gradients gaussian-mixture-2d', 'which rule costs what, on two oscillators')
      .example('$0 gradients mnist-01 --parameters runs/mnist-01', 'at what a run has learned'),
  handler: async (args) => (await import('./handlers/gradients.js')).handle(args),
}
