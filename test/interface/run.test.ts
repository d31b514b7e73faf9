import { createHash } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StoppedError } from '../../src/errors.js'
import { decodeNpy } from '../../src/experiment/files/npy.js'
import { decodeSafetensors } from '../../src/experiment/files/safetensors.js'
import { run as runOnThreads } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { nativeLibrary } from '../native.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()
// Runs as small as these have work for one thread.
const run: typeof runOnThreads = (scenario, options) => runOnThreads(scenario, { threads: 1, ...options })

/** What auto takes here. */
const kernels = (await nativeLibrary()) === null ? 'wasm' : 'native'

/** A run that takes a fraction of a second and has every part of a real one. */
const small = (set: string[] = []) =>
  loadScenario('scenarios/gaussian-mixture-2d.yaml', {
    set: [
      'noising.slices=5',
      'learning.iterations=12',
      'learning.batch=64',
      'sampling.trajectories=100',
      'sampling.batch=64',
      'data.samples=200',
      'checks=[first-law]',
      'observe=[work,heat,entropy-production,virial,trajectories]',
      ...set,
    ],
  })

const bytes = (directory: string, name: string) =>
  createHash('sha256')
    .update(readFileSync(join(directory, name)))
    .digest('hex')

/** Files that hold no times: they must repeat to the byte. */
const repeatable = [
  'scenario.yaml',
  'metrics.jsonl',
  'parameters.safetensors',
  'checkpoint.safetensors',
  'samples.npy',
  'samples-denoised.npy',
  'trajectories.npz',
  'landscape.npz',
  'thermodynamics.npz',
  'comparison.npz',
  'virial.npz',
]
const hashes = (directory: string) => Object.fromEntries(repeatable.map((name) => [name, bytes(directory, name)]))

test('a run leaves a complete directory, and a repeated run the same bytes', async () => {
  const [a, b] = [folder(), folder()]
  const results = await run(await small(), { directory: a })
  expect(readdirSync(a).sort()).toEqual([...repeatable, 'manifest.json', 'results.json'].sort())
  expect(JSON.parse(readFileSync(join(a, 'results.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(results)))
  expect(JSON.parse(readFileSync(join(a, 'manifest.json'), 'utf8'))).toMatchObject({
    exitReason: 'finished',
    seed: 1,
    backend: { name: kernels },
    scenario: { name: 'gaussian-mixture-2d' },
  })
  await run(await small(), { directory: b })
  expect(hashes(b)).toEqual(hashes(a))
})

describe('of one run', () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'overdamped-whole-')), 'run')
  beforeAll(async () => {
    await run(await small(), { directory })
  })
  afterAll(() => rmSync(dirname(directory), { recursive: true, force: true }))

  test('samples.npy has the shape of the ensemble and parameters that of the network', () => {
    const samples = decodeNpy(new Uint8Array(readFileSync(join(directory, 'samples.npy'))), 'samples.npy')
    expect(samples.shape).toEqual([100, 2])
    const { tensors } = decodeSafetensors(
      new Uint8Array(readFileSync(join(directory, 'parameters.safetensors'))),
      'parameters',
    )
    expect(tensors.stiffness?.shape).toEqual([6, 2])
    expect(tensors['pair-quartic']?.shape).toEqual([6, 1])
    expect([...tensors.edges!.data]).toEqual([0, 1])
  })

  test.each([...new Set([kernels, 'wasm', 'reference'] as const)])(
    'samples on %s are the same bytes for sampling.batch 1, 7, 64 and 1000, and others for another seed',
    async (backend) => {
      const samples = async (set: string) => {
        const other = folder()
        await run(await small([set]), { directory: other, parametersFrom: directory, backend })
        return bytes(other, 'samples.npy')
      }
      const whole = await samples('sampling.batch=64')
      for (const batch of [1, 7, 1000]) expect(await samples(`sampling.batch=${batch}`)).toBe(whole)
      expect(await samples('seed=3')).not.toBe(whole)
    },
  )

  test.each([
    [5, 'auto', 'auto'],
    [36, 'wasm', kernels],
    [40, kernels, 'wasm'],
    [71, 'wasm', 'auto'],
  ] as const)(
    'training stopped at iteration %i on %s and resumed on %s repeats an uninterrupted run bit by bit',
    async (stopAt, begun, resumed) => {
      const parts = folder()
      const controller = new AbortController()
      const stopped = run(await small(), {
        directory: parts,
        backend: begun,
        signal: controller.signal,
        onProgress: ({ phase, done }) => {
          if (phase === 'train' && done === stopAt) controller.abort()
        },
      })
      await expect(stopped).rejects.toThrow(StoppedError)
      expect(JSON.parse(readFileSync(join(parts, 'manifest.json'), 'utf8')).exitReason).toBe('stopped')
      expect(existsSync(join(parts, 'results.json'))).toBe(false)
      // What a killed run may have written after its last checkpoint is dropped.
      appendFileSync(join(parts, 'metrics.jsonl'), '{"kind":"iteration","slice":9')
      await run(await small(), { directory: parts, resume: true, backend: resumed })
      expect(hashes(parts)).toEqual(hashes(directory))
      const { backend } = JSON.parse(readFileSync(join(parts, 'manifest.json'), 'utf8'))
      expect(backend.name).toBe(resumed === 'auto' ? kernels : resumed)
    },
  )
})

