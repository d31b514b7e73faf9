import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { OverdampedError, StoppedError } from '../../src/errors.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { writeReport } from '../../viz/report.js'
import { command } from '../command.js'
import { fileFolder } from '../run-folder.js'

// Every file of a run directory in turn, cut at several lengths, for each command that reads it.

const folder = fileFolder()

const scenario = () =>
  loadScenario('scenarios/gaussian-mixture-2d.yaml', {
    set: [
      'noising.slices=3',
      'observe=[work,heat,entropy-production,virial,trajectories]',
      'learning.iterations=12',
      'learning.batch=32',
      'sampling.trajectories=50',
      'data.samples=60',
      'checks=[first-law]',
    ],
  })
const finished = join(folder, 'finished')
const stopped = join(folder, 'stopped')
beforeAll(async () => {
  await run(await scenario(), { directory: finished, threads: 1 })
  const controller = new AbortController()
  const onProgress = ({ done }: { done: number }) => {
    if (done === 40) controller.abort()
  }
  await run(await scenario(), {
    directory: stopped,
    signal: controller.signal,
    checkpointInterval: 0,
    onProgress,
  }).catch((error: unknown) => {
    if (!(error instanceof StoppedError)) throw error
  })
})

const hashes = (directory: string) =>
  Object.fromEntries(
    readdirSync(directory).map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(directory, name)))
        .digest('hex'),
    ]),
  )

let copies = 0
afterEach(() => {
  for (const name of readdirSync(folder))
    if (name.startsWith('copy-')) rmSync(join(folder, name), { recursive: true, force: true })
})
/** A copy of a run, in which one file holds each of some bytes in turn; what it should hold is the argument of `versions`. */
function* damaged(original: string, name: string, versions: (whole: Uint8Array) => Iterable<Uint8Array>) {
  const copy = join(folder, `copy-${copies++}`)
  cpSync(original, copy, { recursive: true })
  for (const bytes of versions(readFileSync(join(copy, name)))) {
    writeFileSync(join(copy, name), bytes)
    yield [copy, bytes] as const
  }
}

/** What a command throws, null when it succeeds. */
async function failure(command: () => unknown): Promise<unknown> {
  try {
    await command()
    return null
  } catch (error) {
    return error
  }
}

function expectNamed(error: unknown, name: string): void {
  if (!(error instanceof OverdampedError)) throw error ?? new Error(`${name} was read although it is cut short`)
  expect(error.message).toContain(name)
  expect(error.exitCode).toBe(2)
}

/** Cut short at several lengths, the last of which lacks a byte. */
const cuts = (whole: Uint8Array) =>
  [0, 0.05, 0.3, 0.5, 0.9, 1].map((fraction) =>
    whole.subarray(0, Math.min(whole.length - 1, Math.floor(whole.length * fraction))),
  )

/** Files without which a report has less to show; what they hold is left out, and the page still written. */
describe('report names the file that is cut short and writes nothing', () => {
  const names = [
    'manifest.json',
    'scenario.yaml',
    'results.json',
    'samples.npy',
    'samples-denoised.npy',
    'trajectories.npz',
    'thermodynamics.npz',
    'comparison.npz',
    'parameters.safetensors',
    'metrics.jsonl',
  ]
  test.each(names)('%s', async (name) => {
    for (const [copy] of damaged(finished, name, cuts)) {
      writeFileSync(join(copy, 'report.html'), 'the report of before')
      const before = hashes(copy)
      const error = await failure(() => writeReport(copy))
      expectNamed(error, name)
      expect(hashes(copy)).toEqual(before)
    }
  })
})

describe('sample names the file that is cut short, and writes nothing to the run', () => {
  test.each(['manifest.json', 'scenario.yaml', 'parameters.safetensors'])('%s', async (name) => {
    for (const [copy] of damaged(finished, name, cuts)) {
      const before = hashes(copy)
      const out = `${copy}-samples`
      const { status, stderr } = await command('sample', copy, '--out', out, '--quiet')
      expect(stderr).toContain(name)
      expect(status).toBe(2)
      expect(hashes(copy)).toEqual(before)
      expect(existsSync(out)).toBe(false)
    }
  })
})

describe('--resume names the file that is cut short, and leaves all as they were', () => {
  test.each(['manifest.json', 'checkpoint.safetensors'])('of an unfinished run: %s', async (name) => {
    for (const [copy] of damaged(stopped, name, cuts)) {
      rmSync(join(copy, 'checkpoint-previous.safetensors'), { force: true })
      const before = hashes(copy)
      const error = await failure(async () => run(await scenario(), { directory: copy, resume: true }))
      expectNamed(error, name)
      expect(hashes(copy)).toEqual(before)
    }
  })

  test.each(['manifest.json', 'results.json'])('of a finished run: %s', async (name) => {
    for (const [copy] of damaged(finished, name, cuts)) {
      const before = hashes(copy)
      const error = await failure(async () => run(await scenario(), { directory: copy, resume: true }))
      expectNamed(error, name)
      expect(hashes(copy)).toEqual(before)
    }
  })
})

// One bit, wherever it is: nothing that is read back may differ from what was written without a word.

