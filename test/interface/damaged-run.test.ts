import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OverdampedError, StoppedError } from '../../src/errors.js'
import { readManifest } from '../../src/experiment/record/manifest.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { writeReport } from '../../viz/report.js'

// Every file of a run directory in turn, cut at several lengths, for each command that reads it.

const folder = mkdtempSync(join(tmpdir(), 'overdamped-damaged-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

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
      // A scenario cut between two keys, or metrics between two lines, is a shorter one: nothing shows that it was cut.
      if (error === null && ['scenario.yaml', 'metrics.jsonl'].includes(name)) continue
      // JSON that lacks only its last line feed is whole.
      if (error === null && fraction === 1 && name.endsWith('.json')) continue
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
      const error = await failure(async () => {
        readManifest(copy)
        await run(await loadScenario(join(copy, 'scenario.yaml')), { directory: out, parametersFrom: copy })
      })
      expect(hashes(copy)).toEqual(before)
      if (error === null && fraction === 1 && name !== 'parameters.safetensors') continue
      if (error === null) expect(name).toBe('scenario.yaml')
      else expectNamed(error, name)
      if (error !== null) expect(existsSync(out)).toBe(false)
    }
  })
})

describe('--resume names the file that is cut short, and leaves all as they were', () => {
  test.each(['manifest.json', 'checkpoint.safetensors', 'metrics.jsonl'])('of an unfinished run: %s', async (name) => {
    for (const fraction of fractions) {
      const copy = damaged(stopped, name, fraction)
      const before = hashes(copy)
      const error = await failure(async () => run(await scenario(), { directory: copy, resume: true }))
      if (error === null && fraction === 1 && name !== 'checkpoint.safetensors') continue
      expectNamed(error, name)
      expect(hashes(copy)).toEqual(before)
    }
  })

  test.each(['manifest.json', 'results.json'])('of a finished run: %s', async (name) => {
    for (const fraction of fractions) {
      const copy = damaged(finished, name, fraction)
      const before = hashes(copy)
      const error = await failure(async () => run(await scenario(), { directory: copy, resume: true }))
      if (!(error === null && fraction === 1)) expectNamed(error, name)
      expect(hashes(copy)).toEqual(before)
    }
  })
})
