import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { OverdampedError } from '../../errors.js'
import { type Job, runShard } from '../compiled/programs.js'
import { breathe } from '../hooks.js'
import { packageRoot } from '../package-root.js'
import { compileKernels, instantiateKernels, type Kernels } from './kernels.js'
import type { Arena } from './memory.js'

/** Words of the memory through which threads find their work. */
export const control = { turn: 0, nextShard: 1, shards: 2, finished: 3, words: 4 } as const

/** What a worker is given at its start. */
export interface WorkerInput {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  readonly control: SharedArrayBuffer
  readonly port: MessagePort
  readonly thread: number
  /** looks at the turn before it sleeps; see spins */
  readonly spins: number
}

/** Threads over one shared memory; the calling thread is one of them. */
export interface Pool {
  readonly threads: number
  /** the calling thread's own */
  readonly kernels: Kernels
  /**
   * Runs the shards of a job, each once, by whichever thread is free.
   *
   * @throws E_BACKEND when a thread failed or died; the pool can't be used after that
   */
  run(job: Job, shards: number): Promise<void>
  close(): Promise<void>
}

/** How long the calling thread sleeps before it looks whether a worker died, in ms. */
const patience = 50

/**
 * Waking a sleeping thread takes tens of microseconds, and training has a new job every millisecond: threads look this often
 * (about 0.1 ms) before they sleep, where each has a core of its own.
 */
const looks = 50_000

/** Waits while a word has a value: awake at first, then asleep for at most `most` ms; false when that passed. */
export function waitWhile(words: Int32Array, word: number, value: number, spins: number, most?: number): boolean {
  for (let n = 0; n < spins; n++) if (Atomics.load(words, word) !== value) return true
  return Atomics.wait(words, word, value, most) !== 'timed-out'
}

/**
 * A pool whose `threads - 1` workers start with the first job that has work for them.
 *
 * @throws Error when the kernels can't run here
 */
export function createPool(arena: Arena, threads: number): Pool {
  const module = compileKernels()
  const kernels = instantiateKernels(module, arena.memory)
  const buffer = new SharedArrayBuffer(4 * control.words)
  const words = new Int32Array(buffer)
  let failure: string | null = null
  const spins = threads <= availableParallelism() ? looks : 0
  const ports: MessagePort[] = []
  const workers: Worker[] = []
  const start = (thread: number) => {
    const { port1, port2 } = new MessageChannel()
    port1.unref()
    ports.push(port1)
    const input: WorkerInput = { module, memory: arena.memory, control: buffer, port: port2, thread, spins }
    const worker = new Worker(join(packageRoot(), 'dist', 'wasm', 'worker.js'), {
      workerData: input,
      transferList: [port2],
    })
    worker.unref()
    worker.on('error', (error) => {
      failure ??= `thread ${thread} failed: ${error.message}`
    })
    worker.on('exit', (code) => {
      failure ??= `thread ${thread} ended (exit code ${code})`
    })
    workers.push(worker)
  }
  const check = () => {
    if (failure !== null)
      throw new OverdampedError('E_BACKEND', `${failure}. Run again, with --threads 1 if it persists.`, 'wasm', 1)
  }

  return {
    threads,
    kernels,
    async run(job, shards) {
      check()
      // Nothing to share: waking a thread and waiting for it takes longer than a shard of a small minibatch.
      if (shards === 1) return runShard(kernels, arena.memory, job, 0, 0)
      while (workers.length < threads - 1) start(workers.length + 1)
      words[control.nextShard] = 0
      words[control.shards] = shards
      words[control.finished] = 0
      for (const port of ports) port.postMessage(job)
      Atomics.add(words, control.turn, 1)
      Atomics.notify(words, control.turn)
      try {
        takeShards(words, (shard) => runShard(kernels, arena.memory, job, shard, 0))
      } finally {
        for (;;) {
          const finished = Atomics.load(words, control.finished)
          if (finished >= workers.length) break
          // Asleep, this thread hears no events; a worker that died will never be counted.
          if (!waitWhile(words, control.finished, finished, spins, patience)) {
            await breathe()
            check()
          }
        }
      }
      for (const [n, port] of ports.entries()) {
        const message = receiveMessageOnPort(port)
        if (message !== undefined) failure ??= `thread ${n + 1} failed: ${String(message.message)}`
      }
      check()
    },
    async close() {
      failure ??= 'the backend was closed'
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

/** Takes shards until none is left. */
export function takeShards(words: Int32Array, run: (shard: number) => void): void {
  for (;;) {
    const shard = Atomics.add(words, control.nextShard, 1)
    if (shard >= words[control.shards]!) return
    run(shard)
  }
}
