import type { Worker } from 'node:worker_threads'
import { afterAll, afterEach } from 'vitest'

/** The threads that this process has started during the test that runs. Called at the top of a file. */
export function startedThreads(): Worker[] {
  const started: Worker[] = []
  const note = (worker: Worker) => started.push(worker)
  process.on('worker', note)
  afterEach(() => {
    started.length = 0
  })
  afterAll(() => {
    process.off('worker', note)
  })
  return started
}
