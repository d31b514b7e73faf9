import type { MessagePort } from 'node:worker_threads'
import type { ThreadKernels } from './kernel-source.js'

/** Words of the memory through which threads find their work. Behind them each has one, which holds its number (`nativeThread`). */
export const controlWords = {
  turn: 0,
  nextShard: 1,
  shards: 2,
  finished: 3,
  posted: 4,
  job: 5,
  failed: 6,
  words: 7,
} as const

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

/**
 * Waits while a word has a value: awake at first, then asleep for at most `most` ms; false when that passed. To be woken is no sign
 * that the word has changed: a thread that is put aside between changing it and telling so tells it a turn too late.
 */
export function waitWhile(words: Int32Array, word: number, value: number, spins: number, most?: number): boolean {
  for (let n = 0; n < spins; n++) if (Atomics.load(words, word) !== value) return true
  while (Atomics.load(words, word) === value) if (Atomics.wait(words, word, value, most) === 'timed-out') return false
  return true
}

/** The last jobs that were posted, which every thread keeps: to post one takes longer than a step of descent. */
const jobsKept = 4

/** Jobs that threads know by number: the caller's side. */
export function createJobs<Job extends object>(words: Int32Array, post: (job: Job) => void) {
  const kept: Job[] = []
  let posted = 0
  return (job: Job) => {
    let slot = kept.findIndex((other) => isSame(other, job))
    if (slot < 0) {
      slot = posted++ % jobsKept
      kept[slot] = job
      post(job)
    }
    words[controlWords.posted] = posted
    words[controlWords.job] = slot
  }
}

/** The side of a thread: the job of its turn. */
export function receivingJobs<Job>(words: Int32Array, receive: () => Job): () => Job {
  const kept: Job[] = []
  let received = 0
  return () => {
    for (; received < words[controlWords.posted]!; received++) kept[received % jobsKept] = receive()
    return kept[words[controlWords.job]!]!
  }
}

function isSame<T extends object>(a: T, b: T): boolean {
  for (const key in b) if (a[key] !== b[key]) return false
  return Object.keys(a).length === Object.keys(b).length
}

/** Opens a turn of so many shards to the threads that wait for one. */
export function openTurn(words: Int32Array, shards: number): void {
  words[controlWords.nextShard] = 0
  words[controlWords.shards] = shards
  words[controlWords.finished] = 0
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
