import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requireRunnable, run } from '../../src/experiment/run/run.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
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

test('w = 0 is warned of with what it has led to', async () => {
  const { warnings } = await run(
    await scenario(
      states.replace('bar: 0.05, unstabilised: { negatives: 4 }', 'w: 0, negatives: 4').replace('300', '5'),
    ),
    { directory: folder(), threads: 1 },
  )
  expect(warnings?.join()).toContain('w = 0 leaves the loss without a floor: where all 4 perturbed states')
})

test.each<[string, string, string]>([
  ['a negative w', states.replace('bar: 0.05', 'w: -1'), 'objective.w'],
  ['no data', states.replace(/data:.*/, ''), 'data: missing; this objective learns from data'],
  [
    'a density that is not coded',
    bits.replace(', code: { length: 3 }', ''),
    'data.source: expected known-law, table, or a density with a code',
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
    'states in another objective',
    states.replace(/objective:.*/, 'objective: { kind: nce }'),
    'network.visible: units with states, and hidden ones with the terms of visible ones, are simulated, or learned by objective.kind energy-discrepancy',
  ],
])('refused: %s', async (_, text, said) => {
  await expect(scenario(text).then(requireRunnable)).rejects.toThrow(said)
})
