import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createThreads } from '../../src/experiment/executor/threads.js'
import { readState } from '../../src/experiment/record/state-file.js'
import { run } from '../../src/experiment/run/run.js'
import { expectResumes, expectSameRun, killed, smallStudy, stopped, undisturbed } from '../resumed-studies.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

/** Kinds of objectives by a shipped scenario, and what makes it small. The others are in test/slow. */
const small: Readonly<Record<string, readonly string[]>> = {
  'contrastive-divergence': [
    'objective.iterations=80',
    'objective.walkers=50',
    'data.samples=200',
    'objective.batch=50',
  ],
  jarzynski: ['objective.iterations=80', 'objective.walkers=200', 'objective.resampling=0.95', 'data.samples=200'],
  nce: [
    'objective.iterations=80',
    'objective.noise=100',
    'objective.batch=50',
    'objective.refresh=7',
    'data.samples=200',
  ],
  'energy-discrepancy': ['objective.iterations=200', 'objective.batch=20', 'data.samples=200'],
  'energy-filter': [
    'objective.iterations=90',
    'objective.warmUp=30',
    'objective.rounds=2',
    'objective.batch=10',
    'objective.heldOut=100',
    'data.samples=200',
  ],
  'recovery-likelihood': [
    'objective.iterations=40',
    'objective.arms=[short-run, cooperative]',
    'objective.steps=5',
    'objective.batch=20',
    'data.samples=200',
  ],
  imitation: [
    'objective.iterations=60',
    'objective.windows=[5]',
    'objective.refresh=7',
    'data.runs=20',
    'data.steps=10',
  ],
  'imitation-partly-observed': [
    'objective.iterations=60',
    'objective.policies=50',
    'objective.steps=40',
    'data.runs=200',
  ],
  'rbm-tap': [
    'objective.arms=[persistent, short-run, jarzynski, third-order-persistent]',
    'objective.bars={}',
    'objective.iterations=80',
    'objective.walkers=20',
    'objective.annealing.steps=20',
  ],
  'feynman-kac': ['objective.steps=60', 'objective.walkers=100', 'objective.resampling=0.95'],
  'line-integral': ['objective.steps=40', 'objective.walkers=100'],
}

test.each(Object.entries(small))(
  'a %s study that was killed and stopped goes on to the bytes of one that was not',
  async (name, set) => expectResumes(await smallStudy(name, ...set), folder),
  60_000,
)

/** Three seeds of some arms. */
const seeds = () => smallStudy('jarzynski', 'objective.repeats=3', ...small.jarzynski!)

test('a repetition that has ended is not computed again', async () => {
  const [whole, parts] = [folder(), folder()]
  const scenario = await seeds()
  const chances = await undisturbed(scenario, whole)
  await killed(scenario, parts, Math.round(0.7 * chances))
  let rest = 0
  await run(scenario, { directory: parts, threads: 1, resume: true, onProgress: () => rest++ })
  // One of each that is done already.
  expect(rest).toBeLessThan(0.3 * chances + 5)
  expectSameRun(whole, parts)
})

test('threads that were ended, or stopped, go on: of one seed all is kept, of another where it was', async () => {
  const [whole, parts] = [folder(), folder()]
  const scenario = await seeds()
  await undisturbed(scenario, whole)
  const own = { directory: parts, checkpointInterval: 0 }
  const executor = createThreads(2)
  // Ends its threads, wherever they are, when the third seed has begun.
  const onProgress = ({ done }: { done: number }) => void (done > 0.8 && executor.close())
  await expect(run(scenario, { ...own, threads: 2, executor, onProgress })).rejects.toThrow(/its thread.*E_BACKEND/)
  const holds = (seed: number) => existsSync(join(parts, 'jobs', `repetition-${seed}`, 'output.safetensors'))
  const goesOn = (seed: number) => readState(join(parts, 'jobs', `repetition-${seed}`), 'job', null) !== null
  expect([1, 2, 3].some(holds)).toBe(true)
  expect([1, 2, 3].some((seed) => goesOn(seed) && !holds(seed))).toBe(true)

  await stopped(scenario, parts, 3, { threads: 2, resume: true })
  await run(scenario, { directory: parts, threads: 2, resume: true })
  const counted = (directory: string) => JSON.parse(readFileSync(join(directory, 'results.json'), 'utf8'))
  expect({ ...counted(parts), timings: null }).toEqual({ ...counted(whole), timings: null })
  for (const name of ['metrics.jsonl', 'samples.npy', 'objective.npz'])
    expect(readFileSync(join(parts, name)).equals(readFileSync(join(whole, name))), name).toBe(true)
})

test('an unfinished study goes on on the backend that it began on, and on no other', async () => {
  const directory = folder()
  const scenario = await smallStudy('contrastive-divergence-network', 'objective.iterations=30', 'objective.walkers=50')
  await stopped(scenario, directory, 2, { backend: 'reference' })
  await expect(run(scenario, { directory, threads: 1, resume: true, backend: 'wasm' })).rejects.toThrow(
    /was started on reference.*E_RUN_DIRECTORY/,
  )
  await run(scenario, { directory, threads: 1, resume: true })
  expect(JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')).backend.name).toBe('reference')
})
