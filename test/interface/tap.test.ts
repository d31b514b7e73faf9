import { expect, test } from 'vitest'
import { loadMnist } from '../../src/experiment/files/mnist.js'
import { run } from '../../src/experiment/run/run.js'
import { requireRunnable } from '../../src/experiment/run/runnable.js'
import { loadScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

const small = `
name: small
data: { source: bars-and-stripes, side: 2 }
network:
  visible: { lattice: [2, 2], states: two }
  hidden: { units: 4, states: two }
  couplings: { visible: { edges: [] } }
potential: { onsite: [bias], pair: [bilinear] }
objective:
  kind: tap
  arms: [third-order, second-order, mean-field, persistent, short-run, jarzynski, exact, second-order-persistent]
  iterations: 150
  optimizer: { kind: sgd, rate: 0.25 }
  walkers: 200
  points: 3
  annealing: { walkers: 100, steps: 50 }
  bars: { exact: 2.1, jarzynski: 2.3 }
  repeats: 1
`
const scenario = (change: (text: string) => string = (text) => text) => parseScenario(change(small), 'small.yaml')

test('every arm learns bars and stripes of four pixels, judged by an exact likelihood beside its floor', async () => {
  const directory = folder()
  const { objective, checks } = await run(await scenario(), { directory, threads: 1 })
  const figuresOf = (arm: string) => objective!.arms.find(({ name }) => name === arm)!.figures
  const floor = Math.log(6)
  for (const arm of ['third-order', 'second-order', 'mean-field', 'persistent', 'short-run', 'jarzynski', 'exact']) {
    const { negativeLogLikelihood, aboveFloor } = figuresOf(arm)
    expect(aboveFloor).toBeCloseTo(negativeLogLikelihood! - floor, 12)
    expect(aboveFloor).toBeGreaterThan(0)
    // Four separate pixels have 4 ln 2 = 2.77 nats.
    expect(negativeLogLikelihood).toBeLessThan(2.6)
  }
  expect(checks.map(({ name }) => name)).toContain('negative log-likelihood, exact, seed 1')
  expect(checks.filter(({ name }) => name.startsWith('log Z by annealing'))).toHaveLength(8)
  expect(checks.filter(({ pass }) => pass !== true)).toEqual([])
  expect(objective!.arms.find(({ name }) => name === 'jarzynski')!.locality).toBe('three-factor')
  const record = readRun(directory)
  expect(record.samples).toMatchObject({ count: 64, units: 4 })
  expect(Array.from(record.samples!.points).every((x) => Math.abs(x) === 1)).toBe(true)
  expect(renderReport(record)).toContain('Objective: tap')
})

test('orders are judged by their slopes, at a strength that is not small they are missed', async () => {
  const orders = (strengths: string) => (text: string) =>
    text
      .replace(/data:.*\n/, '')
      .replace('lattice: [2, 2]', 'units: 10')
      .replace('units: 4', 'units: 6')
      .replace(/arms: [\s\S]*repeats/, `orders: { strengths: ${strengths}, machines: 5 }\n  repeats`)
  const found = await run(await scenario(orders('[0.05, 0.1, 0.2]')), { directory: folder(), threads: 1 })
  expect(found.checks.filter(({ pass }) => pass !== true)).toEqual([])
  expect(found.checks).toHaveLength(7)
  expect(found.checks.filter(({ control }) => control).map(({ name }) => name)).toEqual([
    "slope of the gradient's error, mean-field, seed 1",
  ])
  const strong = await run(await scenario(orders('[2, 4]')), { directory: folder(), threads: 1 })
  expect(strong.checks.filter(({ pass }) => pass === false).length).toBeGreaterThan(3)
})

test('images in black and white are those in grey above and below the threshold', () => {
  const shape = { size: 12, crop: 2 }
  const grey = loadMnist([1], shape).heldOut
  const black = loadMnist([1], { ...shape, threshold: 0.3 }).heldOut
  // Pixels are 2p - 1 of the share p of full ink.
  expect(black.images).toEqual(grey.images.map((pixel) => (pixel > -0.4 ? 1 : -1)))
  expect(new Set(black.images)).toEqual(new Set([-1, 1]))
  expect(() => loadMnist([1], { ...shape, threshold: 1 })).toThrow(/data\.threshold: 1 is not possible/)
})

test.each([
  [
    'grey images',
    (text: string) => text.replace(/data:.*/, 'data: { source: density, name: checkerboard }'),
    /data.source: expected bars-and-stripes, mnist, idx/,
  ],
  [
    'an image of another size',
    (text: string) => text.replace('side: 2', 'side: 3'),
    /network.visible: expected 9 units/,
  ],
  ['no data', (text: string) => text.replace(/data:.*\n/, ''), /data: missing/],
  [
    'couplings within a layer',
    (text: string) => text.replace('edges: []', 'range: all'),
    /units 0 and 1 of one layer are coupled/,
  ],
  [
    'continuous units',
    (text: string) => text.replace(/, states: two/g, ''),
    /Expected blocks: \[{ units: 4, states: two }\]/,
  ],
  [
    'data beside machines drawn at random',
    (text: string) => text.replace('repeats: 1', 'orders: {}'),
    /data: objective.orders is about machines drawn at random/,
  ],
] as const)('refused: %s', async (_, change, message) => {
  await expect(async () => requireRunnable(await scenario(change))).rejects.toThrow(message)
})

test.each(['rbm-tap', 'rbm-tap-orders', 'rbm-mnist'])('%s is valid in both profiles', async (name) => {
  for (const profile of [undefined, 'quick'])
    expect(requireRunnable(await loadScenario(`scenarios/${name}.yaml`, { profile })).size).toContain('repetition')
})
