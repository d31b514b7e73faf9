import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../src/experiment/run/run.js'
import { requireRunnable } from '../../src/experiment/run/runnable.js'
import { loadScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { fileFolder, runFolders } from '../run-folder.js'

const folder = runFolders()
const kept = fileFolder()

const states = `
name: small
data: { source: known-law, name: two-mode-table, samples: 20000 }
network: { visible: { units: 2, states: 8 } }
potential: { onsite: [state-bias], pair: [pair-table] }
objective: { kind: energy-discrepancy, perturbation: { walk: ordinal, time: 0.0625 }, batch: 200, iterations: 300, optimizer: { kind: adam, rate: 0.1 }, bar: 0.05, unstabilised: { negatives: 4 }, repeats: 1 }
`
const bits = `
name: bits
data: { source: density, name: moons, code: { length: 3 }, samples: 5000 }
network: { visible: { units: 6, states: two }, hidden: { units: 8 } }
potential: { onsite: [bias], pair: [] }
objective: { kind: energy-discrepancy, scatter: { hidden-coupling: 0.1 }, negatives: 4, batch: 100, iterations: 200, optimizer: { kind: adam, rate: 0.02 }, contrastive: { iterations: 40 }, repeats: 1 }
`
const path = join(kept, 'rows.csv')
writeFileSync(
  path,
  ['size,shade,kind', ...Array.from({ length: 400 }, (_, n) => `${Math.sin(n) + (n % 2)},${'abc'[n % 3]},k${n % 2}`)]
    .join('\n')
    .replace('k0', 'rare'),
)
const table = `
name: rows
data: { source: table, path: ${path}, holdout: 0.5 }
network: { visible: { blocks: [{ units: 1 }, { units: 2, states: 3 }] } }
potential: { onsite: [stiffness, bias, state-bias], pair: [pair-table, state-force] }
objective: { kind: energy-discrepancy, start: { stiffness: 1 }, negatives: 8, batch: 50, iterations: 100, optimizer: { kind: adam, rate: 0.05 }, target: shade, repeats: 1 }
`
const digits = bits
  .replace('code: { length: 3 }', 'code: { base: 3, length: 2 }')
  .replace('units: 6, states: two', 'units: 4, states: 3')
  .replace('onsite: [bias]', 'onsite: [state-bias]')
  .replace(' contrastive: { iterations: 40 },', '')
const images = `
name: images
data: { source: mnist, digits: [0, 1], size: 6, threshold: 0.5 }
network: { visible: { lattice: [6, 6], states: two }, hidden: { units: 4 }, couplings: { visible: { edges: [] } } }
potential: { onsite: [bias], pair: [] }
objective: { kind: energy-discrepancy, scatter: { hidden-coupling: 0.1 }, perturbation: { time: 0.03 }, negatives: 1, w: 5, batch: 100, iterations: 300, optimizer: { kind: adam, rate: 0.03 }, finalRate: 0.001, bar: 16, unstabilised: { negatives: 1, bar: 25 }, contrastive: { steps: 1, iterations: 20, beaten: false }, repeats: 1 }
`
const scenario = (text: string) => parseScenario(text, 'small.yaml')

test('a table of states is learned; without w it is missed', async () => {
  const { objective, checks, warnings } = await run(await scenario(states), { directory: folder(), threads: 1 })
  expect(objective!.arms.map(({ name, expected, locality }) => [name, expected, locality])).toEqual([
    ['energy discrepancy', 'succeeds', 'three-factor'],
    ['without w', 'fails', 'three-factor'],
  ])
  expect(checks.map(({ name, pass, control }) => [name, pass, control])).toEqual([
    ['KL(data‖model), energy discrepancy, seed 1', true, false],
    ['KL(data‖model), without w, seed 1', true, true],
  ])
  expect(warnings ?? []).toEqual([])
})

test('bits of a density are learned by hidden units, beside chains, and are the same bits again', async () => {
  const once = async () => run(await scenario(bits), { directory: folder(), threads: 1 })
  const [first, second] = [await once(), await once()]
  expect(first.objective!.arms.map(({ name }) => name)).toEqual(['energy discrepancy', 'contrastive divergence'])
  expect(first.objective!.arms).toEqual(second.objective!.arms)
  for (const { figures } of first.objective!.arms) expect(figures.divergence).toBeLessThan(1)
})

test('a table from a file is judged by its held-out rows, and categories that only these have are named', async () => {
  const { objective, warnings } = await run(
    await scenario(table.replace('holdout: 0.5', 'holdout: 0.5, columns: { kind: category }')),
    { directory: folder(), threads: 1 },
  )
  const { figures } = objective!.arms[0]!
  for (const name of ['negativeLogLikelihood', 'accuracy', 'logLoss', 'guess', 'calibrationError', 'surplus'])
    expect(figures[name]).toBeTypeOf('number')
  // Rows of odd number are held out, and those of even number are k0.
  expect(warnings?.join()).toContain('column "kind": 200 held-out rows have the category "k1"')
})

test('digits of a density are learned by hidden units that see each state of each', async () => {
  const { objective } = await run(await scenario(digits), { directory: folder(), threads: 1 })
  // Digits that know nothing of each other leave .6: the law's entropy is that much below the sum of theirs.
  expect(objective!.arms[0]!.figures.divergence).toBeLessThan(0.2)
})

test('images are learned and judged by the likelihood of those held out', async () => {
  const directory = folder()
  const { objective, checks } = await run(await scenario(images), { directory, threads: 1 })
  expect(checks.map(({ name, pass, control }) => [name, pass, control])).toEqual([
    ['negative log-likelihood, energy discrepancy, seed 1', true, false],
    ['negative log-likelihood, without w, seed 1', true, true],
  ])
  // log Z of four hidden units is a sum: it has no error.
  for (const { figures } of objective!.arms)
    expect(Object.keys(figures)).toEqual(['negativeLogLikelihood', 'logPseudoLikelihood'])
  expect(renderReport(readRun(directory))).toContain('Samples')
})

test('w = 0 is warned of with what it has led to', async () => {
  const { warnings } = await run(
    await scenario(
      states.replace('bar: 0.05, unstabilised: { negatives: 4 }', 'w: 0, negatives: 4').replace('300', '5'),
    ),
    { directory: folder(), threads: 1 },
  )
  expect(warnings?.join()).toContain(
    'w = 0 leaves the loss without a floor: where all perturbed states of a datum (objective.negatives: 4)',
  )
})

test.each<[string, string, string]>([
  ['a negative w', states.replace('bar: 0.05', 'w: -1'), 'objective.w'],
  ['no data', states.replace(/data:.*/, ''), 'data: missing; this objective learns from data'],
  [
    'a density that is not coded',
    bits.replace(', code: { length: 3 }', ''),
    'data.source: expected known-law, table, mnist, idx, or a density with a code',
  ],
  [
    'units that the data have not',
    states.replace('units: 2, states: 8', 'units: 2, states: 7'),
    'network.visible: its units have other states than those of the data. Expected blocks: [{ units: 2, states: 8 }]',
  ],
  [
    'units of numbers for a table with names',
    table.replace(/network:.*/, 'network: { visible: { units: 3 } }'),
    'Expected blocks: [{ units: 1 }, { units: 2, states: 3 }], one unit for each column',
  ],
  [
    'a list of walks for other units',
    states.replace('walk: ordinal', 'walk: [uniform]'),
    'objective.perturbation.walk: expected one for each of 2 units with states, got 1',
  ],
  [
    'scatter of a term that there is none of',
    bits.replace('hidden-coupling: 0.1', 'hidden-copling: 0.1'),
    'objective.scatter.hidden-copling: unknown term',
  ],
  [
    'a target that is no category',
    table.replace('target: shade', 'target: size'),
    'objective.target: "size" is no column of categories; there are shade or kind',
  ],
  [
    'a target without a table',
    states.replace('bar: 0.05', 'target: x'),
    'objective.target: it names a column of data.source table',
  ],
  ['a bar for a table', table.replace('target: shade', 'bar: 1'), 'objective.bar: the law of a table is not known'],
  [
    'chains of units that are coupled among themselves',
    states.replace('unstabilised: { negatives: 4 }', 'contrastive: { iterations: 5 }'),
    'objective.contrastive: block Gibbs is for two-state units with a bias and couplings to bistable hidden units',
  ],
  [
    'a target that holds numbers',
    table.replace('target: shade', 'target: size'),
    'It holds numbers; data.columns: { size: category } makes it one.',
  ],
  [
    'other units than a table has columns, which names the first',
    table.replace('units: 2, states: 3', 'units: 2, states: 4'),
    'one unit for each column. Column "shade" has 3 categories: "a", "b", "c".',
  ],
  [
    'a column of numbers where a category is told',
    table
      .replace('blocks: [{ units: 1 }, { units: 2, states: 3 }]', 'units: 3, states: 3')
      .replace(/onsite:.*/, 'onsite: [state-bias], pair: [pair-table] }')
      .replace('start: { stiffness: 1 }, ', ''),
    'Column "size" holds numbers; data.columns: { size: category } makes each of them a category.',
  ],
  [
    'an annealed log Z of what is no image',
    states.replace('bar: 0.05', 'annealing: {}'),
    'objective.annealing: it is for images',
  ],
  [
    'images of units that are coupled among themselves',
    images
      .replace('pair: []', 'pair: [bilinear]')
      .replace(', couplings: { visible: { edges: [] } }', '')
      .replace('contrastive: { steps: 1, iterations: 20, beaten: false }, ', ''),
    'visible units of two states with a bias, coupled to bistable hidden ones alone; its potential has bilinear too',
  ],
  [
    'a bar on images whose log Z nothing tells',
    images.replace('units: 4', 'units: 20'),
    'objective.bar: log Z of 36 and 20 units is no sum that can be done; add objective.annealing',
  ],
  [
    'states in another objective',
    states.replace(/objective:.*/, 'objective: { kind: nce }'),
    'network.visible: units with states, and hidden ones with the terms of visible ones, are simulated, or learned by objective.kind energy-discrepancy',
  ],
])('refused: %s', async (_, text, said) => {
  await expect(scenario(text).then(requireRunnable)).rejects.toThrow(said)
})

test.each([
  ['', []],
  ['-bits', []],
  ['-digits', ['moons', 'checkerboard']],
  ['-mnist', []],
  ['-ring', []],
  ['-table', []],
])('energy-discrepancy%s is valid in all its profiles', async (name, profiles) => {
  for (const profile of [undefined, 'quick', ...profiles])
    expect(requireRunnable(await loadScenario(`scenarios/energy-discrepancy${name}.yaml`, { profile })).size).toContain(
      'repetition',
    )
})