test('resume starts a run where there is none and leaves a finished one alone', async () => {
  const directory = folder()
  const results = await run(await small(), { directory, resume: true })
  const before = readFileSync(join(directory, 'manifest.json'), 'utf8')
  expect(await run(await small(), { directory, resume: true })).toEqual(JSON.parse(JSON.stringify(results)))
  expect(readFileSync(join(directory, 'manifest.json'), 'utf8')).toBe(before)
})

test('a directory that holds anything is not written to', async () => {
  const directory = folder()
  await run(await small(), { directory })
  await expect(run(await small(), { directory })).rejects.toThrow(/not empty.*--resume.*E_OUTPUT_NOT_EMPTY/)
  await expect(run(await small(['seed=4']), { directory, resume: true })).rejects.toThrow(
    /another scenario.*E_RUN_DIRECTORY/,
  )
  const other = join(directory, '..', 'other')
  writeFileSync(join(directory, '..', 'file'), '')
  await expect(run(await small(), { directory: join(directory, '..'), resume: true })).rejects.toThrow(
    /no manifest\.json.*E_OUTPUT_NOT_EMPTY/,
  )
  expect(existsSync(other)).toBe(false)
})

test.each(['checkpoint.safetensors', 'manifest.json'])(
  'a truncated %s is named, and nothing is overwritten',
  async (name) => {
    const directory = folder()
    const controller = new AbortController()
    const onProgress = ({ done }: { done: number }) => {
      if (done === 60) controller.abort()
    }
    await expect(run(await small(), { directory, signal: controller.signal, onProgress })).rejects.toThrow(StoppedError)
    truncateSync(join(directory, name), 100)
    const before = bytes(directory, name)
    await expect(run(await small(), { directory, resume: true })).rejects.toThrow(name)
    expect(bytes(directory, name)).toBe(before)
  },
)

test('more samples come from the trained parameters, without training again', async () => {
  const [parent, child, same] = [folder(), folder(), folder()]
  await run(await small(), { directory: parent })
  const results = await run(await small(['seed=7', 'sampling.trajectories=50']), {
    directory: child,
    parametersFrom: parent,
  })
  expect(results.learning).toBeUndefined()
  expect(JSON.parse(readFileSync(join(child, 'manifest.json'), 'utf8')).parentRun).toBe(parent)
  expect(existsSync(join(child, 'checkpoint.safetensors'))).toBe(false)
  await run(await small(), { directory: same, parametersFrom: parent })
  expect(bytes(same, 'samples.npy')).toBe(bytes(parent, 'samples.npy'))
})

test('a run that diverges says where, with exit reason "failed" in its manifest', async () => {
  const directory = folder()
  await expect(
    run(await small(['sampling.dt=1', 'sampling.drive=quasi-static', 'sampling.slowdown=40']), { directory }),
  ).rejects.toThrow(/step \d+, trajectory \d+: .*try dt ≤ .*E_DIVERGED/)
  expect(JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')).exitReason).toBe('failed')
})

test.each(['ornstein-uhlenbeck', 'double-well'])('the checks of %s pass', async (name) => {
  const results = await run(await loadScenario(`scenarios/${name}.yaml`, { profile: 'quick' }), { directory: folder() })
  expect(results.checks.length).toBeGreaterThan(2)
  expect(results.checks.filter(({ pass }) => !pass)).toEqual([])
})

test('a check that does not apply says what it needs, before anything is written', async () => {
  const scenario = await loadScenario('scenarios/double-well.yaml', {
    profile: 'quick',
    set: ['checks=[gaussian-moments]', 'sampling.trajectories=10'],
  })
  const directory = folder()
  await expect(run(scenario, { directory })).rejects.toThrow(/"gaussian-moments" needs .*harmonic/)
  expect(existsSync(directory)).toBe(false)
})

test('the checks see a wrong temperature', async () => {
  // The noise of a bath 40 % too hot, against the truth of the scenario's own: a negative control.
  const scenario = await loadScenario('scenarios/ornstein-uhlenbeck.yaml', { profile: 'quick' })
  const directory = folder()
  const hot = await run({ ...scenario, bath: { ...scenario.bath, kT: 1.4 } }, { directory })
  const variance = hot.checks.find(({ name }) => name.startsWith('variance'))
  const cold = await run(scenario, { directory: folder() })
  const truth = cold.checks.find(({ name }) => name.startsWith('variance'))?.truth
  expect(Math.abs((variance!.value - truth!) / variance!.standardError!)).toBeGreaterThan(4)
})
