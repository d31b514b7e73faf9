import { metricFacts } from '../../../viz/metric-facts.js'
import { toleranceText } from '../../../viz/tolerance/text.js'
import { writeTolerancePage } from '../../../viz/tolerance-page.js'
import { exitCode, usageError } from '../../errors.js'
import { inWords } from '../../experiment/files/shell.js'
import { writeJson } from '../../experiment/record/directory.js'
import { loadScenario } from '../../experiment/scenario/load.js'
import { planSweep } from '../../experiment/sweep/plan.js'
import { imperfectionNamed } from '../../experiment/tolerance/imperfections.js'
import {
  requireLevels,
  type ToleranceOptions,
  tolerance,
  toleranceBackend,
  toleranceGrid,
} from '../../experiment/tolerance/tolerance.js'
import { commandLine } from './command-line.js'
import { type JobArguments, withExecutor } from './executor.js'
import { underRuns } from './output-directory.js'
import { type RunArguments, secondsBetween, stoppable } from './perform.js'
import { createProgress } from './progress.js'
import { dryRun } from './sweep-dry-run.js'

/** Options of `overdamped tolerance`. */
export interface ToleranceArguments extends Omit<RunArguments, 'seed' | 'resume'>, JobArguments {
  scenario: string
  profile: string | undefined
  set: string[]
  imperfection: string[]
  sizes: string | undefined
  seeds: string
  metric: string[]
  lost: number | undefined
  budget: number | undefined
  'dry-run': boolean
}

/** Does what `overdamped tolerance` asks. */
export async function handle(args: ToleranceArguments): Promise<void> {
  const { scenario, profile, set, backend, threads, quiet } = args
  const asked = args.imperfection.map(imperfectionNamed)
  const study = {
    ...{ scenario, profile, set, seeds: numbers('--seeds', args.seeds) },
    imperfections: asked.length === 0 ? undefined : asked,
    sizes: args.sizes === undefined ? undefined : numbers('--sizes', args.sizes),
  }
  const { name } = await loadScenario(scenario, { profile, set })
  const one = asked.length === 1 ? asked[0]!.name : []
  const directory = args.out ?? underRuns([name, profile ?? [], 'tolerance', one].flat().join('-'))
  const progress = createProgress(quiet)
  const say = (line: string) => {
    progress.clear()
    if (!quiet) console.error(line)
  }
  const levels = { metrics: args.metric, lost: args.lost, budget: args.budget }
  const look = async (signal: AbortSignal) => {
    requireLevels(levels)
    await lookAt(study, args, directory, signal)
    return exitCode.done
  }
  const work = async (signal: AbortSignal) => {
    const document = await withExecutor(args, say, (executor) =>
      tolerance({
        ...{ ...study, directory, backend, threads, signal, executor },
        ...{ ...levels, worseOf },
        checkpointInterval: secondsBetween(args),
        onProgress: progress.update,
        onPoint: ({ name }, place, count) => say(`${place + 1}/${count}  ${name}`),
        onResult: (_, outcome) => {
          progress.clear()
          if ('error' in outcome) console.error(outcome.error instanceof Error ? outcome.error.message : outcome.error)
        },
        provenance: (settings, at) => ({
          profile: profile ?? null,
          command: commandLine({ scenario, profile, set: settings }, at),
        }),
        commandOf: (imperfection) => commandOf(args, imperfection),
      } satisfies ToleranceOptions),
    )
    writeJson(directory, 'tolerance.json', document)
    const page = writeTolerancePage(directory, document)
    progress.clear()
    console.log(args.json ? JSON.stringify(document, null, 2) : `${toleranceText(document)}\n\n${page}`)
    return exitCode.done
  }
  process.exitCode = await stoppable(
    args['dry-run'] ? look : work,
    progress,
    args,
    () => `Stopped. Continue with the same command and --out ${directory}`,
  )
}

/** What a dry run says of the points of a study. */
async function lookAt(
  study: Parameters<typeof toleranceGrid>[0],
  { backend: asked, threads, jobs = 1 }: ToleranceArguments,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const { axes, given } = await toleranceGrid(study)
  const plan = await planSweep({ ...study, axes, directory, signal })
  const backend = toleranceBackend(asked, given)
  console.log((await dryRun(plan, { directory, backend, threads, jobs, signal })).join('\n'))
}

/** Whether more of a figure is a worse quality. */
function worseOf(path: string): 'more' | 'less' {
  return metricFacts(path.replace(/^metrics\./, '')).better === 'lower' ? 'more' : 'less'
}

/** Numbers between commas. @throws E_USAGE for what is none */
function numbers(option: string, text: string): number[] {
  const found = text.split(',').map((one) => (one.trim() === '' ? Number.NaN : Number(one)))
  if (found.every(Number.isFinite)) return found
  throw usageError('expected numbers with commas between them, for example 1,2,3.', `${option} ${text}`)
}

/** The command that gives the curve of one imperfection, and its page. */
function commandOf({ scenario, profile, set, seeds, sizes, metric, lost }: ToleranceArguments, name: string): string {
  const words = ['npx', 'overdamped', 'tolerance', scenario]
  if (profile !== undefined) words.push('--profile', profile)
  for (const setting of set) words.push('--set', setting)
  words.push('--imperfection', name, '--seeds', seeds)
  if (sizes !== undefined) words.push('--sizes', sizes)
  for (const one of metric) words.push('--metric', one)
  if (lost !== undefined) words.push('--lost', String(lost))
  return inWords(words)
}
