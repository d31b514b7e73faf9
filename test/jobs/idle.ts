import { createThreads } from '../../src/experiment/executor/threads.js'
import { probe } from './probe.js'

// A program that does a job in a thread, and ends without closing the executor.
const scenario = {} as never
const { log } = console
const [drawn] = await createThreads(2, process.argv[2]!).map(probe, [
  { scenario, seed: 1, index: 0, act: 'draw', after: 0, file: '' },
])
log(drawn!.normals.length)
