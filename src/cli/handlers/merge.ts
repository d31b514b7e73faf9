import { join } from 'node:path'
import { writeComparison } from '../../../viz/compare.js'
import { writeTablePage } from '../../../viz/table-page.js'
import { mergeSweeps, sweepTable } from '../../experiment/sweep/sweep-document.js'

/** Options of `overdamped merge`. */
export interface MergeArguments {
  sweeps: string[]
  out: string | undefined
}

/** Most runs that a comparison sets side by side. */
const mostCompared = 8

/** Does what `overdamped merge` asks. */
export async function handle({ sweeps, out = sweeps[0]! }: MergeArguments): Promise<void> {
  const document = await mergeSweeps(sweeps, out, { onNote: console.error })
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
}
