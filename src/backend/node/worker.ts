import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { type Job, runShard } from '../compiled/programs.js'
import { viewsOf } from '../wasm/memory.js'
import { kernelsOn } from './kernel-source.js'
import { nativeThread } from './native-thread.js'
import { controlWords, finishTurn, receivingJobs, takeShards, type WorkerInput, waitWhile } from './turns.js'

// A thread of the pool: sleeps until the turn changes, takes shards of the job until none is left, says that it is done.
const { kernels: given, memory, control: buffer, port, thread, spins } = workerData as WorkerInput
const words = new Int32Array(buffer)
// First of all, so that whoever waits asleep can tell that this thread has died.
Atomics.store(words, controlWords.words + thread, nativeThread() ?? 0)
const views = viewsOf(memory)
const kernels = kernelsOn(memory, given)

/** The next job. It was posted before the turn changed, but Node may show it a few milliseconds later. */
function receive(): Job {
  for (;;) {
    const received = receiveMessageOnPort(port)
    if (received !== undefined) return received.message as Job
  }
}

const jobOfTurn = receivingJobs(words, receive)
for (let turn = 0; ; turn++) {
  waitWhile(words, controlWords.turn, turn, spins)
  try {
    const job = jobOfTurn()
    takeShards(words, (shard) => runShard(kernels, views, job, shard, thread))
  } catch (error) {
    port.postMessage(error instanceof Error ? error.message : String(error))
    Atomics.add(words, controlWords.failed, 1)
  }
  finishTurn(words)
}
