import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { OverdampedError, StoppedError } from '../../src/errors.js'
import { executorOf } from '../../src/experiment/executor/executor.js'
import { createThreads } from '../../src/experiment/executor/threads.js'
import { parseGrid } from '../../src/experiment/sweep/axes.js'
import { type SweepOptions, sweep } from '../../src/experiment/sweep/sweep.js'
import type { SweepDocument } from '../../src/experiment/sweep/sweep-document.js'
import { command } from '../command.js'
import { runFolders } from '../run-folder.js'
import { startedThreads } from '../started-threads.js'

const folder = runFolders()
const started = startedThreads()
const scenario = 'scenarios/ornstein-uhlenbeck.yaml'
const set = ['sampling.trajectories=40', 'protocol.duration=0.5', 'checks=[first-law]']
const two = parseGrid(['protocol.parameters.stiffness=1,2'])

const small = (directory: string, options: Partial<SweepOptions> = {}) =>
  sweep({ scenario, set, axes: two, directory, backend: 'reference', ...options })
const json = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8')) as SweepDocument
const lines = (...path: string[]) =>
  readFileSync(join(...path), 'utf8')
    .trimEnd()
    .split('\n')

describe('a sweep', () => {
  test('runs each point into its directory and writes one row for each', async () => {
    const directory = folder()
    const document = await small(directory)
    expect(document.points.map(({ name, status }) => [name, status])).toEqual([
      ['stiffness=1', 'finished'],
      ['stiffness=2', 'finished'],
    ])
    expect(json(directory, 'sweep.json')).toEqual({ ...document, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(readdirSync(directory).sort()).toEqual(['stiffness=1', 'stiffness=2', 'sweep.csv', 'sweep.json'])
    const [head, first, second] = lines(directory, 'sweep.csv').map((line) => line.split(','))
    expect(head!.slice(0, 5)).toEqual([
      'point',
      'status',
      'protocol.parameters.stiffness',
      'thermodynamics.work',
      'thermodynamics.work.standardError',
    ])
    const { thermodynamics, timings } = JSON.parse(readFileSync(join(directory, 'stiffness=2', 'results.json'), 'utf8'))
    const of = (row: string[], column: string) => Number(row[head!.indexOf(column)])
    expect(of(second!, 'thermodynamics.heat')).toBe(thermodynamics.heat.mean)
    expect(of(second!, 'timings.total')).toBe(timings.total)
    expect(second![head!.findIndex((name) => /^checks\.first law.*\.pass$/.test(name))]).toBe('true')
    expect(of(first!, 'protocol.parameters.stiffness')).toBe(1)
  })

  test('that is not valid somewhere runs nowhere, and says which value is at fault', async () => {
    const directory = folder()
    const axes = parseGrid(['bath.kT=1,-1'])
    await expect(small(directory, { axes })).rejects.toThrow(/^--over bath\.kT=-1 bath\.kT: .*\[E_INVALID_VALUE\]$/)
    await expect(small(directory, { axes: parseGrid(['bath.kt=1']) })).rejects.toThrow(
      /^--over bath\.kt=1.*E_UNKNOWN_KEY/,
    )
    const seeds = { axes: parseGrid(['seed=1,2']), seed: 3 }
    await expect(small(directory, seeds)).rejects.toThrow(/^--seed: seed is swept over.*\[E_USAGE\]$/)
    expect(existsSync(directory)).toBe(false)
  })

  test('goes on after a point that fails, and tries only that one again', async () => {
    const directory = folder()
    // μkh = 10 is beyond Euler–Maruyama's stability.
    const axes = parseGrid(['protocol.parameters.stiffness=1000,1'])
    const [failed, finished] = (await small(directory, { axes })).points
    expect(failed).toMatchObject({ status: 'failed', error: expect.stringContaining('E_INVALID_VALUE') })
    expect(finished).toMatchObject({ status: 'finished', failedChecks: [] })
    expect(lines(directory, 'sweep.csv')[1]).toMatch(/^stiffness=1000,failed,1000,+$/)
    const tried: string[] = []
    await small(directory, { axes, onPoint: ({ name }) => tried.push(name) })
    expect(tried).toEqual(['stiffness=1000'])
  })

  test('goes on after a point that could not be carried out', async () => {
    const directory = folder()
    const executor = executorOf(1, (kind, input, hooks) => {
      if (input.index === 0) return Promise.reject(new OverdampedError('E_BACKEND', 'its thread ended.', 'point 1'))
      return kind.run(input, hooks)
    })
    const { points } = await small(directory, { executor })
    expect(points.map(({ status }) => status)).toEqual(['failed', 'finished'])
    expect(points[0]!.error).toMatch(/its thread ended/)
  })

  test('stopped between two points goes on with the second, and the first is left as it is', async () => {
    const directory = folder()
    const controller = new AbortController()
    const stopped = small(directory, { signal: controller.signal, onResult: () => controller.abort() })
    await expect(stopped).rejects.toThrow(StoppedError)
    expect(json(directory, 'sweep.json').points.map(({ status }) => status)).toEqual(['finished', 'pending'])
    expect(existsSync(join(directory, 'sweep.csv'))).toBe(false)
    const written = statSync(join(directory, 'stiffness=1', 'results.json')).mtimeMs
    const { points } = await small(directory)
    expect(points.map(({ status }) => status)).toEqual(['finished', 'finished'])
    expect(statSync(join(directory, 'stiffness=1', 'results.json')).mtimeMs).toBe(written)
  })

  test('whose points threads run at a time gives what it gives one after the other, and continues it', async () => {
    const [one, other] = [folder(), folder()]
    const executor = createThreads(2)
    const axes = parseGrid(['protocol.parameters.stiffness=1000,1,2'])
    const said: [string[], string[]] = [[], []]
    const onProgress =
      (by: 0 | 1) =>
      ({ phase }: { phase: string }) =>
        said[by].push(phase)
    const { points } = await small(one, { axes, onProgress: onProgress(0) })
    expect((await small(other, { axes, executor, onProgress: onProgress(1) })).points).toEqual(points)
    expect(said[1].sort()).toEqual(said[0].sort())
    const results = (directory: string) => readFileSync(join(directory, 'stiffness=2', 'results.json'), 'utf8')
    const untimed = (directory: string) => ({ ...JSON.parse(results(directory)), timings: null })
    expect(untimed(other)).toEqual(untimed(one))
    const tried: string[] = []
    await small(one, { axes, executor, onPoint: ({ name }) => tried.push(name) })
    expect(tried).toEqual(['stiffness=1000'])
    await executor.close()
  })

  test("neither mixes with other files nor takes another scenario's runs for its own", async () => {
    const directory = folder()
    await small(directory)
    const other = await small(directory, { set: [...set, 'seed=2'] })
    expect(other.points[0]).toMatchObject({ status: 'failed', error: expect.stringContaining('another scenario') })
    rmSync(join(directory, 'sweep.json'))
    await expect(small(directory)).rejects.toThrow(/holds no sweep\.json.*\[E_OUTPUT_NOT_EMPTY\]$/)
  })
})

test('the commands print where results are, and exit with 1 when a point failed', async () => {
  const directory = folder()
  const settings = set.flatMap((setting) => ['--set', setting])
  const over = ['--over', 'protocol.parameters.stiffness=1,2,1000', '--out', directory]
  const swept = await command('sweep', scenario, ...settings, ...over)
  expect(swept.stdout).toBe(`${directory}\n`)
  expect(swept.stderr).toMatch(
    /3\/3 {2}stiffness=1000\n[\s\S]*E_INVALID_VALUE[\s\S]*2 of 3 points finished, 1 failed; .*sweep\.html/,
  )
  expect(swept.status).toBe(1)
  expect(existsSync(join(directory, 'stiffness=2', 'report.html'))).toBe(true)
  const byTheSweep = readFileSync(join(directory, 'sweep.html'), 'utf8')
  const merged = await command('merge', directory)
  expect(merged.stderr).toMatch(/^1 of 3 points are not finished\nstiffness=1000: failed: .*E_INVALID_VALUE/)
  expect(merged.stdout).toBe(`${join(directory, 'sweep.html')}\n`)
  const page = readFileSync(join(directory, 'sweep.html'), 'utf8')
  expect(page).toContain('<a href="./stiffness%3D2/report.html">stiffness=2</a>')
  // Whoever merges has the page that the sweep wrote.
  expect(page).toBe(byTheSweep)
  expect(merged.status).toBe(1)
  expect((await command('sweep', scenario, '--over', 'x')).status).toBe(2)
})

test('a dry run names points, values and a time, and leaves nothing behind; finished points tell it by their times', async () => {
  const directory = folder()
  const over = ['--over', 'protocol.parameters.stiffness=1:4:4', '--over', 'seed=1,2', '--out', directory]
  const settings = set.flatMap((setting) => ['--set', setting])
  const asked = await command('sweep', scenario, ...settings, ...over, '--shard', '2/2', '--dry-run')
  expect(asked.stdout).toMatch(/^4 points of shard 2\/2, 0 of them finished\n/)
  expect(asked.stdout).toContain('\nprotocol.parameters.stiffness: 1, 2, 3, 4\nseed: 1, 2\nopen: stiffness=1_seed=2, ')
  expect(asked.stdout).toMatch(
    /\ntime: about [\d.]+ s; [\d.]+ s a point, 1 at a time, by a look at stiffness=1_seed=2\n$/,
  )
  expect(asked.status).toBe(0)
  expect(existsSync(directory)).toBe(false)
  await small(directory, { axes: parseGrid(['protocol.parameters.stiffness=1:2:2', 'seed=1,2']) })
  const again = await command('sweep', scenario, ...settings, ...over, '--jobs', '2', '--dry-run')
  expect(again.stdout).toMatch(
    /^8 points, 4 of them finished\n[\s\S]* a point, 2 at a time, the mean of 4 finished points\n$/,
  )
  const wrong = await command('sweep', scenario, '--over', 'bath.kT=1,-1', '--dry-run', '--out', folder())
  expect(wrong).toMatchObject({ status: 2, stderr: expect.stringContaining('--over bath.kT=-1') })
})

test('points that share the threads and memory of a backend have the bits of points that do not', async () => {
  const [shared, alone] = [folder(), folder()]
  // The second needs more memory than the first, the third finds what they left there.
  const options = {
    axes: parseGrid(['sampling.trajectories=100,700,200', 'network.visible.units=1,3']),
    set: ['protocol.duration=0.1', 'checks=[]'],
    ...({ backend: 'wasm', threads: 3 } as const),
  }
  const { points } = await small(shared, options)
  for (const { name, values } of points) {
    expect(
      await small(alone, {
        ...options,
        axes: Object.entries(values).map(([path, value]) => ({ path, values: [value] })),
      }),
    ).toMatchObject({ points: [{ name, status: 'finished' }] })
    const bytes = (directory: string) => readFileSync(join(directory, name, 'samples.npy'))
    expect(bytes(shared).equals(bytes(alone))).toBe(true)
  }
  expect(started.length).toBe(2 * (1 + points.length))
})
