import type { CommandModule } from 'yargs'
import type { ReportArguments } from './handlers/report.js'

/** `overdamped report RUN…` */
export const reportCommand: CommandModule<object, ReportArguments> = {
  command: 'report <runs..>',
  describe: 'write report.html of a run again, or compare several runs on one page',
  builder: (yargs) =>
    yargs
      .positional('runs', { type: 'string', array: true, demandOption: true, describe: 'directories of runs' })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'page of the comparison of several runs [comparison.html]',
      })
      .option('markdown', {
        type: 'boolean',
        default: false,
        describe: 'print a table of runs of objectives as Markdown, a row each; write no page',
      })
      .example('$0 report runs/mnist-01-quick', 'prints the path of the page')
      .example('$0 report runs/a runs/b --out a-b.html', 'side by side'),
  handler: async (args) => (await import('./handlers/report.js')).handle(args),
}
