import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { instantiateKernels } from './kernels.js'
import { control, takeShards, type WorkerInput } from './pool.js'
import { type Job, runShard } from './programs.js'

// A thread of the pool: sleeps until the turn changes, takes shards of the job until none is left, says that it is done.
const { module, memory, control: buffer, port, thread } = workerData as WorkerInput
const words = new Int32Array(buffer)
const kernels = instantiateKernels(module, memory)

for (let turn = 0; ; turn++) {
  Atomics.wait(words, control.turn, turn)
  try {
    const job = receiveMessageOnPort(port)?.message as Job
    takeShards(words, (shard) => runShard(kernels, memory, job, shard, thread))
  } catch (error) {
    port.postMessage(error instanceof Error ? error.message : String(error))
  }
  Atomics.add(words, control.finished, 1)
  Atomics.notify(words, control.finished)
}
