import type { Entrant } from './contender.js'
import { type MeasureOptions, measure, type Timing } from './measure.js'
import { type Spread, spread } from './statistics.js'
import { createWorkload, type WorkloadFacts, type WorkloadOptions, workloadFacts } from './workload.js'

/** Site-updates per second of one contender, and how many times as many as those of each other one. */
export type RateResult = { readonly contender: string } & (
  | {
      readonly form: string
      readonly steps: number
      /** site-updates per second */
      readonly rate: Spread
      /** rate over that of each other contender: median of the ratios within each repeat */
      readonly timesOf: Readonly<Record<string, number>>
    }
  | { readonly notRun: string }
)

/** The contenders at one workload. */
export interface RatesOfWorkload {
  readonly workload: WorkloadFacts
  readonly results: readonly RateResult[]
}

/** Measures every contender at one workload, interleaved. */
export async function measureRates(
  entrants: readonly Entrant[],
  options: WorkloadOptions,
  how: MeasureOptions,
): Promise<RatesOfWorkload> {
  const workload = createWorkload(options)
  const [timings] = await measure(entrants, [{ workload }], how)
  return { workload: workloadFacts(workload), results: timings!.map((timing) => rateResult(timing, timings!)) }
}

function rateResult(timing: Timing, all: readonly Timing[]): RateResult {
  if ('notRun' in timing) return timing
  const timesOf: Record<string, number> = {}
  for (const other of all)
    if (other !== timing && !('notRun' in other)) timesOf[other.contender] = pairedRatio(other, timing)
  const { contender, form, steps, rate } = timing
  return { contender, form, steps, rate, timesOf }
}

/** Median over the repeats of a's time over b's: a machine that slows down for a while slows both. */
function pairedRatio(
  a: { readonly secondsPerStep: readonly number[] },
  b: { readonly secondsPerStep: readonly number[] },
): number {
  return spread(a.secondsPerStep.map((time, repeat) => time / b.secondsPerStep[repeat]!)).median
}
