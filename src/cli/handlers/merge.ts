import { writeSweepPage } from '../../../viz/sweep-page.js'
import { isRunInShards } from '../../experiment/run/merge.js'
import { mergeSweeps, sweepFile, sweepTable } from '../../experiment/sweep/sweep-document.js'
import { performMerge } from './perform.js'

/** Options of `overdamped merge`. */
export interface MergeArguments {
  sweeps: string[]
  out: string | undefined
}

/** Does what `overdamped merge` asks. */
export async function handle({ sweeps, out = sweeps[0]! }: MergeArguments): Promise<void> {
  if (sweeps.length === 1 && out === sweeps[0] && isRunInShards(out)) {
    process.exitCode = await performMerge(out, { quiet: false, json: false })
    return
  }
  const document = await mergeSweeps(sweeps, out, { onNote: console.error })
  const pending = document.points.filter(({ status }) => status !== 'finished').length
  if (pending > 0) console.error(`${pending} of ${document.points.length} points are not finished`)
  console.log(writeSweepPage(out, sweepFile(null, 'html'), document, sweepTable(out, document)))
}
