import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { OverdampedError } from '../../errors.js'
import type { Backend } from '../backend.js'
import { compiledBackend } from '../compiled/backend.js'
import { type Job, type Pool, runShard } from '../compiled/programs.js'
import { breathe } from '../hooks.js'
import { createArena, createMemory, viewsOf } from '../wasm/memory.js'
import { type KernelSource, kernelsOn, wasmSource } from './kernel-source.js'
import { isThreadAlive } from './native-thread.js'
import { packageRoot } from './package-root.js'
import { type KernelPool, lentPool } from './pools.js'
import { controlWords, createJobs, openTurn, takeShards, type WorkerInput, waitWhile } from './turns.js'

/** How long the calling thread sleeps before it looks whether a worker died, in ms. */
const patience = 50
/**
 * How long it waits for a worker where it can hear no events nor ask whether it lives, in ms: a turn takes milliseconds, the start of
 * a thread a second.
 */
const silence = 60_000

/**
 * Waking a sleeping thread takes tens of microseconds, and training has a new job every millisecond: threads look this often
 * (about 0.1 ms) before they sleep, where each has a core of its own.
 */
const looks = 50_000

/**
 * The kernels as WebAssembly on Node's threads, with SIMD.
 *
 * @throws Error when this engine has no WebAssembly SIMD or no shared memory
 */
export function createThreadedWasm(threads: number): Backend {
  return createThreaded(wasmSource, threads)
}

/**
 * Kernels on Node's threads, which share their memory. They divide a step of one simulation, a turn of a millisecond or less;
 * whole runs that share nothing are jobs of an executor (experiment/executor/), and each may have such threads.
 *
 * @throws Error when the kernels can't run here
 */
export function createThreaded(source: KernelSource, threads: number): Backend {
  const { arena, pool } = lentPool(`${source.traits.name} ${threads}`, () => createPool(source, threads))
  return compiledBackend(arena, pool)
}

/**
 * A pool over a memory of its own, whose `threads - 1` workers start with the first job that has work for them.
 *
 * @throws Error when the kernels can't run here
 */
export function createPool({ traits, forThreads }: KernelSource, threads: number): KernelPool {
  const memory = createMemory(true)
  const arena = createArena(memory)
  const given = forThreads(arena, threads)
  const kernels = kernelsOn(memory, given[0]!)
  const views = viewsOf(memory)
  const buffer = new SharedArrayBuffer(4 * (controlWords.words + threads))
  const words = new Int32Array(buffer)
  const spins = threads <= availableParallelism() ? looks : 0
  const crew: Hand[] = []
  const inputOf = (thread: number) => ({
    ...{ kernels: given[thread]!, memory },
    ...{ control: buffer, thread, spins },
  })
  let failure: string | null = null
  const fail = (why: string) => {
    failure ??= why
  }
  const check = () => {
    if (failure !== null)
      throw new OverdampedError('E_BACKEND', `${failure}. Run again, with --threads 1 if it persists.`, traits.name, 1)
  }

  const tell = createJobs<Job>(words, (job) => {
    for (const { port } of crew) port.postMessage(job)
  })
  const open = (job: Job, shards: number) => {
    check()
    while (crew.length < threads - 1) crew.push(startThread(inputOf(crew.length + 1), fail))
    tell(job)
    openTurn(words, shards)
  }
  const take = (job: Job) => takeShards(words, (shard) => runShard(kernels, views, job, shard, 0))
  const end = () => {
    if (words[controlWords.failed] === 0) return check()
    for (const [n, { port }] of crew.entries()) {
      const message = receiveMessageOnPort(port)
      if (message !== undefined) fail(`thread ${n + 1} failed: ${String(message.message)}`)
    }
    check()
  }

  const alone = (job: Job) => {
    check()
    runShard(kernels, views, job, 0, 0)
  }

  const pool: Pool = {
    traits,
    threads,
    kernels,
    async run(job, shards) {
      // Nothing to share: waking a thread and waiting for it takes longer than a shard of a small minibatch.
      if (shards === 1) return alone(job)
      open(job, shards)
      try {
        take(job)
      } finally {
        await allFinished(words, crew.length, spins, check)
      }
      end()
    },
    runNow(job, shards) {
      if (shards === 1) return alone(job)
      open(job, shards)
      try {
        take(job)
      } finally {
        finishedNow(words, crew.length, spins, fail)
      }
      end()
    },
    async close() {
      fail('the backend was closed')
      await Promise.all(crew.map(({ worker }) => worker.terminate()))
    },
  }
  return { arena, pool, isWhole: () => failure === null }
}

/** A worker, and the port through which it is told its jobs. */
interface Hand {
  readonly worker: Worker
  readonly port: MessagePort
}

/** Starts a worker, which keeps no process alive. `fail` hears why it died, if it does. */
function startThread(input: Omit<WorkerInput, 'port'>, fail: (why: string) => void): Hand {
  const { port1, port2 } = new MessageChannel()
  port1.unref()
  const worker = new Worker(join(packageRoot(), 'dist', 'threads', 'worker.js'), {
    workerData: { ...input, port: port2 } satisfies WorkerInput,
    transferList: [port2],
  })
  worker.unref()
  worker.on('error', (error) => fail(`thread ${input.thread} failed: ${error.message}`))
  worker.on('exit', (code) => fail(`thread ${input.thread} ended (exit code ${code})`))
  return { worker, port: port1 }
}

/** Waits like allFinished, but asleep: of a worker that died nothing is heard, so the system is asked for it. */
function finishedNow(words: Int32Array, workers: number, spins: number, fail: (why: string) => void): void {
  let waited = 0
  for (;;) {
    const finished = Atomics.load(words, controlWords.finished)
    if (finished >= workers) return
    if (waitWhile(words, controlWords.finished, finished, spins, patience)) {
      waited = 0
      continue
    }
    waited += patience
    const dead = Array.from({ length: workers }, (_, n) => n + 1).find((thread) => hasDied(words, thread))
    if (dead === undefined && waited < silence) continue
    fail(dead === undefined ? `a thread has not finished for ${silence / 1000} s` : `thread ${dead} ended`)
    return
  }
}

/** Whether a worker that had begun is no more; false where the system does not say. */
function hasDied(words: Int32Array, thread: number): boolean {
  const number = Atomics.load(words, controlWords.words + thread)
  return number > 0 && !isThreadAlive(number)
}

/** Waits until so many workers have finished their turn. `check` throws when one died: it will never be counted. */
async function allFinished(words: Int32Array, workers: number, spins: number, check: () => void): Promise<void> {
  for (;;) {
    const finished = Atomics.load(words, controlWords.finished)
    if (finished >= workers) return
    // Asleep, this thread hears no events.
    if (waitWhile(words, controlWords.finished, finished, spins, patience)) continue
    await breathe()
    check()
  }
}
