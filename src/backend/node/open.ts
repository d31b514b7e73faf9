import { availableParallelism } from 'node:os'
import { invalidValue, listed, OverdampedError } from '../../errors.js'
import { type Backend, type BackendName, backendNames, type Demand } from '../backend.js'
import { createReference } from '../reference.js'

/** What a caller may ask for. */
export interface BackendRequest {
  /** `auto` takes the fastest that can run the scenario here */
  readonly backend?: 'auto' | BackendName | undefined
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
  readonly available: boolean
  /** what it would run on, or why it can't */
  readonly detail: string
  /** the scenarios it can run */
  readonly runs: string
}

interface Kind {
  readonly name: BackendName
  /** whether `auto` may take it */
  readonly auto: boolean
  readonly runs: string
  /** loads it. @throws when the machine lacks what it needs, saying what */
  open(threads: number): Promise<Backend>
}

/** Fastest first. A graphics card is taken only when it is named: its speed was never measured here. */
const kinds: readonly Kind[] = [
  {
    name: 'wasm',
    auto: true,
    runs: 'built-in terms, hidden units; force matching and nudged force matching; euler-maruyama, leimkuhler-matthews',
    open: async (threads) => (await import('./threads.js')).createThreadedWasm(threads),
  },
  { name: 'reference', auto: true, runs: 'everything, formulas too', open: async () => createReference() },
  {
    name: 'gpu',
    auto: false,
    runs: 'built-in terms and force matching, on WebGPU',
    open: async () => (await import('../gpu/gpu.js')).createGpu(),
  },
]

/** Most threads that are worth starting: shards of work are 64 trajectories each. */
const mostThreads = 64

/** What can run on this machine, fastest first. */
export async function availableBackends(): Promise<Availability[]> {
  return Promise.all(
    kinds.map(async ({ name, runs, open }) => {
      try {
        const backend = await open(availableParallelism())
        const detail = backend.device
        await backend.close()
        return { name, available: true, detail, runs }
      } catch (error) {
        return { name, available: false, detail: reasonOf(error), runs }
      }
    }),
  )
}

/**
 * Opens the backend that a scenario runs on, one that can run all that is asked. The caller closes it.
 *
 * @throws E_BACKEND when the named backend is not there or can't run the scenario; E_INVALID_VALUE for threads out of range
 */
export async function openBackend(
  { backend: name = 'auto', threads = availableParallelism() }: BackendRequest,
  demands: readonly Demand[],
): Promise<ChosenBackend> {
  if (!Number.isInteger(threads) || threads < 1 || threads > mostThreads)
    throw invalidValue(`expected 1 to ${mostThreads}, got ${threads}.`, '--threads')
  if (name !== 'auto') {
    const kind = kinds.find((candidate) => candidate.name === name)
    if (kind === undefined)
      throw new OverdampedError('E_BACKEND', `unknown; expected auto, ${listed(backendNames)}.`, `--backend ${name}`)
    const backend = await kind.open(threads).catch((error: unknown) => {
      throw new OverdampedError('E_BACKEND', `${reasonOf(error)}. Use --backend auto.`, `--backend ${name}`)
    })
    const refusal = refusalOf(backend, demands)
    if (refusal === null) return { backend, reason: 'named by the user' }
    await backend.close()
    throw new OverdampedError('E_BACKEND', `${refusal}. Use --backend auto or reference.`, `--backend ${name}`)
  }
  const passed: string[] = []
  for (const kind of kinds) {
    if (!kind.auto) continue
    try {
      const backend = await kind.open(threads)
      const refusal = refusalOf(backend, demands)
      if (refusal === null)
        return { backend, reason: `auto: the fastest that can run it here${passed.map((why) => `; ${why}`).join('')}` }
      passed.push(`not ${kind.name}: ${refusal}`)
      await backend.close()
    } catch (error) {
      passed.push(`not ${kind.name}: ${reasonOf(error)}`)
    }
  }
  throw new OverdampedError('E_BACKEND', `${passed.join('; ')}.`, '--backend auto')
}

/** Why a backend can't run one of what is asked; null when it can run all. */
function refusalOf(backend: Backend, demands: readonly Demand[]): string | null {
  return demands.map((demand) => backend.refusal(demand)).find((refusal) => refusal !== null) ?? null
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/ \[E_\w+\]$/, '') : String(error)
}
