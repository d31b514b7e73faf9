import type { CommandModule } from 'yargs'
import type { ToleranceArguments } from './handlers/tolerance.js'
import { jobOptions, runOptions, scenarioOptions, withOptions } from './options.js'

const { seed: _, resume: __, ...shared } = runOptions

/** `overdamped tolerance SCENARIO` */
export const toleranceCommand: CommandModule<object, ToleranceArguments> = {
  command: 'tolerance <scenario>',
  describe:
    'what a device must hold: quality against each imperfection of its hardware, and where it is lost; again continues',
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
        ...shared,
        ...jobOptions,
        out: { ...shared.out, describe: 'directory of the runs and the page [runs/NAME-PROFILE-tolerance]' },
        json: { ...shared.json, describe: 'print tolerance.json in place of the table' },
      },
    )
      .option('imperfection', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [] as string[],
        defaultDescription: 'all that apply',
        describe: 'an imperfection, such as force-noise or storage-bits; repeatable',
      })
      .option('sizes', {
        type: 'string',
        requiresArg: true,
        describe: 'sizes of the one imperfection: a,b,c [its own]',
      })
      .option('seeds', { type: 'string', default: '11,12,13', requiresArg: true, describe: 'seeds of the runs: a,b,c' })
      .option('metric', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [] as string[],
        defaultDescription: 'oneNearestNeighbour and frechetDistance, or labelError',
        describe:
          'what quality is judged by: a metric, or a path in results.json; repeatable, and one that is lost is enough',
      })
      .option('lost', {
        type: 'number',
        requiresArg: true,
        describe:
          'loss of quality that counts, in units of the one metric [of oneNearestNeighbour a quarter of the way to 1, of frechetDistance as much again, of others a tenth]',
      })
      .option('budget', {
        type: 'number',
        requiresArg: true,
        describe: 'also all imperfections at once, each at this part of its tolerable size, up to 1 [not]',
      })
      .option('dry-run', {
        type: 'boolean',
        default: false,
        describe: 'validate all points, print them and about how long they take; write nothing to --out',
      })
      .example('$0 tolerance hardware-digits --profile quick', 'every imperfection')
      .example('$0 tolerance hardware-digits --imperfection slew', 'one of them'),
  handler: async (args) => (await import('./handlers/tolerance.js')).handle(args),
}
