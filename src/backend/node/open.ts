import { availableParallelism } from 'node:os'
import { invalidValue, listed, OverdampedError } from '../../errors.js'
import { type Backend, type Demand, nameOf } from '../backend.js'
import { type BackendName, backendNames } from '../names.js'
import { createReference } from '../reference.js'

/** What a caller may ask for. */
export interface BackendRequest {
  /** `auto` takes the fastest that can run the scenario here; one of the caller's own stays open */
  readonly backend?: 'auto' | BackendName | Backend | undefined
  /** worker threads of a backend that has them; as many as there are cores when absent */
  readonly threads?: number | undefined
}

/** A backend that can run a scenario, and why it is this one. */
export interface ChosenBackend {
  readonly backend: Backend
  readonly reason: string
}

/** Whether a backend can run on this machine. */
export interface Availability {
  readonly name: BackendName
  /** whether it is taken where none is named */
  readonly auto: boolean
  readonly available: boolean
  /** what it would run on, or why it can't */
  readonly detail: string
  /** the scenarios it can run */
  readonly runs: string
}

interface Kind {
  /** whether `auto` may take it */
  readonly auto: boolean
  readonly runs: string
  /** loads it. @throws when the machine lacks what it needs, saying what */
  open(threads: number): Promise<Backend>
}

/** A graphics card is taken only when it is named: its speed was never measured here. */
const kinds = {
  wasm: {
    auto: true,
    runs: 'built-in terms, formulas, hidden units; force matching and nudged force matching; euler-maruyama, leimkuhler-matthews',
    open: async (threads) => (await import('./threads.js')).createThreadedWasm(threads),
  },
  reference: { auto: true, runs: 'everything', open: async () => createReference() },
  gpu: {
    auto: false,
    runs: 'built-in terms and force matching, on WebGPU',
    open: async () => (await import('../gpu/gpu.js')).createGpu(),
  },
} as const satisfies Record<BackendName, Kind>

/** Most threads that are worth starting: shards of work are 64 trajectories each. */
const mostThreads = 64

/** What can run on this machine, fastest first. */
export async function availableBackends(): Promise<Availability[]> {
  return Promise.all(
    backendNames.map(async (name) => {
      const { auto, runs, open } = kinds[name]
      try {
        const backend = await open(availableParallelism())
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
 * @throws E_BACKEND when the named backend is not there or can't run the scenario; E_INVALID_VALUE for threads out of range
 */
export async function openBackend(
  { backend: asked = 'auto', threads = availableParallelism() }: BackendRequest,
  demands: readonly Demand[],
): Promise<ChosenBackend> {
  if (!Number.isInteger(threads) || threads < 1 || threads > mostThreads)
    throw invalidValue(`expected 1 to ${mostThreads}, got ${threads}.`, '--threads')
  if (asked !== 'auto') {
    const where = `--backend ${nameOf(asked)}`
    if (typeof asked === 'string' && !backendNames.includes(asked))
      throw new OverdampedError('E_BACKEND', `unknown; expected auto, ${listed(backendNames)}.`, where)
    const backend =
      typeof asked === 'object'
        ? lent(asked)
        : await kinds[asked].open(threads).catch((error: unknown) => {
            throw new OverdampedError('E_BACKEND', `${reasonOf(error)}. Use --backend auto.`, where)
          })
    const refusal = refusalOf(backend, demands)
    if (refusal === null) return { backend, reason: 'named by the user' }
    await backend.close()
    throw new OverdampedError('E_BACKEND', `${refusal}. Use --backend auto or reference.`, where)
  }
  const passed: string[] = []
  for (const name of backendNames) {
    const { auto, open } = kinds[name]
    if (!auto) continue
    try {
      const backend = await open(threads)
      const refusal = refusalOf(backend, demands)
      if (refusal === null)
        return { backend, reason: `auto: the fastest that can run it here${passed.map((why) => `; ${why}`).join('')}` }
      passed.push(`not ${name}: ${refusal}`)
      await backend.close()
    } catch (error) {
      passed.push(`not ${name}: ${reasonOf(error)}`)
    }
  }
  throw new OverdampedError('E_BACKEND', `${passed.join('; ')}.`, '--backend auto')
}

/** A backend that stays its owner's: closing it does nothing. */
function lent(own: Backend): Backend {
  const { name, device, threads, roundoff } = own
  return {
    ...{ name, device, threads, roundoff },
    refusal: (demand) => own.refusal(demand),
    simulate: (simulation, hooks) => own.simulate(simulation, hooks),
    learner: (task) => own.learner(task),
    close: async () => {},
  }
}

/** Why a backend can't run one of what is asked; null when it can run all. */
function refusalOf(backend: Backend, demands: readonly Demand[]): string | null {
  return demands.map((demand) => backend.refusal(demand)).find((refusal) => refusal !== null) ?? null
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/ \[E_\w+\]$/, '') : String(error)
}
