import { join } from 'node:path'
import type { CommandModule } from 'yargs'
import { writeComparison } from '../../viz/compare.js'
import { writeTablePage } from '../../viz/table-page.js'
import { mergeSweeps, sweepTable } from '../experiment/sweep/sweep-document.js'

interface Arguments {
  sweeps: string[]
  out: string | undefined
}

/** Most runs that a comparison sets side by side. */
const mostCompared = 8

/** `overdamped merge DIR…` */
export const mergeCommand: CommandModule<object, Arguments> = {
  command: 'merge <sweeps..>',
  describe: 'collect sweeps, or the shards of one, into one table and one page',
  builder: (yargs) =>
    yargs
      .positional('sweeps', { type: 'string', array: true, demandOption: true, describe: 'directories of sweeps' })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'directory for sweep.json, sweep.csv and comparison.html [the first one]',
      })
      .example('$0 merge runs/my-sweep', 'the shards that wrote there')
      .example('$0 merge node1/my-sweep node2/my-sweep --out all', 'prints the path of the page'),
  handler: ({ sweeps, out = sweeps[0]! }) => {
    const document = mergeSweeps(sweeps, out)
    const page = join(out, 'comparison.html')
    const runs = document.points.filter(({ status }) => status === 'finished')
    const pending = document.points.length - runs.length
    if (pending > 0) console.error(`${pending} of ${document.points.length} points are not finished`)
    if (runs.length > 1 && runs.length <= mostCompared)
      writeComparison(
        runs.map(({ directory }) => join(out, directory)),
        page,
      )
    else writeTablePage(`${document.scenario}: ${document.points.length} points`, sweepTable(out, document), page)
    console.log(page)
  },
}
