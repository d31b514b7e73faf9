import type { Backend } from '../backend.js'
import { refusedByCompiled } from '../compiled/backend.js'
import type { Hooks } from '../hooks.js'
import { type BackendName, backendNames } from '../names.js'
import { createReference } from '../reference.js'

/** A backend of ours, before it is opened. */
export interface Kind {
  /** whether `auto` may take it */
  readonly auto: boolean
  readonly runs: string
  /** backends whose arithmetic has one name have the same bits: a run begun on one of them goes on with another */
  readonly arithmetic: string
  /** what refuses a scenario before the backend is loaded, which may take a while; else it is asked itself */
  readonly refusal?: Backend['refusal']
  /** loads it; `onNote` hears of what takes a while. @throws when the machine lacks what it needs, saying what */
  open(threads: number, onNote?: Hooks['onNote']): Promise<Backend>
}

/** What both kinds of compiled kernels have in common. */
const ofKernels = {
  auto: true,
  runs: 'built-in terms, formulas, hidden units; force matching and nudged force matching; euler-maruyama, leimkuhler-matthews; objectives; two-state units by flips and gibbs',
  arithmetic: 'kernels',
  refusal: refusedByCompiled,
}

/** A graphics card is taken only when it is named: its speed was never measured here. */
const kinds: Readonly<Record<BackendName, Kind>> = {
  native: {
    ...ofKernels,
    open: async (threads, onNote) => (await import('./native.js')).createThreadedNative(threads, onNote),
  },
  wasm: {
    ...ofKernels,
    open: async (threads) => (await import('./threads.js')).createThreadedWasm(threads),
  },
  reference: {
    auto: true,
    runs: 'everything',
    arithmetic: 'float64',
    open: async () => createReference(),
  },
  gpu: {
    auto: false,
    runs: 'built-in terms and force matching, on WebGPU',
    arithmetic: 'WebGPU',
    open: async () => (await import('../gpu/gpu.js')).createGpu(),
  },
}

/** The kind of a name. */
export function kindOf(name: BackendName): Kind {
  return kinds[name]
}

/** Backends that have the bits of one, fastest first: that one itself where it is none of ours. */
export function backendsLike(name: string): string[] {
  const kind = backendNames.find((known) => known === name)
  return kind === undefined
    ? [name]
    : backendNames.filter((other) => kindOf(other).arithmetic === kindOf(kind).arithmetic)
}
