import { setTimeout } from 'node:timers/promises'
import type { Entrant, NotRun } from './contender.js'
import { type Spread, spread } from './statistics.js'
import type { Workload } from './workload.js'

/** After a run some peers' threads spin for tens of milliseconds: a rest, as a fraction of the length of a run. */
const rest = 0.2

/** A workload to be timed; `steps` fixes the length of a run, which is otherwise chosen to last `seconds`. */
export interface Task {
  readonly workload: Workload
  readonly steps?: number
}

/** How often and how long something is run. */
export interface MeasureOptions {
  readonly repeats: number
  /** length of one run */
  readonly seconds: number
  readonly onProgress: (text: string) => void
}

/** A contender that stopped, and why. */
export type Failed = { readonly contender: string } & NotRun

/** The timing of one contender at one task. */
export interface Timed {
  readonly contender: string
  /** how it computed, such as "sparse rows" */
  readonly form: string
  /** steps of one run */
  readonly steps: number
  /** seconds of a step of the whole batch, one for each repeat */
  readonly secondsPerStep: readonly number[]
  /** site-updates per second = units·batch/secondsPerStep */
  readonly rate: Spread
}

/**
 * Times every contender at every task, interleaved: each repeat goes through all tasks and in each through all contenders,
 * beginning with another one each time, so that a machine that slows down slows all of them.
 *
 * @returns timings [tasks][contenders]; a contender that stops at a task has the reason there
 */
export async function measure(
  entrants: readonly Entrant[],
  tasks: readonly Task[],
  { repeats, seconds, onProgress }: MeasureOptions,
): Promise<(Timed | Failed)[][]> {
  const cells = tasks.map((task) => entrants.map((entrant) => createCell(task, entrant)))
  for (let repeat = -1; repeat < repeats; repeat++)
    for (const row of cells)
      for (let n = 0; n < row.length; n++) {
        const cell = row[(n + repeat + row.length) % row.length]!
        if (cell.failure !== null) continue
        const { contender, session } = cell.entrant
        const { name, batch, potential } = cell.task.workload
        const round = repeat < 0 ? 'warm-up' : `repeat ${repeat + 1} of ${repeats}`
        onProgress(`${name}, ${potential.network.units} units, batch ${batch}: ${round}: ${contender.name}`)
        try {
          await setTimeout(1000 * rest * seconds)
          // With one task a contender keeps what it has loaded.
          if (repeat < 0 || tasks.length > 1) cell.form = await session.load(cell.task.workload)
          if (repeat < 0) cell.steps = cell.task.steps ?? (await calibrate(session.run, seconds))
          else cell.secondsPerStep.push((await session.run(cell.steps)) / cell.steps)
        } catch (error) {
          cell.failure = `stopped: ${(error as Error).message}`
        }
      }
  return cells.map((row) => row.map(timing))
}

function createCell(task: Task, entrant: Entrant) {
  return { task, entrant, form: '', steps: 1, secondsPerStep: [] as number[], failure: null as string | null }
}

/** How much work lasts about `seconds`, found by doubling; it warms up on the way. */
async function calibrate(work: (amount: number) => Promise<number>, seconds: number): Promise<number> {
  for (let amount = 1; ; amount *= 2) {
    const taken = await work(amount)
    if (taken > seconds / 4) return Math.max(1, Math.round((amount * seconds) / taken))
  }
}

function timing({ task, entrant, failure, ...timed }: ReturnType<typeof createCell>): Timed | Failed {
  const contender = entrant.contender.name
  if (failure !== null) return { contender, notRun: failure }
  const updates = task.workload.potential.network.units * task.workload.batch
  return { contender, ...timed, rate: spread(timed.secondsPerStep.map((time) => updates / time)) }
}
