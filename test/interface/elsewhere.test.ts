import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { StoppedError } from '../../src/errors.js'
import { run } from '../../src/experiment/run/run.js'
import { defineScenario, loadScenario } from '../../src/experiment/scenario/load.js'
import { withAbsolutePaths } from '../../src/experiment/scenario/paths.js'
import { command } from '../command.js'

// Runs that were begun in one working directory and go on in another.

const home = process.cwd()
const here = realpathSync(mkdtempSync(join(tmpdir(), 'overdamped-here-')))
const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'overdamped-elsewhere-')))
const scenario = readFileSync('test/fixtures/points.yaml', 'utf8').replace('test/fixtures/', './')
writeFileSync(join(here, 'points.yaml'), scenario)
writeFileSync(join(here, 'points.csv'), readFileSync('test/fixtures/points.csv'))
writeFileSync(join(here, 'ramp.csv'), '0,1\n1,4\n')
beforeEach(() => process.chdir(here))
afterAll(() => {
  process.chdir(home)
  for (const folder of [here, elsewhere]) rmSync(folder, { recursive: true, force: true })
})

const hash = (directory: string, name: string) =>
  createHash('sha256')
    .update(readFileSync(join(directory, name)))
    .digest('hex')

test('a trained run is sampled, and reported on, from another directory', async () => {
  const directory = join(here, 'trained')
  await run(await loadScenario('points.yaml'), { directory, threads: 1 })
  process.chdir(elsewhere)
  const { status, stderr } = await command('sample', directory, '--threads', '1', '--quiet', '--out', 'more')
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(existsSync(join(elsewhere, 'more', 'samples.npy'))).toBe(true)
  expect((await command('report', directory)).status).toBe(0)
})

test('a run goes on from another directory, by its own scenario.yaml or another path to the same data, and not with other data', async () => {
  const whole = join(here, 'whole')
  await run(await loadScenario('points.yaml'), { directory: whole, threads: 1 })
  for (const again of ['own', 'path']) {
    process.chdir(here)
    const directory = join(here, `parts-${again}`)
    const controller = new AbortController()
    const onProgress = ({ done }: { done: number }) => {
      if (done === 50) controller.abort()
    }
    const stopped = run(await loadScenario('points.yaml'), {
      directory,
      threads: 1,
      signal: controller.signal,
      onProgress,
    })
    await expect(stopped).rejects.toThrow(StoppedError)

    process.chdir(elsewhere)
    const other = await loadScenario(join(here, 'points.yaml'), { set: ['data.path=points.csv'] })
    writeFileSync('points.csv', '1,2\n'.repeat(20))
    await expect(run(other, { directory, resume: true, threads: 1 })).rejects.toThrow('another scenario')

    const path = join('..', basename(here), 'points.csv')
    const same = await (again === 'own'
      ? loadScenario(join(directory, 'scenario.yaml'))
      : loadScenario(join(here, 'points.yaml'), { set: [`data.path=${path}`] }))
    await run(same, { directory, resume: true, threads: 1 })
    for (const name of ['scenario.yaml', 'parameters.safetensors', 'samples.npy', 'metrics.jsonl'])
      expect(hash(directory, name), name).toBe(hash(whole, name))
  }
})

test('the tables of schedules are recorded by absolute paths, and the run repeats elsewhere', async () => {
  const directory = join(here, 'ramped')
  const table = { file: 'ramp.csv' }
  const ramped = await defineScenario({
    name: 'ramped',
    network: { visible: { units: 2 } },
    potential: { onsite: ['stiffness', 'bias'], pair: [] },
    initial: { kind: 'point', x: 0 },
    protocol: { duration: 1, dt: 0.1, kT: table, parameters: { stiffness: table, bias: [table, 't'] } },
    sampling: { trajectories: 4 },
    observe: [],
  })
  await run(ramped, { directory, threads: 1 })
  const recorded = readFileSync(join(directory, 'scenario.yaml'), 'utf8')
  expect(recorded.split(`file: ${join(here, 'ramp.csv')}`)).toHaveLength(4)
  process.chdir(elsewhere)
  await run(await loadScenario(join(directory, 'scenario.yaml')), { directory: join(elsewhere, 'ramped'), threads: 1 })
  expect(hash(join(elsewhere, 'ramped'), 'samples.npy')).toBe(hash(directory, 'samples.npy'))
})

test('images and labels have absolute paths in the record', async () => {
  const digits = await defineScenario({
    name: 'digits',
    data: { source: 'idx', images: 'images.gz', labels: 'labels.gz' },
    network: { visible: { lattice: [12, 12] } },
    potential: { onsite: ['stiffness'], pair: [] },
    learning: {},
  })
  const located = withAbsolutePaths(digits)
  expect(located.data).toMatchObject({ images: join(here, 'images.gz'), labels: join(here, 'labels.gz') })
  expect(withAbsolutePaths(located)).toEqual(located)
})
