import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
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
  await run(await scenario(), { directory: stopped, signal: controller.signal, onProgress }).catch((error: unknown) => {
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
/** A copy of a run with one file cut to `fraction` of its length. */
function damaged(original: string, name: string, fraction: number): string {
  const copy = join(folder, `copy-${copies++}`)
  cpSync(original, copy, { recursive: true })
  const { length } = readFileSync(join(copy, name))
  truncateSync(join(copy, name), Math.min(length - 1, Math.floor(length * fraction)))
  return copy
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

const fractions = [0, 0.05, 0.3, 0.5, 0.9, 1]

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
    for (const fraction of fractions) {
      const copy = damaged(finished, name, fraction)
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
    for (const fraction of fractions) {
      const copy = damaged(finished, name, fraction)
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
  test.each(['manifest.json', 'checkpoint.safetensors', 'metrics.jsonl'])('of an unfinished run: %s', async (name) => {
    for (const fraction of fractions) {
      const copy = damaged(stopped, name, fraction)
      rmSync(join(copy, 'checkpoint-previous.safetensors'))
      const before = hashes(copy)
      const error = await failure(async () => run(await scenario(), { directory: copy, resume: true }))
      // A last line of metrics.jsonl that the checkpoint does not know of yet is not missed.
      if (error === null && fraction === 1 && name === 'metrics.jsonl') continue
      expectNamed(error, name)
      expect(hashes(copy)).toEqual(before)
    }
  })

  test.each(['manifest.json', 'results.json'])('of a finished run: %s', async (name) => {
    for (const fraction of fractions) {
      const copy = damaged(finished, name, fraction)
      const before = hashes(copy)
      const error = await failure(async () => run(await scenario(), { directory: copy, resume: true }))
      expectNamed(error, name)
      expect(hashes(copy)).toEqual(before)
    }
  })
})

// One bit, wherever it is: nothing that is read back may differ from what was written without a word.

/** A copy of a run with one bit of a file changed, at `fraction` of its length. */
function flipped(original: string, name: string, fraction: number, bit: number): string {
  const copy = join(folder, `copy-${copies++}`)
  cpSync(original, copy, { recursive: true })
  const bytes = readFileSync(join(copy, name))
  bytes[Math.min(bytes.length - 1, Math.floor(bytes.length * fraction))]! ^= 1 << bit
  writeFileSync(join(copy, name), bytes)
  return copy
}
/** Places in a file: its ends, and twenty between them that no layout favours. */
const places = [0, 1, ...Array.from({ length: 20 }, (_, n) => (n * 0.618 + 0.1) % 1)]
const bitOf = (place: number) => Math.floor(place * 1000) % 8

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
    for (const place of places)
      expectNamed(await failure(() => writeReport(flipped(finished, name, place, bitOf(place)))), name)
  })

  test.each(['manifest.json', 'scenario.yaml', 'parameters.safetensors'])('sample: %s', async (name) => {
    for (const place of places) {
      const { status, stderr } = await command('sample', flipped(finished, name, place, bitOf(place)), '--quiet')
      expect(stderr).toContain(name)
      expect(status).toBe(2)
    }
  })

  test('gradients --parameters: parameters.safetensors', async () => {
    const name = 'parameters.safetensors'
    const copy = flipped(finished, name, 0.9, 3)
    const source = join(finished, 'scenario.yaml')
    const out = `${copy}-gradients`
    expect((await command('gradients', source, '--quiet', '--parameters', copy, '--out', out)).stderr).toContain(name)
  })

  test.each(['manifest.json', 'results.json'])('--resume of a finished run: %s', async (name) => {
    for (const place of places) {
      const copy = flipped(finished, name, place, bitOf(place))
      expectNamed(await failure(async () => run(await scenario(), { directory: copy, resume: true })), name)
    }
  })

  test.each(['manifest.json', 'checkpoint.safetensors', 'metrics.jsonl'])(
    '--resume of an unfinished run: %s',
    async (name) => {
      for (const place of places.filter((at) => name !== 'metrics.jsonl' || at < 0.9)) {
        const copy = flipped(stopped, name, place, bitOf(place))
        rmSync(join(copy, 'checkpoint-previous.safetensors'))
        expectNamed(await failure(async () => run(await scenario(), { directory: copy, resume: true })), name)
      }
    },
  )

  test('merge: sweep.json, and the results of its runs', async () => {
    const swept = join(folder, 'swept')
    const source = join(finished, 'scenario.yaml')
    const args = ['--over', 'seed=1,2', '--set', 'learning.iterations=2', '--quiet']
    expect((await command('sweep', source, ...args, '--out', swept)).status).toBe(0)
    for (const name of ['sweep.json', 'seed=1/results.json', 'seed=2/manifest.json'])
      for (const place of places) {
        const { status, stderr } = await command('merge', flipped(swept, name, place, bitOf(place)))
        expect(stderr).toContain(name)
        expect(status).toBe(2)
      }
  })
})

describe('a damaged checkpoint: the one before it is taken, which is said, and the run ends in the same bits,', () => {
  test.each([
    [
      'flipped',
      (copy: string) => cpSync(join(flipped(stopped, 'checkpoint.safetensors', 0.8, 2)), copy, { recursive: true }),
    ],
    ['missing', (copy: string) => rmSync(join(copy, 'checkpoint.safetensors'))],
  ])('%s', async (_name, damage) => {
    const copy = join(folder, `copy-${copies++}`)
    cpSync(stopped, copy, { recursive: true })
    damage(copy)
    const notes: string[] = []
    await run(await scenario(), { directory: copy, resume: true, threads: 1, onNote: (line) => notes.push(line) })
    expect(notes.join('\n')).toMatch(/checkpoint\.safetensors: .*Continuing from checkpoint-previous\.safetensors/)
    for (const name of ['parameters.safetensors', 'samples.npy', 'metrics.jsonl'])
      expect(hashes(copy)[name]).toBe(hashes(finished)[name])
  })
})

test('a stopped simulation, which has no checkpoint, says that it starts again', async () => {
  const directory = join(folder, 'simulation')
  const simulation = await loadScenario('scenarios/double-well.yaml', { profile: 'quick' })
  const signal = AbortSignal.abort()
  const error = await failure(() => run(simulation, { directory, signal }))
  expect(String(error)).toContain('there is no checkpoint, start again with --resume')
  const trained = await failure(async () => run(await scenario(), { directory: `${directory}-2`, signal }))
  expect(String(trained)).toContain('continue with --resume')
})
