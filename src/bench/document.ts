import type { CheckpointCost } from './checkpoints.js'
import type { Contender } from './contender.js'
import type { EvaluationResult } from './evaluation.js'
import type { ExchangeRates } from './exchange.js'
import type { FootprintResult } from './footprint.js'
import type { Machine } from './machine.js'
import type { ObjectiveRates } from './objectives.js'
import type { Peak } from './peak.js'
import type { RatesOfWorkload } from './rates.js'
import type { Growth } from './scaling.js'
import type { Section } from './sections.js'
import type { TaskResult } from './tasks.js'
import type { TrainingResult } from './training.js'

/** Who took part, with versions and flags, or why not. */
export type ContenderRecord = Pick<Contender, 'name' | 'role' | 'family' | 'threads'> &
  ({ readonly description: string } | { readonly notRun: string })

/** Rates of workloads that have peers of their own, and who took part beside this package. */
export interface OwnRates {
  readonly contenders: readonly ContenderRecord[]
  readonly rates: readonly RatesOfWorkload[]
}

/** results.json of a benchmark. Every figure stands beside those of the other contenders in the same run. */
export interface BenchDocument {
  readonly format: 'overdamped-bench'
  readonly version: 1
  /** ISO 8601 */
  readonly date: string
  /** version of overdamped */
  readonly overdamped: string
  readonly machine: Machine
  readonly options: { readonly quick: boolean; readonly repeats: number; readonly sections: readonly Section[] }
  readonly contenders: readonly ContenderRecord[]
  /** site-updates per second */
  readonly rates: readonly RatesOfWorkload[]
  /** the same where the potential is given by formulas; absent in older documents */
  readonly formulas?: OwnRates | null
  /** units with two states drawn per second; absent in documents of before */
  readonly flips?: OwnRates | null
  /** force-matching iterations per second */
  readonly training: TrainingResult | null
  /** iterations of objectives per second; absent in documents of before */
  readonly objectives?: readonly ObjectiveRates[]
  /** one core's multiply-add peak, as measured beside the rates; null without the limit, absent in documents of before */
  readonly peak?: Peak | null
  /** with work and heat recorded and without; absent in documents of before */
  readonly exchange?: readonly ExchangeRates[]
  /** seconds that the metrics of digits take; absent in documents of before */
  readonly evaluation?: EvaluationResult | null
  /** physicists' tasks as whole programs beside plain NumPy; absent in documents of before */
  readonly tasks?: readonly TaskResult[]
  /** what keeping checkpoints costs; absent in documents of before */
  readonly checkpoints?: readonly CheckpointCost[]
  /** how the cost grows */
  readonly scaling: readonly Growth[]
  /** memory and time from process start to done */
  readonly footprint: readonly FootprintResult[]
}
