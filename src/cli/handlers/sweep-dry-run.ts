import { join } from 'node:path'
import { OverdampedError } from '../../errors.js'
import { threadsOfEach } from '../../experiment/executor/share.js'
import { files, readJson } from '../../experiment/record/directory.js'
import { estimateRun } from '../../experiment/sweep/estimate.js'
import type { SweepPlan } from '../../experiment/sweep/plan.js'
import { duration } from './progress.js'

/** Names and values that are shown. */
const mostShown = 5
/** Finished points whose times are read. */
const mostTimed = 100

/** Where the points are, and what would compute them. */
interface DryRun {
  readonly directory: string
  readonly backend: Parameters<typeof estimateRun>[1]['backend']
  readonly threads: number | undefined
  /** points at a time */
  readonly jobs: number
  readonly signal: AbortSignal
}

/**
 * What a sweep would do, in lines: its points, their values, how long they take. Of a sweep that has finished points their times tell; else a
 * look at the first point does.
 */
export async function dryRun({ points, document, scenarioAt }: SweepPlan, of: DryRun): Promise<string[]> {
  const { shard, grid } = document
  const open = points.filter((_, n) => document.points[n]!.status !== 'finished')
  const finished = document.points.filter(({ status }) => status === 'finished')
  const count = `${points.length} points${shard === null ? '' : ` of shard ${shard.part}/${shard.of}`}`
  const values = grid.map(({ path, values: all }) => `${path}: ${shown(all.map((value) => JSON.stringify(value)))}`)
  const lines = [
    `${count}, ${finished.length} of them finished`,
    ...values,
    `open: ${shown(open.map(({ name }) => name))}`,
  ]
  const [first] = open
  if (first === undefined) return lines
  const times = finished.slice(0, mostTimed).map(({ directory }) => timeOf(join(of.directory, directory)))
  if (times.length > 0) {
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length
    return [...lines, time(mean, open.length, of.jobs, `the mean of ${times.length} finished points`)]
  }
  try {
    const { jobs, backend, signal } = of
    const threads = threadsOfEach({ atATime: jobs }, of.threads)
    const { seconds, lacks } = await estimateRun(await scenarioAt(first), { backend, threads, signal })
    if (seconds === null) return [...lines, `time: not known, ${first.name} has done no step within some seconds`]
    return [
      ...lines,
      time(seconds, open.length, of.jobs, `by a look at ${first.name}`),
      ...(lacks.length === 0 ? [] : [`not included: ${lacks.join('; ')}`]),
    ]
  } catch (error) {
    if (!(error instanceof OverdampedError)) throw error
    return [...lines, `time: not known, ${first.name} fails: ${error.message}`]
  }
}

function time(seconds: number, open: number, jobs: number, how: string): string {
  const all = (seconds * open) / Math.min(jobs, open)
  return `time: about ${inWords(all)}; ${inWords(seconds)} a point, ${Math.min(jobs, open)} at a time, ${how}`
}

function inWords(seconds: number): string {
  return seconds < 10 ? `${Number(seconds.toPrecision(2))} s` : duration(seconds)
}

/** The first of some texts, and how many there are. */
function shown(texts: readonly string[]): string {
  if (texts.length === 0) return 'none'
  const first = texts.slice(0, mostShown).join(', ')
  return texts.length > mostShown ? `${first}, … ${texts.at(-1)} (${texts.length})` : first
}

/** Seconds that a finished run took. */
function timeOf(directory: string): number {
  const { timings } = readJson(directory, files.results) as { readonly timings: { readonly total: number } }
  return timings.total
}
