import { availableParallelism } from 'node:os'
import { invalidValue, listed, OverdampedError, StoppedError } from '../../errors.js'
import { type Backend, type Demand, nameOf } from '../backend.js'
import type { Hooks } from '../hooks.js'
import { type BackendName, backendNames } from '../names.js'
import { kindOf } from './kinds.js'

export { type BackendName, backendNames }

/** What a caller may ask for. */
export interface BackendRequest {
  /** `auto` takes the fastest that can run the scenario here; one of the caller's own stays open */
  readonly backend?: 'auto' | BackendName | Backend | undefined
  /** worker threads of a backend that has them; as many as there are cores when absent */
  readonly threads?: number | undefined
}

/** A backend that can run a scenario, and why it is this one. */
export interface ChosenBackend {
  /** what computes; to be closed by whoever opened it */
  readonly backend: Backend
  /** why this one, as half a sentence */
  readonly reason: string
}

/** Whether a backend can run on this machine. */
export interface Availability {
  /** the backend */
  readonly name: BackendName
  /** whether it is taken where none is named */
  readonly auto: boolean
  /** whether it can run here */
  readonly available: boolean
  /** what it would run on, or why it can't */
  readonly detail: string
  /** the scenarios it can run */
  readonly runs: string
}

const automatic = backendNames.filter((name) => kindOf(name).auto)

/** Most threads that are worth starting: shards of work are 64 trajectories each. */
const mostThreads = 64

/** Refuses a number of threads that cannot be. @throws E_INVALID_VALUE for one out of range */
export function requireThreads(threads: number): void {
  if (!Number.isInteger(threads) || threads < 1 || threads > mostThreads)
    throw invalidValue(`expected 1 to ${mostThreads}, got ${threads}.`, '--threads')
}

/**
 * What can run on this machine, fastest first. Native kernels are compiled if they are not yet, of which `onNote` hears.
 *
 * @throws StoppedError where `signal` has aborted
 */
export async function availableBackends({ onNote, signal }: Hooks = {}): Promise<Availability[]> {
  if (signal?.aborted === true) throw new StoppedError()
  return Promise.all(
    backendNames.map(async (name) => {
      const { auto, runs, open } = kindOf(name)
      try {
        const backend = await open(availableParallelism(), onNote)
        const detail = backend.device
        await backend.close()
        return { name, auto, available: true, detail, runs }
      } catch (error) {
        return { name, auto, available: false, detail: reasonOf(error), runs }
      }
    }),
  )
}

/**
 * Opens the backend that a scenario runs on, one that can run all that is asked. The caller closes it; one that was brought along
 * stays open.
 *
 * @param among - what `auto` chooses from; all but the gpu when absent
 * @throws E_BACKEND when the named backend is not there or can't run the scenario; E_INVALID_VALUE for threads out of range;
 *   StoppedError where `signal` has aborted
 */
export async function openBackend(
  { backend: asked = 'auto', threads = availableParallelism() }: BackendRequest = {},
  demands: readonly Demand[] = [],
  { onNote, signal, among = automatic }: Hooks & { readonly among?: readonly BackendName[] | undefined } = {},
): Promise<ChosenBackend> {
  requireThreads(threads)
  if (signal?.aborted === true) throw new StoppedError()
  if (asked !== 'auto') {
    const where = `--backend ${nameOf(asked)}`
    if (typeof asked === 'string' && !backendNames.includes(asked))
      throw new OverdampedError('E_BACKEND', `unknown; expected auto, ${listed(backendNames)}.`, where)
    const backend =
      typeof asked === 'object'
        ? lent(asked)
        : await kindOf(asked)
            .open(threads, onNote)
            .catch((error: unknown) => {
              throw new OverdampedError('E_BACKEND', `${reasonOf(error)}. Use --backend auto.`, where)
            })
    const refusal = refusedByOpen(backend, demands)
    if (refusal === null) return { backend, reason: 'named by the user' }
    await backend.close()
    throw new OverdampedError('E_BACKEND', `${refusal}. Use --backend auto or reference.`, where)
  }
  return openFirst(among, threads, demands, onNote)
}

/** The first of some backends that is here and can run all that is asked. */
async function openFirst(
  names: readonly BackendName[],
  threads: number,
  demands: readonly Demand[],
  onNote: Hooks['onNote'],
): Promise<ChosenBackend> {
  const passed = new Map<string, BackendName[]>()
  const pass = (name: BackendName, why: string) => passed.set(why, [...(passed.get(why) ?? []), name])
  const reasons = () => [...passed].map(([why, of]) => `${of.map((name) => `not ${name}`).join(', ')}: ${why}`)
  for (const name of names) {
    const { refusal, open } = kindOf(name)
    const early = refusal === undefined ? null : refusalOf({ refusal }, demands)
    if (early !== null) {
      pass(name, early)
      continue
    }
    try {
      const backend = await open(threads, onNote)
      const late = refusedByOpen(backend, demands)
      if (late === null) return { backend, reason: ['auto: the fastest that can run it here', ...reasons()].join('; ') }
      pass(name, late)
      await backend.close()
    } catch (error) {
      pass(name, reasonOf(error))
    }
  }
  throw new OverdampedError('E_BACKEND', `${reasons().join('; ')}.`, '--backend auto')
}

/** A backend that stays its owner's: closing it does nothing. */
function lent(own: Backend): Backend {
  const { name, device, threads, roundoff } = own
  const arithmetic = own.arithmetic?.bind(own)
  return {
    ...{ name, device, threads, roundoff },
    refusal: (demand) => own.refusal(demand),
    simulate: (simulation, hooks) => own.simulate(simulation, hooks),
    learner: (task) => own.learner(task),
    ...(arithmetic === undefined ? {} : { arithmetic }),
    close: async () => {},
  }
}

/** Why a backend can't run one of what is asked; null when it can run all. */
function refusalOf(backend: Pick<Backend, 'refusal'>, demands: readonly Demand[]): string | null {
  return demands.map((demand) => backend.refusal(demand)).find((refusal) => refusal !== null) ?? null
}

/** The same of an open backend. */
function refusedByOpen(backend: Backend, demands: readonly Demand[]): string | null {
  if (backend.arithmetic === undefined && demands.some(({ objective }) => objective !== undefined))
    return 'it computes nothing for objectives'
  return refusalOf(backend, demands)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/ \[E_\w+\]$/, '') : String(error)
}
