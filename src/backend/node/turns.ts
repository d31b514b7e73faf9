import type { MessagePort } from 'node:worker_threads'
import type { ThreadKernels } from './kernel-source.js'

/** Words of the memory through which threads find their work. */
export const controlWords = { turn: 0, nextShard: 1, shards: 2, finished: 3, words: 4 } as const

/** What a worker is given at its start. */
export interface WorkerInput {
  readonly kernels: ThreadKernels
  readonly memory: WebAssembly.Memory
  readonly control: SharedArrayBuffer
  readonly port: MessagePort
  readonly thread: number
  /** looks at the turn before it sleeps; see waitWhile */
  readonly spins: number
}

/** Waits while a word has a value: awake at first, then asleep for at most `most` ms; false when that passed. */
export function waitWhile(words: Int32Array, word: number, value: number, spins: number, most?: number): boolean {
  for (let n = 0; n < spins; n++) if (Atomics.load(words, word) !== value) return true
  return Atomics.wait(words, word, value, most) !== 'timed-out'
}

/** Opens a turn of so many shards to the threads that wait for one. */
export function openTurn(words: Int32Array, shards: number, post: () => void): void {
  words[controlWords.nextShard] = 0
  words[controlWords.shards] = shards
  words[controlWords.finished] = 0
  post()
  Atomics.add(words, controlWords.turn, 1)
  Atomics.notify(words, controlWords.turn)
}

/** Takes shards until none is left. */
export function takeShards(words: Int32Array, run: (shard: number) => void): void {
  for (;;) {
    const shard = Atomics.add(words, controlWords.nextShard, 1)
    if (shard >= words[controlWords.shards]!) return
    run(shard)
  }
}

/** Says that a thread has finished its turn. */
export function finishTurn(words: Int32Array): void {
  Atomics.add(words, controlWords.finished, 1)
  Atomics.notify(words, controlWords.finished)
}
