import type { Workload } from './workload.js'

/** Something that can step a workload and be timed at it: an engine of this package, a peer, or the limit. */
export interface Contender {
  /** unique, as it stands in tables */
  readonly name: string
  /** `project`: this package; `peer`: what people use otherwise; `limit`: our hand-written C */
  readonly role: 'project' | 'peer' | 'limit'
  /** contenders of one family differ in their threads alone */
  readonly family: string
  readonly threads: number
  /** Starts it. What is not installed is a reason, never an error. */
  open(): Promise<Session | NotRun>
}

/** Why a contender has no figures, and how to give it some. */
export interface NotRun {
  readonly notRun: string
}

/** A contender that is ready; it holds one workload at a time. */
export interface Session {
  /** versions and flags */
  readonly description: string
  /** takes a workload at its start; resolves to how it computes it, such as "sparse rows" */
  load(workload: Workload): Promise<string>
  /** advances the whole batch; resolves to the seconds this took */
  run(steps: number): Promise<number>
  /** states [units, batch] after `steps` steps from the start, with the noise or without */
  state(steps: number, noise: boolean): Promise<ArrayLike<number>>
  /**
   * Iterations of force matching (training.ts) on the states of the workload as data; resolves to the seconds this took.
   * Absent where nobody would train with it.
   */
  train?(iterations: number): Promise<number>
  /** Iterations of an objective (objectives.ts) by its name there; resolves to the seconds this took. Absent where there are none. */
  learn?(objective: string, iterations: number): Promise<number>
  /** Advances the whole batch as `account` says; resolves to the seconds this took. Absent where nothing is recorded. */
  sample?(steps: number, account: Account): Promise<number>
  /** 10⁹ multiplications and additions per second that one core does at most, fused or not. Absent in all but C. */
  peak?(fused: boolean): Promise<number>
  close(): Promise<void>
}

/** What is recorded on the way, and whether the landscape changes meanwhile. */
export interface Account {
  readonly workAndHeat: boolean
  readonly moving: boolean
}

/** A contender with its session. */
export interface Entrant {
  readonly contender: Contender
  readonly session: Session
}
