import { expect, test } from 'vitest'
import { run } from '../../src/experiment/run/run.js'
import { requireRunnable } from '../../src/experiment/run/runnable.js'
import { loadScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

const machine = (objective: string) => `
name: small
data: { source: bars-and-stripes, side: 2 }
network:
  visible: { lattice: [2, 2], states: two }
  hidden: { units: 4, states: two }
  couplings: { visible: { edges: [] } }
potential: { onsite: [bias], pair: [bilinear] }
objective: { ${objective}, iterations: 150, optimizer: { kind: sgd, rate: 0.25 }, walkers: 200, points: 3, annealing: { walkers: 100, steps: 50 }, repeats: 1 }
`
const chains = machine('kind: contrastive-divergence, kernel: gibbs, steps: 1, bars: { short-run: 2.6 }')
const walkers = machine('kind: jarzynski, kernels: [gibbs], bars: { gibbs: 2.3, minibatch: 2.3 }')
const found = async (text: string) => run(await parseScenario(text, 'small.yaml'), { directory: folder(), threads: 1 })

test('a machine learns by chains and by weighted walkers, judged by its exact likelihood', async () => {
  const [ofChains, ofWalkers] = [await found(chains), await found(walkers)]
  for (const { objective, checks } of [ofChains, ofWalkers]) {
    expect(checks.filter(({ pass }) => pass !== true)).toEqual([])
    for (const { figures } of objective!.arms) {
      expect(figures.aboveFloor).toBeCloseTo(figures.negativeLogLikelihood! - Math.log(6), 12)
      // Four separate pixels have 4 ln 2 = 2.77 nats.
      expect(figures.negativeLogLikelihood).toBeLessThan(2.6)
      expect(figures.heat).toBeTypeOf('number')
    }
  }
  expect(ofChains.checks.map(({ name }) => name)).toContain('negative log-likelihood, short-run, seed 1')
  expect(ofWalkers.checks.map(({ name }) => name)).toContain('log Z by annealing, minibatch, seed 1')
  expect(ofWalkers.objective!.arms.map(({ name, locality }) => [name, locality])).toEqual([
    ['gibbs', 'three-factor'],
    ['minibatch', 'three-factor'],
  ])
})

test('the same arms in a study of TAP have the same bits', async () => {
  const tap = await found(machine('kind: tap, arms: [short-run, persistent, jarzynski]'))
  const others = [...(await found(chains)).objective!.arms, (await found(walkers)).objective!.arms[0]!]
  expect(tap.objective!.arms.map(({ figures }) => figures)).toEqual(others.map(({ figures }) => figures))
})

test.each<[string, string, string]>([
  [
    'a machine moved by Langevin',
    chains.replace('gibbs', 'langevin'),
    'objective.kernel: units with states are redrawn; expected gibbs',
  ],
  [
    'weighted walkers with steps',
    walkers.replace('[gibbs]', '[gibbs, mala]'),
    'objective.kernels: units with states are redrawn; expected [gibbs]',
  ],
  [
    'a control without wells',
    chains.replace('steps: 1', 'control: true'),
    'objective.control: it is of wells that continuous units do not leave',
  ],
  [
    'a ramp of a machine',
    walkers.replace(/data:.*\n/, '').replace('kernels:', 'ramp: { to: { bias: 1 } }, kernels:'),
    'objective.ramp: a ramp is of continuous units',
  ],
  [
    'a density for a machine',
    chains.replace(/data:.*/, 'data: { source: density, name: two-modes }'),
    'data.source: expected bars-and-stripes, mnist, idx: data of two-state units',
  ],
  ['couplings within a layer', chains.replace('edges: []', 'range: all'), 'units 0 and 1 of one layer are coupled'],
  [
    'bars of continuous units',
    '{ name: a, data: { source: density, name: two-modes }, network: { visible: { units: 1 } }, potential: { onsite: [stiffness] }, objective: { kind: contrastive-divergence, bars: { short-run: 2 } } }',
    'objective.bars: it is of a restricted Boltzmann machine',
  ],
  [
    'Gibbs of wells',
    '{ name: a, data: { source: density, name: two-modes }, network: { visible: { units: 1 } }, potential: { onsite: [stiffness, quartic] }, objective: { kind: contrastive-divergence, kernel: gibbs } }',
    'objective.kernel: gibbs draws each unit from its law given all others',
  ],
])('refused: %s', async (_, text, said) => {
  await expect(parseScenario(text, 'a.yaml').then(requireRunnable)).rejects.toThrow(said)
})

test.each(['contrastive-divergence-machine', 'jarzynski-machine'])('%s is valid in both profiles', async (name) => {
  for (const profile of [undefined, 'quick'])
    expect(requireRunnable(await loadScenario(`scenarios/${name}.yaml`, { profile })).size).toContain('repetition')
})
