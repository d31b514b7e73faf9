import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What a process holds. Memory in bytes, all else counted. */
export interface State {
  /** what JavaScript holds: the heap after collection, and what is outside of it (typed arrays, memories of WebAssembly) */
  readonly held: number
  readonly heapUsed: number
  readonly external: number
  readonly arrayBuffers: number
  /** what the system counts: all of it, and what is of no file */
  readonly rss: number
  readonly anonymous: number
  /** address space: each memory of WebAssembly reserves gigabytes */
  readonly virtual: number
  readonly threads: number
  readonly descriptors: number
  /** what keeps the event loop alive, or could */
  readonly resources: number
  /** of `process` and its streams */
  readonly listeners: number
  /** of JavaScript in this thread */
  readonly contexts: number
  readonly mappings: number
  /** in the folder of temporary files */
  readonly leftFiles: number
}

/** What must not grow at all. */
export const counts = ['threads', 'descriptors', 'resources', 'listeners', 'contexts', 'leftFiles'] as const

/** Looks at the process, once what it has let go is collected. Of what the system says only Linux tells; elsewhere it is 0. */
export async function state(): Promise<State> {
  await collect()
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage()
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : ''
  const ofStatus = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
  return {
    held: heapUsed + external,
    ...{ heapUsed, external, arrayBuffers, rss },
    anonymous: 1024 * ofStatus('RssAnon'),
    virtual: 1024 * ofStatus('VmSize'),
    threads: ofStatus('Threads'),
    descriptors: entries('/proc/self/fd'),
    resources: process.getActiveResourcesInfo().length,
    listeners: [process, process.stdout, process.stderr].map(listenersOf).reduce((sum, n) => sum + n),
    contexts: getHeapStatistics().number_of_native_contexts,
    mappings: existsSync('/proc/self/maps') ? readFileSync('/proc/self/maps', 'utf8').split('\n').length : 0,
    leftFiles: entries(tmpdir()),
  }
}

/** What finalizers let go is collected the next time; they and ended threads are heard of when the event loop turns. */
async function collect(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) {
    gc()
    await wait(25)
  }
  gc()
}

// As --expose-gc would, for processes that somebody else has started.
setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

const entries = (folder: string) => (existsSync(folder) ? readdirSync(folder).length : 0)
const listenersOf = (emitter: NodeJS.EventEmitter) =>
  emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0)
