import { expect, test } from 'vitest'
import { OverdampedError } from '../../src/errors.js'
import { requireApplicable } from '../../src/experiment/checks/applicable.js'
import type { Results } from '../../src/experiment/run/results.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { runFolders } from '../run-folder.js'
import { write } from './small-run.js'

const folder = runFolders()

const small = (scenario: string, set: string[] = []) =>
  loadScenario(`scenarios/${scenario}.yaml`, {
    set: [
      'noising.slices=4',
      'learning.iterations=10',
      'learning.batch=64',
      'sampling.trajectories=200',
      'data.samples=200',
      'observe=[error-budget]',
      ...set,
    ],
  })

test('results.json holds the budget, its parts add up, and the report shows each with its error', async () => {
  const directory = folder()
  const { errorBudget } = await run(await small('gaussian-mixture-2d', ['checks=[]']), { directory, threads: 1 })
  const { t, trajectories, measures } = errorBudget!
  expect([t, trajectories]).toEqual([0.01, 200])
  const names = ['bridge', 'weight 1', 'shift 1', 'shift 2', 'variance 1', 'variance 2', 'distance']
  expect(measures.map(({ name }) => name)).toEqual(names)
  for (const { finiteTime, integrator, slicing, network, representability, training, total } of measures) {
    expect(finiteTime.mean + integrator.mean + slicing.mean + network.mean).toBeCloseTo(total.mean, 12)
    expect(representability!.mean + training!.mean).toBeCloseTo(network.mean, 12)
    expect(total.standardError).toBeGreaterThan(0)
  }
  const page = renderReport(readRun(directory))
  const section = /<section id="error-budget".*?<\/section>/s.exec(page)![0]
  const heads = [...section.matchAll(/<th scope="col">([^<]*)/g)].map(([, head]) => head)
  const parts = ['finite time', 'integrator', 'slicing', 'representability', 'training']
  expect(heads).toEqual(['figure', 'total error', 'how it adds up', ...parts])
  expect(section.match(/<svg class="scale waterfall"/g)).toHaveLength(names.length)
  expect(section).toMatch(/Bridge mass: the error is [\d.−]+ ± [\d.]+/)
})

test('without the oracle the network is one part', async () => {
  const directory = folder()
  const { errorBudget } = await run(await small('gaussian-mixture-2d-hidden', ['checks=[]']), { directory, threads: 1 })
  expect(Object.keys(errorBudget!.measures[0]!)).not.toContain('training')
  expect(renderReport(readRun(directory))).toContain('the trained network in place of the exact score at the knots')
})

test('the report says which part is the largest, and when none can be told from 0', async () => {
  const directory = folder()
  const results: Results = await run(await small('gaussian-mixture-2d', ['checks=[]', 'learning.oracle=false']), {
    directory,
    threads: 1,
  })
  const part = (mean: number) => ({ mean, standardError: 0.01 })
  const line = (name: string, slicing: number) => ({
    ...{ name, truth: 0, finiteTime: part(0.001), integrator: part(-0.002) },
    ...{ slicing: part(slicing), network: part(0.003), total: part(slicing + 0.002) },
  })
  const measures = [line('bridge', 0.25), line('distance', 0.004)]
  // Figures of our own, without the checksums of those that the run found.
  write(directory, 'manifest.json', { scenario: { name: 'gaussian-mixture-2d' } })
  write(directory, 'results.json', { ...results, errorBudget: { t: 0.01, trajectories: 200, measures } })
  const page = renderReport(readRun(directory))
  expect(page).toContain('Bridge mass: the error is 0.252 ± 0.010; the largest part of it is slicing, 0.250 ± 0.010.')
  expect(page).toContain('Distance: the error is 0.006 ± 0.010; no part of it can be told from 0.')
})

test('an error budget is refused where nothing is learned from data, and mixture-modes without modes', async () => {
  const set = ['observe=[error-budget]']
  await expect(loadScenario('scenarios/double-well.yaml', { set })).rejects.toThrow(/error-budget needs data/)
  const digits = createProblem(await loadScenario('scenarios/mnist-01.yaml', { set: ['checks=[mixture-modes]'] }))
  expect(() => requireApplicable(digits)).toThrow(OverdampedError)
})

test('mixture-modes fails where a bridge is left, and passes where weights and bridge are right', async () => {
  const pairs = await run(await small('gaussian-mixture-2d', ['checks=[mixture-modes]', 'observe=[]']), {
    directory: folder(),
    threads: 1,
  })
  expect(pairs.checks.map(({ name, pass }) => [name, pass])).toContainEqual(['bridge mass', false])
  const trained = [
    ...['network.hidden.units=2', 'noising.duration=3', 'noising.slices=10', 'data.samples=2000'],
    ...[
      'learning.rule=force-matching',
      'learning.optimizer.rate=0.05',
      'learning.iterations=120',
      'learning.batch=256',
    ],
  ]
  const { checks } = await run(
    await small('gaussian-mixture-2d-unequal', [
      ...trained,
      'sampling.trajectories=1000',
      'checks=[mixture-modes]',
      'observe=[]',
    ]),
    { directory: folder(), threads: 1 },
  )
  expect(checks).toMatchObject([
    { name: 'bridge mass', tolerance: 0.02, pass: true },
    { name: 'weight of mode 1', truth: 0.7, tolerance: 0.03, pass: true },
    { name: 'weight of mode 2', tolerance: 0.03, pass: true },
  ])
})
