import { packageVersion } from '../backend/node/package-root.js'
import type { Contender, Entrant } from './contender.js'
import { contenders, footprintBackends, formulaPeers } from './contenders.js'
import type { BenchDocument, ContenderRecord, FormulaRates } from './document.js'
import { type EvaluationResult, measureEvaluation } from './evaluation.js'
import { type ExchangeRates, measureExchange } from './exchange.js'
import { createBenchFolder } from './folder.js'
import { type FootprintResult, measureFootprint } from './footprint.js'
import { measureFormulas } from './formulas.js'
import { describeMachine } from './machine.js'
import type { MeasureOptions } from './measure.js'
import { measureObjectives, type ObjectiveRates } from './objectives.js'
import { measurePeak, type Peak } from './peak.js'
import { measureRates, type RatesOfWorkload } from './rates.js'
import { type Growth, measureScaling } from './scaling.js'
import type { Section } from './sections.js'
import { measureTraining, type TrainingResult } from './training.js'
import type { WorkloadOptions } from './workload.js'

/** What to measure, and how thoroughly. */
export interface BenchOptions extends Omit<MeasureOptions, 'seconds'> {
  /** a smoke run of a few seconds: tiny sizes, few repeats; its figures mean nothing */
  readonly quick: boolean
  readonly sections: readonly Section[]
  /** ISO 8601, for the record */
  readonly date: string
}

/** Processes and metrics are timed this often, at most: each takes seconds. */
const processRepeats = 3
const lattice = [12, 12] as const

/**
 * Measures this package beside its peers and the limit, interleaved. A peer that is missing or stops is recorded with the
 * reason and never makes this fail.
 */
export async function bench({ quick, repeats, sections, date, onProgress }: BenchOptions): Promise<BenchDocument> {
  const folder = createBenchFolder()
  const how: MeasureOptions = { repeats, seconds: quick ? 0.002 : 0.2, onProgress }
  const rates: RatesOfWorkload[] = []
  const scaling: Growth[] = []
  const footprint: FootprintResult[] = []
  const objectives: ObjectiveRates[] = []
  const exchange: ExchangeRates[] = []
  let training: TrainingResult | null = null
  let formulas: FormulaRates | null = null
  let evaluation: EvaluationResult | null = null
  let peak: Peak | null = null
  onProgress('starting the contenders')
  // Processes are measured without them, and metrics of digits have contenders of their own.
  const { records, entrants } = await open(
    sections.some((section) => section !== 'footprint' && section !== 'evaluation') ? contenders(folder) : [],
  )
  const peers = await open(sections.includes('formulas') ? formulaPeers(folder) : [])
  try {
    const system = (range: WorkloadOptions['range']): WorkloadOptions => ({ lattice, range, batch: quick ? 64 : 1024 })
    // The peers' cost is known from the rates; how cost grows is asked of this package and of the limit.
    const ours = entrants.filter(({ contender: { role } }) => role !== 'peer')
    if (sections.some((section) => section === 'sparse' || section === 'dense'))
      peak = await measurePeak(entrants, repeats)
    for (const section of sections) {
      if (section === 'sparse')
        for (const radius of [2, 4]) rates.push(await measureRates(entrants, system(radius), how))
      else if (section === 'dense') rates.push(await measureRates(entrants, system('all'), how))
      else if (section === 'exchange') {
        const single = ours.filter(({ contender: { threads } }) => threads === 1)
        for (const range of [2, 'all'] as const) exchange.push(...(await measureExchange(single, system(range), how)))
      } else if (section === 'formulas') {
        const own = entrants.filter(({ contender: { role } }) => role === 'project')
        formulas = {
          contenders: peers.records,
          rates: await measureFormulas([...own, ...peers.entrants], quick, how),
        }
      } else if (section === 'training') training = await measureTraining(entrants, system('all'), how)
      else if (section === 'objectives')
        for (const range of [1, 'all'] as const)
          objectives.push(...(await measureObjectives(entrants, system(range), how)))
      else if (section === 'evaluation')
        evaluation = await measureEvaluation(quick, Math.min(repeats, processRepeats), folder, onProgress)
      else if (section === 'footprint')
        for (const backend of footprintBackends)
          footprint.push(
            await measureFootprint(backend, quick, quick ? 1 : Math.min(repeats, processRepeats), folder, onProgress),
          )
      else scaling.push(...(await measureScaling(section, ours, quick, { ...how, seconds: how.seconds / 2 })))
    }
  } finally {
    for (const { session } of [...entrants, ...peers.entrants]) await session.close()
    folder.remove()
  }
  return {
    format: 'overdamped-bench',
    version: 1,
    date,
    overdamped: packageVersion(),
    machine: describeMachine(),
    options: { quick, repeats, sections },
    contenders: records,
    peak,
    rates,
    exchange,
    formulas,
    training,
    objectives,
    evaluation,
    scaling,
    footprint,
  }
}

/** Starts everyone who can be started. */
async function open(all: readonly Contender[]): Promise<{ records: ContenderRecord[]; entrants: Entrant[] }> {
  const sessions = await Promise.all(all.map((contender) => contender.open()))
  const entrants: Entrant[] = []
  const records = all.map((contender, n): ContenderRecord => {
    const { name, role, family, threads } = contender
    const session = sessions[n]!
    if ('notRun' in session) return { name, role, family, threads, notRun: session.notRun }
    entrants.push({ contender, session })
    return { name, role, family, threads, description: session.description }
  })
  return { records, entrants }
}
