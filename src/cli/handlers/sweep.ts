import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { writeReport } from '../../../viz/report.js'
import { writeSweepPage } from '../../../viz/sweep-page.js'
import { exitCode } from '../../errors.js'
import { parseShard } from '../../experiment/executor/shard.js'
import { loadScenario } from '../../experiment/scenario/load.js'
import { parseGrid } from '../../experiment/sweep/axes.js'
import { planSweep } from '../../experiment/sweep/plan.js'
import { sweep } from '../../experiment/sweep/sweep.js'
import { sweepFile } from '../../experiment/sweep/sweep-document.js'
import { gridPoints } from '../../experiment/sweep/sweep-grid.js'
import { sweepTable } from '../../experiment/sweep/sweep-table.js'
import { commandLine } from './command-line.js'
import { type EmitArguments, emit } from './emit.js'
import { type JobArguments, withExecutor } from './executor.js'
import { underRuns } from './output-directory.js'
import { type RunArguments, secondsBetween, stoppable } from './perform.js'
import { createProgress } from './progress.js'
import { dryRun } from './sweep-dry-run.js'
import { tellWanting, uncheckedIn } from './sweep-outcome.js'

/** Options of `overdamped sweep`. */
export interface SweepArguments extends Omit<RunArguments, 'resume'>, JobArguments, EmitArguments {
  scenario: string
  over: string[]
  'dry-run': boolean
  draws: number | undefined
  'draw-seed': number | undefined
  shard: string | undefined
  profile: string | undefined
  set: string[]
}

/** Points of a command whose reports are written: each takes 10 ms and 150 kB. `overdamped report DIR` writes one later. */
const mostReports = 500

/** Does what `overdamped sweep` asks. */
export async function handle(args: SweepArguments): Promise<void> {
  const { scenario, profile, set, seed, backend, threads, quiet, json } = args
  const axes = parseGrid(args.over, args.draws, args['draw-seed'])
  const shard = args.shard === undefined ? null : parseShard(args.shard)
  const name = async () => (await loadScenario(scenario, { profile, set, seed })).name
  const directory = args.out ?? underRuns([await name(), profile ?? [], 'sweep'].flat().join('-'))
  if (args.emit !== undefined || args.shards !== undefined) {
    const { document, points } = await planSweep({ scenario, profile, set, seed, axes, directory })
    return emit('sweep', args, { name: document.scenario, out: directory, most: points.length })
  }
  const progress = createProgress(quiet)
  const say = (line: string) => {
    progress.clear()
    if (!quiet) console.error(line)
  }
  const hasReports = gridPoints(axes, shard).length <= mostReports
  // Whatever would carry out the points, a look at one of them is taken here.
  const look = (signal: AbortSignal) =>
    withExecutor({ jobs: args.jobs }, say, async (executor) => {
      const plan = await planSweep({ scenario, profile, set, seed, axes, shard, directory, signal })
      const jobs = executor?.atATime ?? 1
      console.log((await dryRun(plan, { directory, backend, threads, jobs, signal })).join('\n'))
      return exitCode.done
    })
  const work = async (signal: AbortSignal) => {
    const document = await withExecutor(args, say, (executor) =>
      sweep({
        ...{ scenario, profile, set, seed, axes, shard, directory, backend, threads, signal, executor },
        checkpointInterval: secondsBetween(args),
        onProgress: progress.update,
        onPoint: ({ name }, place, count) => say(`${place + 1}/${count}  ${name}`),
        onResult: (at, outcome) => {
          progress.clear()
          if ('error' in outcome) console.error(outcome.error instanceof Error ? outcome.error.message : outcome.error)
          else if (hasReports) writeReport(at)
        },
        provenance: (settings, at) => ({
          profile: profile ?? null,
          command: commandLine({ scenario, profile, set: settings, seed }, at),
        }),
      }),
    )
    const { points } = document
    // A point whose process was killed as it ended may have none.
    for (const { status, directory: at } of hasReports ? points : [])
      if (status === 'finished' && !existsSync(join(directory, at, 'report.html'))) writeReport(join(directory, at))
    const page = writeSweepPage(directory, sweepFile(shard, 'html'), document, sweepTable(directory, document))
    const failed = points.filter(({ status }) => status === 'failed').length
    const unchecked = tellWanting(document, uncheckedIn)
    say(`${points.length - failed} of ${points.length} points finished, ${failed} failed; ${page}`)
    console.log(json ? JSON.stringify(document, null, 2) : directory)
    return failed > 0 ? exitCode.failed : unchecked
  }
  process.exitCode = await stoppable(
    args['dry-run'] ? look : work,
    progress,
    args,
    () => `Stopped. Continue with the same command and --out ${directory}`,
  )
}
