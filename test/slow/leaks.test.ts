import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { everyKernelTerm, networkWith } from '../../src/backend/native/small-systems.js'
import { openBackend } from '../../src/backend/node/open.js'
import { simulationOf } from '../../src/backend/simulation.js'
import { callingThread, type JobInput, type JobKind } from '../../src/experiment/executor/executor.js'
import { createThreads } from '../../src/experiment/executor/threads.js'
import { digitFigures } from '../../src/experiment/measurement/digit-figures.js'
import { constantProtocol } from '../../src/physics/protocol/protocol.js'
import { command } from '../command.js'
import { nativeLibrary } from '../native.js'
import { runFolders } from '../run-folder.js'
import { state } from '../soak/state.js'

const folder = runFolders()
const library = await nativeLibrary()

/** What must not grow, of a process as it is now; files that others leave in the suite's folder aside. */
async function counted() {
  const { threads, descriptors, resources, listeners, contexts } = await state()
  return { threads, descriptors, resources, listeners, contexts }
}

describe.each(['wasm', 'native'] as const)('%s', (name) => {
  const { potential, theta } = everyKernelTerm(networkWith(8, 'all', 0))
  // Four shards, so that a second thread has work.
  const simulation = simulationOf({ potential, protocol: constantProtocol(theta, 0.1, 0.01), trajectories: 256 })
  const openAndClose = async (times: number, work: boolean) => {
    for (let n = 0; n < times; n++) {
      const { backend } = await openBackend({ backend: name, threads: 2 }, [{ ...simulation, rule: null }])
      if (work) await backend.simulate(simulation)
      await backend.close()
    }
  }

  test.skipIf(name === 'native' && library === null)(
    'opened and closed two hundred times, with threads at work in twenty of them, leaves no thread, descriptor or memory',
    async () => {
      await openAndClose(2, true)
      const [before, { virtual }] = [await counted(), await state()]
      await openAndClose(180, false)
      await openAndClose(20, true)
      expect(await counted()).toEqual(before)
      // Each has a memory, which takes 2 GiB of address space.
      expect((await state()).virtual - virtual).toBeLessThan(2 ** 31)
    },
  )
})

describe('an executor', () => {
  const nothing: JobKind<JobInput, number> = { name: 'nothing', writes: 'nothing', run: async ({ index }) => index }
  const failing = { ...nothing, run: () => Promise.reject(new RangeError('it failed')) }
  const jobs = [0, 1, 2].map((index) => ({ scenario: {} as never, seed: 1, index }))
  /** What a signal keeps of others that follow it, where Node says so. */
  const followers = (signal: AbortSignal) =>
    Object.getOwnPropertySymbols(signal)
      .map((key) => (signal as unknown as Record<symbol, unknown>)[key])
      .reduce<number>((sum, value) => sum + (value instanceof Set ? value.size : 0), 0)

  test('leaves nothing at the signal of its caller, whether its jobs succeed or fail', async () => {
    const { signal } = new AbortController()
    for (let n = 0; n < 20; n++) {
      expect(await callingThread.map(nothing, jobs, { signal })).toEqual([0, 1, 2])
      await expect(callingThread.map(failing, jobs, { signal })).rejects.toThrow('it failed')
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    expect(followers(signal)).toBe(0)
  })

  test('leaves no thread and no open file of jobs that failed, or were stopped at any time', async () => {
    const once = async (signal?: AbortSignal) => {
      const threads = createThreads(2)
      // Its input is none: it fails there.
      await expect(threads.map(digitFigures as never, jobs, { signal })).rejects.toThrow()
      await threads.close()
    }
    const began = performance.now()
    await once()
    const took = performance.now() - began
    const before = await counted()
    // As they start they read dozens of files.
    for (let n = 0; n <= 12; n++) await once(AbortSignal.timeout(Math.round((n * took) / 10)))
    expect(await counted()).toEqual(before)
  })
})

test('commands listen to signals as long as they run: done, stopped or failed', async () => {
  const small = [
    'run',
    'scenarios/double-well.yaml',
    '--set',
    'checks=[]',
    '--set',
    'sampling.trajectories=64',
    '--quiet',
    '--out',
  ]
  const [before, terminate] = [await counted(), process.listenerCount('SIGTERM')]
  expect((await command(...small, folder())).status).toBe(0)
  expect((await command(...small, folder(), '--set', 'protocol.parameters.quartic=1e9')).status).toBe(1)
  const stop = setInterval(() => {
    if (process.listenerCount('SIGTERM') === terminate) return
    clearInterval(stop)
    process.emit('SIGTERM')
  }, 20)
  const long = ['--set', 'sampling.trajectories=100000']
  expect((await command(...small, folder(), ...long)).status).toBe(75)
  expect((await counted()).listeners).toBe(before.listeners)
})
