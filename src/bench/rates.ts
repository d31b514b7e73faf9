import type { Entrant } from './contender.js'
import { type Failed, type MeasureOptions, measure, type Timed } from './measure.js'
import { spread } from './statistics.js'
import { createWorkload, type Workload, type WorkloadFacts, type WorkloadOptions, workloadFacts } from './workload.js'

/** Site-updates per second of one contender, and how many times as many as those of each other one. */
export interface Rated extends Omit<Timed, 'secondsPerStep'> {
  /** rate over that of each other contender: median of the ratios within each repeat */
  readonly timesOf: Readonly<Record<string, number>>
}

/** The contenders at one workload. */
export interface RatesOfWorkload {
  readonly workload: WorkloadFacts
  readonly results: readonly (Rated | Failed)[]
}

/** Measures every contender at one workload, interleaved. */
export async function measureRates(
  entrants: readonly Entrant[],
  options: WorkloadOptions,
  how: MeasureOptions,
): Promise<RatesOfWorkload> {
  const workload = createWorkload(options)
  const [timings] = await measure(entrants, [{ workload }], how)
  return ratesOf(workload, timings!)
}

/** What the timings of a workload say of its rates. */
export function ratesOf(workload: Workload, timings: readonly (Timed | Failed)[]): RatesOfWorkload {
  return { workload: workloadFacts(workload), results: timings.map((timing) => rateResult(timing, timings)) }
}

function rateResult(timing: Timed | Failed, all: readonly (Timed | Failed)[]): Rated | Failed {
  if ('notRun' in timing) return timing
  const { secondsPerStep, ...timed } = timing
  return { ...timed, timesOf: timesOf(timing, all) }
}

/** How many times as fast as each other one. */
export function timesOf(timing: Timings, all: readonly (Timings | Failed)[]): Record<string, number> {
  const times: Record<string, number> = {}
  for (const other of all)
    if (other !== timing && !('notRun' in other)) times[other.contender] = timesAsFast(timing, other)
  return times
}

/** How many times as fast as another one: the median of the ratios within each repeat, since a machine that slows down slows both. */
export function timesAsFast({ secondsPerStep: ours }: Timings, { secondsPerStep: theirs }: Timings): number {
  return spread(theirs.map((time, n) => time / ours[n]!)).median
}

type Timings = Pick<Timed, 'contender' | 'secondsPerStep'>