/** Places in a file: its ends, and twenty between them that no layout favours. */
const places = [0, 1, ...Array.from({ length: 20 }, (_, n) => (n * 0.618 + 0.1) % 1)]
const flip = (whole: Uint8Array, place: number, bit = Math.floor(place * 1000) % 8) => {
  const bytes = Uint8Array.from(whole)
  bytes[Math.min(bytes.length - 1, Math.floor(bytes.length * place))]! ^= 1 << bit
  return bytes
}
const flips = (whole: Uint8Array) => places.map((place) => flip(whole, place))

describe('one flipped bit is noticed, and named, by', () => {
  test.each([
    'manifest.json',
    'scenario.yaml',
    'results.json',
    'samples.npy',
    'samples-denoised.npy',
    'trajectories.npz',
    'thermodynamics.npz',
    'comparison.npz',
    'virial.npz',
    'parameters.safetensors',
    'metrics.jsonl',
  ])('report: %s', async (name) => {
    for (const [copy] of damaged(finished, name, flips)) expectNamed(await failure(() => writeReport(copy)), name)
  })

  test.each(['manifest.json', 'scenario.yaml', 'parameters.safetensors'])('sample: %s', async (name) => {
    for (const [copy] of damaged(finished, name, flips)) {
      const { status, stderr } = await command('sample', copy, '--quiet')
      expect(stderr).toContain(name)
      expect(status).toBe(2)
    }
  })

  test('gradients --parameters: parameters.safetensors', async () => {
    const name = 'parameters.safetensors'
    const source = join(finished, 'scenario.yaml')
    for (const [copy] of damaged(finished, name, (whole) => [flip(whole, 0.9, 3)])) {
      const args = ['--quiet', '--parameters', copy, '--out', `${copy}-gradients`]
      expect((await command('gradients', source, ...args)).stderr).toContain(name)
    }
  })

  test.each(['manifest.json', 'results.json'])('--resume of a finished run: %s', async (name) => {
    for (const [copy] of damaged(finished, name, flips))
      expectNamed(await failure(async () => run(await scenario(), { directory: copy, resume: true })), name)
  })

  test.each(['manifest.json', 'checkpoint.safetensors'])('--resume of an unfinished run: %s', async (name) => {
    for (const [copy] of damaged(stopped, name, flips)) {
      rmSync(join(copy, 'checkpoint-previous.safetensors'), { force: true })
      expectNamed(await failure(async () => run(await scenario(), { directory: copy, resume: true })), name)
    }
  })

  test('merge: sweep.json, and the results of its runs', async () => {
    const swept = join(folder, 'swept')
    const source = join(finished, 'scenario.yaml')
    const args = ['--over', 'seed=1,2', '--set', 'learning.iterations=2', '--threads', '1', '--quiet']
    expect((await command('sweep', source, ...args, '--out', swept)).status).toBe(0)
    for (const name of ['sweep.json', 'seed=1/results.json', 'seed=2/manifest.json'])
      for (const [copy] of damaged(swept, name, flips)) {
        const { status, stderr } = await command('merge', copy)
        expect(stderr).toContain(name)
        expect(status).toBe(2)
      }
  })
})

describe('a damaged checkpoint: the one before it is taken, which is said, and the run ends in the same bits,', () => {
  test.each([
    ['flipped', (checkpoint: string) => writeFileSync(checkpoint, flip(readFileSync(checkpoint), 0.8, 2))],
    ['missing', (checkpoint: string) => rmSync(checkpoint)],
  ])('%s', async (_name, damage) => {
    const copy = join(folder, `copy-${copies++}`)
    cpSync(stopped, copy, { recursive: true })
    damage(join(copy, 'checkpoint.safetensors'))
    const notes: string[] = []
    await run(await scenario(), { directory: copy, resume: true, threads: 1, onNote: (line) => notes.push(line) })
    expect(notes.join('\n')).toMatch(/checkpoint\.safetensors: .*Continuing from checkpoint-previous\.safetensors/)
    for (const name of ['parameters.safetensors', 'samples.npy', 'metrics.jsonl'])
      expect(hashes(copy)[name]).toBe(hashes(finished)[name])
  })
})

test('metrics.jsonl of an unfinished run is not read back: whatever became of it, it ends as that of an undisturbed run', async () => {
  const name = 'metrics.jsonl'
  for (const bytes of cuts(readFileSync(join(stopped, name))))
    for (const [copy] of damaged(stopped, name, () => [bytes])) {
      await run(await scenario(), { directory: copy, resume: true, threads: 1 })
      expect(hashes(copy)[name]).toBe(hashes(finished)[name])
    }
})

test('a stopped simulation says that it continues, and does, to the bits of an undisturbed one', async () => {
  const [directory, whole] = [join(folder, 'simulation'), join(folder, 'simulation-whole')]
  const simulation = await loadScenario('scenarios/double-well.yaml', { profile: 'quick' })
  const on = { backend: 'reference' } as const
  await run(simulation, { ...on, directory: whole })
  const error = await failure(() => run(simulation, { ...on, directory, signal: AbortSignal.abort() }))
  expect(String(error)).toContain('continue with --resume')
  await run(simulation, { ...on, directory, resume: true })
  expect(hashes(directory)['trajectories.npz']).toBe(hashes(whole)['trajectories.npz'])
  expect(readdirSync(directory)).toEqual(readdirSync(whole))
})
