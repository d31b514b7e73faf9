import type { Entrant } from './contender.js'
import { type Failed, type MeasureOptions, measure } from './measure.js'
import { timesAsFast } from './rates.js'
import type { Spread } from './statistics.js'
import { createWorkload, type WorkloadFacts, type WorkloadOptions, workloadFacts } from './workload.js'

/** What recording work and heat costs at one workload. */
export interface ExchangeRates {
  readonly workload: WorkloadFacts
  /** whether all parameters change at every step, as in generation, or none */
  readonly moving: boolean
  readonly results: readonly (Failed | ExchangeRate)[]
}

interface ExchangeRate {
  readonly contender: string
  /** site-updates per second with nothing recorded */
  readonly without: Spread
  /** the same with work and heat of every trajectory */
  readonly recorded: Spread
  /** recorded/without: median of the ratios within each repeat */
  readonly share: number
}

/** Samples with work and heat and without, interleaved, in a landscape that stands still and in one that moves. */
export async function measureExchange(
  entrants: readonly Entrant[],
  options: WorkloadOptions,
  { onProgress, ...how }: MeasureOptions,
): Promise<ExchangeRates[]> {
  const workload = createWorkload(options)
  const found: ExchangeRates[] = []
  for (const moving of [false, true]) {
    const samplers = entrants.flatMap(({ contender, session }) => {
      const { sample } = session
      if (sample === undefined) return []
      return [false, true].map((workAndHeat) => ({
        contender,
        session: { ...session, run: (steps: number) => sample(steps, { workAndHeat, moving }) },
      }))
    })
    const progress = (text: string) => onProgress(`work and heat, ${moving ? 'moving' : 'still'}: ${text}`)
    const [timings] = await measure(samplers, [{ workload }], { ...how, onProgress: progress })
    const results = timings!.flatMap((without, n): (Failed | ExchangeRate)[] => {
      if (n % 2 === 1) return []
      const recorded = timings![n + 1]!
      if ('notRun' in without) return [without]
      if ('notRun' in recorded) return [recorded]
      const share = timesAsFast(recorded, without)
      return [{ contender: without.contender, without: without.rate, recorded: recorded.rate, share }]
    })
    found.push({ workload: workloadFacts(workload), moving, results })
  }
  return found
}
