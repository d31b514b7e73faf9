import { writeSweepPage } from '../../../viz/sweep-page.js'
import { exitCode } from '../../errors.js'
import { isRunInShards } from '../../experiment/run/merge.js'
import { mergeSweeps, shardsAre } from '../../experiment/sweep/merge.js'
import { type SweepPoint, sweepFile } from '../../experiment/sweep/sweep-document.js'
import { sweepTable } from '../../experiment/sweep/sweep-table.js'
import { awaitShards } from '../../experiment/sweep/wait.js'
import { mergedRun, type RunArguments, stoppable } from './perform.js'
import { createProgress } from './progress.js'
import { tellWanting, uncheckedIn } from './sweep-outcome.js'

/** Options of `overdamped merge`. */
export interface MergeArguments extends Pick<RunArguments, 'max-time' | 'threads'> {
  sweeps: string[]
  out: string | undefined
  partial: boolean
  wait: boolean
}

/** Does what `overdamped merge` asks. */
export async function handle(args: MergeArguments): Promise<void> {
  const { sweeps, out = sweeps[0]! } = args
  const progress = createProgress(false)
  const work = async (signal: AbortSignal) => {
    if (args.wait) await awaitShards(sweeps, { onNote: progress.note, signal })
    const isRun = sweeps.length === 1 && out === sweeps[0] && isRunInShards(out)
    return isRun ? mergedRun(out, args.threads, progress, signal) : merged(args, out, { onNote: progress.note, signal })
  }
  process.exitCode = await stoppable(work, progress, args, () => 'Stopped. Merge again: what was there is as it was.')
}

async function merged(
  { sweeps, partial }: MergeArguments,
  out: string,
  hooks: { onNote: (line: string) => void; signal: AbortSignal },
): Promise<number> {
  const document = await mergeSweeps(sweeps, out, { ...hooks, partial })
  const { points, missing } = document
  if (missing !== undefined) console.error(`${shardsAre(missing)} missing`)
  const finished = points.filter(({ status }) => status === 'finished').length
  if (finished < points.length) console.error(`${points.length - finished} of ${points.length} points are not finished`)
  console.log(writeSweepPage(out, sweepFile(null, 'html'), document, sweepTable(out, document)))
  return Math.max(tellWanting(document, wantingOf), missing === undefined ? exitCode.done : exitCode.failed)
}

function wantingOf(point: SweepPoint): string | null {
  if (point.status === 'pending') return 'not finished; run its sweep or shard again'
  return point.status === 'failed' ? `failed: ${point.error ?? 'no reason is recorded'}` : uncheckedIn(point)
}
