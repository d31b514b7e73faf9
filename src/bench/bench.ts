import { packageVersion } from '../backend/node/package-root.js'
import { type CheckpointCost, measureCheckpoints } from './checkpoints.js'
import type { Contender, Entrant } from './contender.js'
import { contenders, flipPeers, footprintBackends, formulaPeers } from './contenders.js'
import type { BenchDocument, ContenderRecord, OwnRates } from './document.js'
import { type EvaluationResult, measureEvaluation } from './evaluation.js'
import { type ExchangeRates, measureExchange } from './exchange.js'
import { measureFlips } from './flips.js'
import { type BenchFolder, createBenchFolder } from './folder.js'
import { type FootprintResult, measureFootprint } from './footprint.js'
import { measureFormulas } from './formulas.js'
import { describeMachine } from './machine.js'
import type { MeasureOptions } from './measure.js'
import { measureObjectives, type ObjectiveRates } from './objectives.js'
import { measurePeak, type Peak } from './peak.js'
import { measureRates, type RatesOfWorkload } from './rates.js'
import { type Growth, measureScaling } from './scaling.js'
import type { Section } from './sections.js'
import { measureTask, type TaskResult, taskNames } from './tasks.js'
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
/** Processes are measured without contenders, and metrics of digits have some of their own. */
const processSections: readonly Section[] = ['footprint', 'evaluation', 'tasks', 'checkpoints']
const lattice = [12, 12] as const

/** What is filled in section by section. */
interface Figures {
  peak: Peak | null
  rates: RatesOfWorkload[]
  exchange: ExchangeRates[]
  formulas: OwnRates | null
  flips: OwnRates | null
  training: TrainingResult | null
  objectives: ObjectiveRates[]
  evaluation: EvaluationResult | null
  tasks: TaskResult[]
  checkpoints: CheckpointCost[]
  scaling: Growth[]
  footprint: FootprintResult[]
}

/**
 * Measures this package beside its peers and the limit, interleaved. A peer that is missing or stops is recorded with the
 * reason and never makes this fail.
 */
export async function bench(options: BenchOptions): Promise<BenchDocument> {
  const { quick, repeats, sections, date, onProgress } = options
  const folder = createBenchFolder()
  const figures: Figures = {
    ...{ peak: null, rates: [], exchange: [], formulas: null, flips: null, training: null },
    ...{ objectives: [], evaluation: null, tasks: [], checkpoints: [], scaling: [], footprint: [] },
  }
  onProgress('starting the contenders')
  const everyone = await open(sections.some((section) => !processSections.includes(section)) ? contenders(folder) : [])
  const peers = {
    formulas: await open(sections.includes('formulas') ? formulaPeers(folder) : []),
    flips: await open(sections.includes('flips') ? flipPeers(folder) : []),
  }
  try {
    if (sections.some((section) => section === 'sparse' || section === 'dense'))
      figures.peak = await measurePeak(everyone.entrants, repeats)
    for (const section of sections)
      await (section === 'formulas' || section === 'flips'
        ? addOwn(figures, section, everyone, peers[section], options)
        : add(figures, section, everyone.entrants, options, folder))
  } finally {
    for (const { session } of [everyone, peers.formulas, peers.flips].flatMap(({ entrants }) => entrants))
      await session.close()
    folder.remove()
  }
  return {
    format: 'overdamped-bench',
    version: 1,
    date,
    overdamped: packageVersion(),
    machine: describeMachine(),
    options: { quick, repeats, sections },
    contenders: everyone.records,
    ...figures,
  }
}

function thoroughness({ quick, repeats, onProgress }: BenchOptions): MeasureOptions {
  return { repeats, seconds: quick ? 0.002 : 0.2, onProgress }
}

const roles = (entrants: readonly Entrant[], ...wanted: Contender['role'][]) =>
  entrants.filter(({ contender: { role } }) => wanted.includes(role))

/** Measures a section whose workloads have peers of their own. */
async function addOwn(
  figures: Figures,
  section: 'formulas' | 'flips',
  everyone: Started,
  peers: Started,
  options: BenchOptions,
): Promise<void> {
  const entrants = [...roles(everyone.entrants, 'project'), ...peers.entrants]
  const measured = section === 'formulas' ? measureFormulas : measureFlips
  const rates = await measured(entrants, options.quick, thoroughness(options))
  figures[section] = { contenders: peers.records, rates }
}

/** Measures a section, and adds what it found. */
async function add(
  figures: Figures,
  section: Exclude<Section, 'formulas' | 'flips'>,
  entrants: readonly Entrant[],
  options: BenchOptions,
  folder: BenchFolder,
): Promise<void> {
  const { quick, onProgress } = options
  const how = thoroughness(options)
  // Where there is much to time, runs are shorter.
  const short = { ...how, seconds: how.seconds / 2 }
  const few = Math.min(options.repeats, processRepeats)
  const system = (range: WorkloadOptions['range']): WorkloadOptions => ({ lattice, range, batch: quick ? 64 : 1024 })
  switch (section) {
    case 'sparse':
      for (const radius of [2, 4]) figures.rates.push(await measureRates(entrants, system(radius), how))
      return
    case 'dense':
      figures.rates.push(await measureRates(entrants, system('all'), how))
      return
    case 'exchange': {
      const single = entrants.filter(({ contender: { threads } }) => threads === 1)
      for (const range of [2, 'all'] as const)
        figures.exchange.push(...(await measureExchange(single, system(range), how)))
      return
    }
    case 'training':
      figures.training = await measureTraining(entrants, system('all'), how)
      return
    case 'objectives':
      for (const range of [1, 'all'] as const)
        figures.objectives.push(...(await measureObjectives(entrants, system(range), short)))
      return
    case 'evaluation':
      figures.evaluation = await measureEvaluation(quick, few, folder, onProgress)
      return
    case 'tasks':
      for (const task of taskNames)
        figures.tasks.push(await measureTask(task, quick, quick ? 1 : few, folder, onProgress))
      return
    case 'checkpoints':
      figures.checkpoints.push(...(await measureCheckpoints(quick, options.repeats, folder, onProgress)))
      return
    case 'footprint':
      for (const backend of footprintBackends)
        figures.footprint.push(await measureFootprint(backend, quick, quick ? 1 : few, folder, onProgress))
      return
    default: {
      // The peers' cost is known from the rates; how cost grows is asked of this package and of the limit.
      const ours = roles(entrants, 'project', 'limit')
      figures.scaling.push(...(await measureScaling(section, ours, quick, short)))
    }
  }
}

/** Those who take part, and those of them who could be started. */
interface Started {
  readonly records: ContenderRecord[]
  readonly entrants: Entrant[]
}

/** Starts everyone who can be started. */
async function open(all: readonly Contender[]): Promise<Started> {
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
