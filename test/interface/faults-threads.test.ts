import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { rolldown } from 'rolldown'
import { describe, expect, test } from 'vitest'
import { everyKernelTerm, networkWith } from '../../src/backend/native/small-systems.js'
import { createThreadedWasm } from '../../src/backend/node/threads.js'
import { createThreads } from '../../src/experiment/executor/threads.js'
import type { RunOptions } from '../../src/experiment/record/recorded.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import { parseGrid } from '../../src/experiment/sweep/axes.js'
import { sweep } from '../../src/experiment/sweep/sweep.js'
import { contentsOf } from '../every-write.js'
import { fileFolder, runFolders } from '../run-folder.js'
import { startedThreads } from '../started-threads.js'

// Threads that die while others wait for them.

const folder = runFolders()
const root = fileFolder()
const started = startedThreads()

/** Longest that a death may go unnoticed, in ms: a second or so, on a machine that has other work. */
const soon = 3_000

test('of a thread that died whoever waits asleep hears at once', async () => {
  const { potential, theta } = everyKernelTerm(networkWith(8, 'all', 0))
  const backend = createThreadedWasm(3)
  const { forceAndEnergy } = backend.arithmetic!(potential, { kT: 1, mobility: 1 })
  const batch = 2000
  const [x, energy] = [new Float64Array(8 * batch), new Float64Array(batch)]
  forceAndEnergy(theta, x, batch, null, energy)
  await breathe()
  expect(started).toHaveLength(2)
  void started[0]!.terminate()
  const begun = performance.now()
  // No event of its death can come: nothing is awaited.
  expect(() => forceAndEnergy(theta, x, batch, null, energy)).toThrow(/thread 1 ended.*--threads 1.*\[E_BACKEND\]/)
  expect(performance.now() - begun).toBeLessThan(soon)
  expect(() => forceAndEnergy(theta, x, batch, null, energy)).toThrow(/E_BACKEND/)
  await backend.close()
})

/** A run whose threads are killed when it has told of its progress so often. */
interface Killed {
  readonly scenario: () => ReturnType<typeof loadScenario>
  readonly options: Partial<RunOptions>
  readonly moments: readonly number[]
}

const killed: Record<string, Killed> = {
  'a training on the kernels': {
    scenario: () =>
      loadScenario('scenarios/gaussian-mixture-2d.yaml', {
        set: [
          ...['noising.slices=4', 'learning.iterations=20', 'learning.batch=512', 'sampling.trajectories=600'],
          ...['data.samples=600', 'checks=[]', 'observe=[work,heat]'],
        ],
      }),
    options: { backend: 'wasm', threads: 3, checkpointInterval: 0 },
    moments: [30, 70],
  },
  'a plain simulation on the kernels': {
    scenario: () =>
      loadScenario('scenarios/double-well.yaml', {
        set: ['sampling.trajectories=2000', 'sampling.batch=500', 'checks=[]', 'observe=[work,heat]'],
      }),
    options: { backend: 'wasm', threads: 3, checkpointInterval: 0 },
    moments: [2, 12],
  },
  'the repetitions of a study': {
    scenario: () =>
      parseScenario(
        `name: study
data: { source: gaussian-mixture, means: [[-5], [5]], width: 1, weights: [1, 3], samples: 200 }
network: { visible: { units: 1 } }
potential: { onsite: [], features: { wells: { centres: [[-5], [5]] } } }
objective: { kind: jarzynski, control: true, iterations: 10, optimizer: { kind: sgd, rate: 1.2 }, walkers: 200, repeats: 2 }
`,
        'study.yaml',
      ),
    options: { backend: 'reference', threads: 2, checkpointInterval: 0 },
    moments: [1, 50],
  },
}

describe.each(Object.entries(killed))('%s', (name, { scenario, options, moments }) => {
  const whole = join(root, name.replaceAll(' ', '-'))
  test('of which a thread is killed ends in a named error at once, and goes on to the same end', async () => {
    let told = 0
    await run(await scenario(), { ...options, directory: whole, onProgress: () => told++ })
    const contents = contentsOf(whole)
    for (const moment of moments) {
      const directory = folder()
      started.length = 0
      let [count, died] = [0, 0]
      const running = run(await scenario(), {
        ...{ ...options, directory },
        onProgress: () => {
          if (++count !== moment) return
          died = performance.now()
          void started.at(-1)!.terminate()
        },
      })
      await expect(running, `killed at ${moment} of ${told}`).rejects.toMatchObject({
        ...{ name: 'OverdampedError', code: 'E_BACKEND', exitCode: 1 },
        text: expect.stringMatching(/ended.*--threads 1/),
      })
      expect(performance.now() - died).toBeLessThan(soon)
      await run(await scenario(), { ...options, directory, resume: true })
      expect(contentsOf(directory), `killed at ${moment} of ${told}`).toEqual(contents)
    }
  }, 120_000)
})

test('a point of a sweep whose thread is killed is named as one that failed, the others run, and it goes on in the same process', async () => {
  const swept = (directory: string, executor = createThreads(2), onProgress?: () => void) =>
    sweep({
      scenario: 'scenarios/ornstein-uhlenbeck.yaml',
      set: ['sampling.trajectories=2000', 'protocol.duration=5', 'checks=[]', 'observe=[work,heat]'],
      axes: parseGrid(['protocol.parameters.stiffness=1,2']),
      ...{ directory, executor, onProgress, backend: 'reference', threads: 2 },
    }).finally(() => executor.close())
  const directory = folder()
  const lock = join(directory, 'stiffness=1', 'run.lock')
  let isKilled = false
  const { points } = await swept(directory, createThreads(2), () => {
    if (isKilled || !existsSync(lock)) return
    isKilled = true
    void started[0]!.terminate()
  })
  expect(points.map(({ status }) => status)).toEqual(['failed', 'finished'])
  expect(points[0]!.error).toMatch(/^point 1 \(seed \d+\): its thread ended.*\[E_BACKEND\]$/)
  // The lock that the thread left names this process, which lives.
  if (process.platform === 'linux') expect(existsSync(lock)).toBe(true)
  await swept(directory)
  const whole = folder()
  await swept(whole)
  expect(contentsOf(directory)).toEqual(contentsOf(whole))
}, 120_000)

test('a job that fills its memory is named, and the next one is done', async () => {
  const build = await rolldown({
    input: { thread: 'test/jobs/thread.ts', hoard: 'test/jobs/hoard.ts' },
    platform: 'node',
  })
  await build.write({ dir: root, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' })
  await build.close()
  const args = ['--max-old-space-size=60', join(root, 'hoard.mjs'), join(root, 'thread.mjs')]
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 50_000 })
  expect(stdout).toMatch(/^probe 1 \(seed 7\): its thread ended \(exit code 1\): .*memory.*\[E_BACKEND\]\n4\n$/)
  expect(status).toBe(0)
})
