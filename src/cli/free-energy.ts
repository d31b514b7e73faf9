import type { CommandModule } from 'yargs'
import type { FreeEnergyArguments } from './handlers/free-energy.js'

/** `overdamped free-energy FORWARD REVERSE` */
export const freeEnergyCommand: CommandModule<object, FreeEnergyArguments> = {
  command: 'free-energy <forward> <reverse>',
  describe: 'free energy from two finished runs, the two directions of one protocol',
  builder: (yargs) =>
    yargs
      .positional('forward', { type: 'string', demandOption: true, describe: 'directory of a finished run' })
      .positional('reverse', {
        type: 'string',
        demandOption: true,
        describe: 'directory of a run of the same scenario with protocol.reversed=true',
      })
      .option('out', {
        type: 'string',
        describe: 'directory to write free-energy.json, the works (npz) and a page to [none]',
        requiresArg: true,
      })
      .option('json', { type: 'boolean', default: false, describe: 'print free-energy.json in place of a table' })
      .example('$0 run my.yaml --out runs/ahead', 'from the equilibrium of its first landscape')
      .example('$0 run my.yaml --set protocol.reversed=true --seed 2 --out runs/back', 'from that of its last')
      .example('$0 free-energy runs/ahead runs/back', 'Jarzynski of both, Bennett and Crooks, in units of kT'),
  handler: async (args) => (await import('./handlers/free-energy.js')).handle(args),
}
