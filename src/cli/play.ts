import type { CommandModule } from 'yargs'
import { defaultPacking, packings } from '../play/packings.js'
import type { PlayArguments } from './handlers/play.js'
import { runOptions, scenarioOptions } from './options.js'

/** `overdamped play RUN` */
export const playCommand: CommandModule<object, PlayArguments> = {
  command: 'play <run-or-scenario>',
  describe: 'write play.html, a page on which the network of a trained run lives, or what a scenario simulates',
  builder: (yargs) =>
    yargs
      .positional('run-or-scenario', {
        type: 'string',
        demandOption: true,
        describe:
          'directory of a finished run that has learned, or a scenario of a plain simulation or of learning in a plane',
      })
      .option('out', { type: 'string', requiresArg: true, describe: 'page to write [play.html in the run, or here]' })
      .option('bits', {
        type: 'number',
        choices: packings,
        default: defaultPacking,
        requiresArg: true,
        describe: 'of each parameter in the page',
      })
      .option('unpacked', {
        type: 'string',
        requiresArg: true,
        describe: 'a .safetensors file to write the parameters to as the page has them, for sample --parameters',
      })
      .option('gpu', {
        type: 'boolean',
        default: false,
        describe: 'bring the kernels of a graphics card too, by WebGPU, which the visitor can choose',
      })
      .option('seed', { ...runOptions.seed, describe: 'of a scenario: seed of every random number' })
      .options(scenarioOptions)
      .example('$0 play double-well', 'a particle to drag, over a potential')
      .example('$0 play runs/mnist-01-quick', 'prints the path of the page')
      .example('$0 play runs/mnist-01 --bits 16 --out digits.html', 'parameters as the run has them, nearly'),
  handler: async (args) => (await import('./handlers/play.js')).handle(args),
}
