import type { Worker } from 'node:worker_threads'
import { afterAll, afterEach, expect, test } from 'vitest'
import { everyKernelTerm, networkWith } from '../../src/backend/native/small-systems.js'
import { createThreadedWasm } from '../../src/backend/node/threads.js'
import { StoppedError } from '../../src/errors.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { constantProtocol } from '../../src/physics/protocol/protocol.js'

const started: Worker[] = []
const note = (worker: Worker) => started.push(worker)
process.on('worker', note)
afterEach(() => {
  started.length = 0
})
afterAll(() => {
  process.off('worker', note)
})

const { potential, theta } = everyKernelTerm(networkWith(8, 'all', 0))

function simulation(duration: number) {
  return {
    potential,
    protocol: constantProtocol(theta, duration, 0.001),
    bath: { kT: 1, mobility: 1 },
    start: gaussianStart(1, 0, 1),
    seed: 1,
    trajectories: 2000,
    batch: 256,
    integrator: 'euler-maruyama' as const,
    workAndHeat: null,
    observers: [],
  }
}

test('a thread that dies ends the run with an error that says so, at once', async () => {
  const backend = createThreadedWasm(3)
  const running = backend.simulate(simulation(100), {})
  setTimeout(() => started[1]!.terminate(), 50)
  await expect(running).rejects.toThrow(/thread 2 ended.*--threads 1.*\[E_BACKEND\]/)
  // Nothing can run on what is left of it.
  await expect(backend.simulate(simulation(0.01), {})).rejects.toThrow(/E_BACKEND/)
  await backend.close()
})

test('threads start with the first job that has work for them', async () => {
  const backend = createThreadedWasm(3)
  // Sixty-four trajectories are one share of work.
  await backend.simulate({ ...simulation(0.01), trajectories: 64 }, {})
  expect(started).toHaveLength(0)
  await backend.simulate(simulation(0.01), {})
  expect(started).toHaveLength(2)
  await backend.close()
})

test('a stopped run gives its threads back', async () => {
  const backend = createThreadedWasm(2)
  const controller = new AbortController()
  const running = backend.simulate(simulation(100), { signal: controller.signal, onProgress: () => controller.abort() })
  await expect(running).rejects.toThrow(StoppedError)
  expect((await backend.simulate(simulation(0.01), {})).final.count).toBe(simulation(0.01).trajectories)
  await backend.close()
})
