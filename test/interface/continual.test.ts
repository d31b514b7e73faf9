import { expect, test } from 'vitest'
import { run } from '../../src/experiment/run/run.js'
import { requireRunnable } from '../../src/experiment/run/runnable.js'
import { loadScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

const line = `
name: line
data: { source: gaussian-mixture, means: [[-2.5], [0], [2.5]], width: 0.4, weights: [1, 2, 1], samples: 2000 }
network: { visible: { units: 1 } }
potential:
  onsite: []
  features:
    base: { formula: (x/3)^6 }
    radial: { width: 0.5, centres: [[-3], [-2.5], [-2], [-1.5], [-1], [-0.5], [0], [0.5], [1], [1.5], [2], [2.5], [3]] }
objective: { kind: continual, tasks: [[0], [1], [2]], iterations: 300, chains: { steps: 30 }, optimizer: { kind: adam, rate: 0.5, epsilon: 1e-4 }, repeats: 1 }
`

test('tasks in one unit: replay of its own law keeps what no replay forgets, and stored data are all data', async () => {
  const { checks, objective } = await run(await parseScenario(line, 'line.yaml'), { directory: folder(), threads: 1 })
  expect(checks).toHaveLength(7)
  expect(checks.filter(({ pass }) => pass !== true)).toEqual([])
  const figures = new Map(objective!.arms.map(({ name, figures }) => [name, figures]))
  expect(objective!.arms.filter(({ reference }) => reference).map(({ name }) => name)).toEqual(['all at once'])
  expect(figures.get('no replay')!.divergence).toBeGreaterThan(1)
  expect(figures.get('self-replay')!.boundaryZ).toBeGreaterThan(6)
  expect(figures.get('chains')!.heat).toBeGreaterThan(0)
})

const digits = `
name: digits
data: { source: mnist, digits: [0, 1, 2], size: 6 }
network: { visible: { lattice: [6, 6] }, hidden: { units: 32 }, label: {} }
potential: { onsite: [stiffness, cubic, quartic, bias], pair: [bilinear] }
noising: { duration: 4, tMin: 0.01, slices: 10 }
learning: { rule: nudged-force-matching, centre: true, optimizer: { rate: 0.012, hiddenRate: 0.05, biasFactor: 3, finalRate: 0.01 }, iterations: 80, batch: 96, average: 0.15 }
sampling: { interpolation: alternate }
objective: { kind: continual-protocol, tasks: [[0], [1], [2]], arms: [self-replay, none], each: 500, samples: 100, repeats: 1 }
`

test('a network that draws old digits for itself keeps them; its bill and its images are in the run and in the report', async () => {
  const directory = folder()
  const { checks, objective, backend } = await run(await parseScenario(digits, 'digits.yaml'), {
    directory,
    threads: 1,
    backend: 'wasm',
  })
  expect(backend).toBe('wasm')
  expect(checks.filter(({ pass }) => pass !== true)).toEqual([])
  const figures = new Map(objective!.arms.map(({ name, figures }) => [name, figures]))
  expect(objective!.arms.filter(({ reference }) => reference).map(({ name }) => name)).toEqual(['all at once'])
  const [own, none] = [figures.get('self-replay')!, figures.get('no replay')!]
  expect(own.oldClassRate! - none.oldClassRate!).toBeGreaterThan(0.4)
  expect(own.heat).toBeGreaterThan(0)
  const found = readRun(directory)
  expect(found.objective!.images.map(({ name, images }) => [name, images.count, images.units])).toEqual(
    ['all at once', 'self-replay', 'no replay'].map((name) => [name, 24, 36]),
  )
  expect(renderReport(found)).toContain('24 images: self-replay')
})

test.each<[string, string, (text: string) => string, string]>([
  [
    'a component that is not there',
    line,
    (text) => text.replace('[2]]', '[3]]'),
    'objective.tasks.2.0: expected one of 0, 1, 2, got 3',
  ],
  ['a component twice', line, (text) => text.replace('[2]]', '[1]]'), 'objective.tasks.2.0: 1 may stand once'],
  [
    'a law without components',
    line,
    (text) => text.replace(/data:.*/, 'data: { source: density, name: two-modes }'),
    'data.source: expected data with classes',
  ],
  [
    'a single image of a class, which has no covariance',
    digits,
    (text) => text.replace(/each: \d+/, 'each: 1'),
    'objective.each: expected at least 2, got 1',
  ],
  [
    'no rule',
    digits,
    (text) => text.replace(/learning:.*/, ''),
    'learning: missing; objective.kind continual-protocol trains',
  ],
  [
    'what the study draws itself',
    digits,
    (text) => text.replace('interpolation', 'trajectories: 5, interpolation'),
    'sampling.trajectories: the study draws what it replays and judges',
  ],
  ['no labels', digits, (text) => text.replace(', label: {}', ''), 'network.label: missing'],
  [
    'energies that are not linear',
    line.replace(/potential:[\s\S]*objective/, 'potential: { onsite: [stiffness, bias] }\nobjective'),
    (text) => text.replace('{ visible: { units: 1 } }', '{ visible: { units: 1 }, hidden: { units: 2 } }'),
    'linear in its parameters',
  ],
])('%s is refused', async (_, text, change, message) => {
  const refused = parseScenario(change(text), 'refused.yaml').then(requireRunnable)
  await expect(refused).rejects.toThrow(message)
})

test.each(['continual', 'continual-digits'])('%s is valid in all profiles', async (name) => {
  const { profiles } = await loadScenario(`scenarios/${name}.yaml`, {})
  for (const profile of [undefined, ...Object.keys(profiles)])
    expect(requireRunnable(await loadScenario(`scenarios/${name}.yaml`, { profile })).size).toContain('repetition')
})
