import { Worker } from 'node:worker_threads'
import { expect, test, vi } from 'vitest'
import { everyKernelTerm, networkWith } from '../../src/backend/native/small-systems.js'
import { createThreadedWasm } from '../../src/backend/node/threads.js'
import { waitWhile } from '../../src/backend/node/turns.js'
import { StoppedError } from '../../src/errors.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { constantProtocol } from '../../src/physics/protocol/protocol.js'
import { startedThreads } from '../started-threads.js'

const started = startedThreads()

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

/** A thread that tells whoever waits for one of these words that it has changed, so many times, though it has not. */
function falseAlarms(words: Int32Array, alarms: number, then: string): Promise<Worker> {
  const code = `const { parentPort, workerData: words } = require('node:worker_threads')
parentPort.postMessage('begun')
for (let n = 0; n < ${alarms}; n++) for (let word = 0; word < words.length; word++) Atomics.notify(words, word)
${then}`
  const worker = new Worker(code, { eval: true, workerData: words })
  return new Promise((done) => worker.once('message', () => done(worker)))
}

test('who is woken before the word has changed goes on waiting', async () => {
  const words = new Int32Array(new SharedArrayBuffer(4))
  const alarms = await falseAlarms(words, 1e6, 'Atomics.store(words, 0, 1)\nAtomics.notify(words, 0)')
  expect(waitWhile(words, 0, 0, 0)).toBe(true)
  expect(Atomics.load(words, 0)).toBe(1)
  await alarms.terminate()
})

test('threads that are woken a turn too late take no part in the next one', async () => {
  const batch = 1000
  const x = Float64Array.from({ length: 8 * batch }, (_, n) => Math.sin(n))
  const energyOf = (backend: ReturnType<typeof createThreadedWasm>) => {
    const energy = new Float64Array(batch)
    backend.arithmetic!(potential, { kT: 1, mobility: 1 }).forceAndEnergy(theta, x, batch, null, energy)
    return energy
  }
  // The small memories that are shared meanwhile: the pool's words.
  const shared: SharedArrayBuffer[] = []
  const Plain = SharedArrayBuffer
  vi.stubGlobal('SharedArrayBuffer', function create(bytes: number) {
    const buffer = new Plain(bytes)
    shared.push(buffer)
    return buffer
  })
  const backend = createThreadedWasm(3)
  vi.unstubAllGlobals()
  const expected = energyOf(backend)
  expect(shared).toHaveLength(1)
  const alarms = await falseAlarms(new Int32Array(shared[0]!), Infinity, '')
  for (let turn = 0; turn < 300; turn++) expect(energyOf(backend)).toEqual(expected)
  await alarms.terminate()
  await backend.close()
})
