import { writeSweepPage } from '../../../viz/sweep-page.js'
import { exitCode } from '../../errors.js'
import { mergeSweeps, shardsAre } from '../../experiment/sweep/merge.js'
import { type SweepPoint, sweepFile } from '../../experiment/sweep/sweep-document.js'
import { sweepTable } from '../../experiment/sweep/sweep-table.js'
import { awaitSweeps } from '../../experiment/sweep/wait.js'
import { type RunArguments, stoppable } from './perform.js'
import { createProgress } from './progress.js'
import { tellWanting, uncheckedIn } from './sweep-outcome.js'

/** Options of `overdamped merge`. */
export interface MergeArguments extends Pick<RunArguments, 'max-time'> {
  sweeps: string[]
  out: string | undefined
  partial: boolean
  wait: boolean
}

/** Does what `overdamped merge` asks. */
export async function handle(args: MergeArguments): Promise<void> {
  const { sweeps, out = sweeps[0]!, partial, wait } = args
  const onNote = (line: string) => console.error(line)
  const work = async (signal: AbortSignal) => {
    if (wait) await awaitSweeps(sweeps, { onNote, signal })
    const document = await mergeSweeps(sweeps, out, { onNote, signal, partial })
    const { points, missing } = document
    if (missing !== undefined) console.error(`${shardsAre(missing)} missing`)
    const finished = points.filter(({ status }) => status === 'finished').length
    if (finished < points.length)
      console.error(`${points.length - finished} of ${points.length} points are not finished`)
    console.log(writeSweepPage(out, sweepFile(null, 'html'), document, sweepTable(out, document)))
    return Math.max(tellWanting(document, wantingOf), missing === undefined ? exitCode.done : exitCode.failed)
  }
  process.exitCode = await stoppable(
    work,
    createProgress(false),
    args,
    () => 'Stopped. Nothing was written; merge again.',
  )
}

function wantingOf(point: SweepPoint): string | null {
  if (point.status === 'pending') return 'not finished; run its sweep or shard again'
  return point.status === 'failed' ? `failed: ${point.error ?? 'no reason is recorded'}` : uncheckedIn(point)
}
