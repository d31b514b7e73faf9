import type { CommandModule } from 'yargs'
import { writeReport } from '../../viz/report.js'

/** `overdamped report RUN` */
export const reportCommand: CommandModule<object, { run: string }> = {
  command: 'report <run>',
  describe: 'write report.html of a run again',
  builder: (yargs) =>
    yargs
      .positional('run', { type: 'string', demandOption: true, describe: 'directory of a run' })
      .example('$0 report runs/mnist-01-quick', 'prints the path of the page'),
  handler: ({ run }) => {
    console.log(writeReport(run))
  },
}
