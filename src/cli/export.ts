import type { CommandModule } from 'yargs'
import type { ExportArguments } from './handlers/export.js'

/** `overdamped export RUN` */
export const exportCommand: CommandModule<object, ExportArguments> = {
  command: 'export <run>',
  describe: 'the parameters of a finished run over time, as a schedule that a device can follow',
  builder: (yargs) =>
    yargs
      .positional('run', { type: 'string', demandOption: true, describe: 'directory of a finished run' })
      .option('out', {
        type: 'string',
        describe: 'path of the files, to which .json, .csv and .yaml are added [RUN-schedule]',
        requiresArg: true,
      })
      .option('slew', {
        type: 'string',
        describe: 'fastest change of a parameter in unit time: 5, or by term stiffness=5,bilinear=2 [any]',
        requiresArg: true,
      })
      .option('range', {
        type: 'string',
        describe: 'largest size of a parameter, of all terms or by term as --slew [any]',
        requiresArg: true,
      })
      .option('units', {
        type: 'string',
        describe: "the device, for SI units: kT=4.1e-21,mobility=…,stiffness=…, or a YAML file [the scenario's units]",
        requiresArg: true,
      })
      .option('json', { type: 'boolean', default: false, describe: 'print what the limits changed as JSON' })
      .example('$0 export runs/mnist-01-visible --slew 50 --range 30', 'what a device with a slow control can follow')
      .example('$0 export runs/double-well --units device.yaml', 'in newtons per metre and seconds'),
  handler: async (args) => (await import('./handlers/export.js')).handle(args),
}
