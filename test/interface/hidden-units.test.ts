import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { OverdampedError } from '../../src/errors.js'
import { decodeSafetensors } from '../../src/io/safetensors.js'
import { startParameters } from '../../src/learn/start.js'
import { forceAndEnergy } from '../../src/potential/potential.js'
import { decodeParameters, encodeParameters } from '../../src/run/parameters.js'
import { createProblem } from '../../src/run/problem.js'
import { run } from '../../src/run/run.js'
import { effectiveScenario, parseScenario } from '../../src/scenario/load.js'
import { runFolders } from '../run-folder.js'
import { normals } from '../systems.js'

const folder = runFolders()

function simulation({ hidden = '{ units: 2 }', couplings = '{}', parameters = '' } = {}): string {
  return `name: trap
network: { visible: { lattice: [2, 3] }, hidden: ${hidden}, couplings: ${couplings} }
potential: { onsite: [stiffness] }
protocol: { duration: 1, parameters: { stiffness: 1, ${parameters || 'hidden-coupling: 0.5, hidden-bias: [0, t]'} } }
initial: { kind: point, x: 0 }
`
}

function learning(more: string): string {
  return `name: learner
data: { source: gaussian-mixture, means: [[1, 1], [-1, -1]], width: 0.3 }
network: { visible: { units: 2 }, hidden: { units: 4 } }
potential: { onsite: [stiffness] }
learning: ${more}
`
}

function messageOf(text: string): string {
  try {
    createProblem(parseScenario(text, 'a.yaml'))
  } catch (error) {
    if (error instanceof OverdampedError) return error.message
    throw error
  }
  return 'valid'
}

test('a simulation with hidden units gives their couplings and biases by name, constant or as schedules', () => {
  const scenario = parseScenario(simulation(), 'a.yaml')
  const { potential, given } = createProblem(scenario)
  expect(potential.groups.map(({ name, offset, size }) => [name, offset, size])).toEqual([
    ['stiffness', 0, 6],
    ['hidden-coupling', 6, 12],
    ['hidden-bias', 18, 2],
  ])
  expect([...given!.theta]).toEqual([...Array(6).fill(1), ...Array(12).fill(0.5), 0, 0])
  expect(given!.scheduled.map(({ parameter, value }) => [parameter, value(0.25)])).toEqual([[19, 0.25]])
  expect(parseScenario(effectiveScenario(scenario), 'again.yaml')).toEqual(scenario)
})

test('the kind and the range of hidden units have defaults, and networks without them are as they were', () => {
  expect(parseScenario(simulation(), 'a.yaml').network.hidden).toEqual({ units: 2, kind: 'bistable' })
  const radius = simulation({ hidden: '{ units: 6 }', couplings: '{ hidden: { range: 0 } }' })
  const narrow = radius.replace('[0, t]', '0')
  expect(createProblem(parseScenario(narrow, 'a.yaml')).potential.network.hiddenEdges.count).toBe(6)
  const without = parseScenario(
    simulation()
      .replace(/, hidden: {[^}]*}/, '')
      .replace(/, hidden-.*?(?= })/, ''),
    'a.yaml',
  )
  expect(createProblem(without).potential.network.hidden).toBe(0)
  expect(effectiveScenario(without)).not.toContain('hidden')
})

test('hidden units feel the temperature of the bath: at half of it they answer twice the field', () => {
  const text = `${simulation({ hidden: '{ units: 1 }', parameters: 'hidden-coupling: [1, 0, 0, 0, 0, 0], hidden-bias: 0' })}bath: { kT: 0.5 }\n`
  const { potential, given } = createProblem(parseScenario(text, 'a.yaml'))
  const force = new Float64Array(6)
  forceAndEnergy(potential, given!.theta, Float64Array.of(0.3, 0, 0, 0, 0, 0), 1, force, null)
  expect(force[0]).toBeCloseTo(-0.3 + Math.tanh(0.3 / 0.5), 14)
})

test('both rules of force matching learn with hidden units', () => {
  for (const rule of ['force-matching', 'nudged-force-matching'])
    expect(messageOf(learning(`{ rule: ${rule} }`))).toBe('valid')
})

test.each([
  [
    'the oracle',
    learning('{ oracle: true }'),
    'a.yaml:5:21 learning.oracle: least squares needs a potential that is linear in its parameters, and with network.hidden it is not',
  ],
  [
    'least squares',
    learning('{ rule: least-squares }'),
    'a.yaml:5:19 learning.rule: least squares needs a potential that is linear in its parameters',
  ],
  [
    'a nudge of 0',
    learning('{ rule: nudged-force-matching, nudge: 0 }'),
    'learning.nudge: expected more than 0, got 0.',
  ],
  [
    'an unknown kind',
    simulation({ hidden: '{ units: 2, kind: bistabel }' }),
    'network.hidden.kind: expected bistable, got "bistabel". Did you mean "bistable"? [E_INVALID_VALUE]',
  ],
  ['no hidden units', simulation({ hidden: '{ units: 0 }' }), 'network.hidden.units: expected more than 0, got 0.'],
  ['no number of them', simulation({ hidden: '{}' }), 'network.hidden.units: missing'],
  [
    'couplings to nobody',
    simulation({ couplings: '{ hidden: {} }' }).replace(/ hidden: {[^}]*},/, ''),
    'network.couplings.hidden: there are no hidden units; add network.hidden',
  ],
  [
    'a radius without a hidden unit above each site',
    simulation({ couplings: '{ hidden: { range: 1 } }' }),
    'network.couplings.hidden.range: a radius needs a lattice and one hidden unit above each of its sites',
  ],
  [
    'a missing bias',
    simulation({ parameters: 'hidden-coupling: 1' }),
    'protocol.parameters.hidden-bias: missing; expected a number, a formula in t, or a list of 2. [E_MISSING_KEY]',
  ],
  [
    'a list of couplings of the wrong length',
    simulation({ parameters: 'hidden-coupling: [1, 2], hidden-bias: 0' }),
    'protocol.parameters.hidden-coupling: expected one value or a list of 12, got 2 entries. [E_INVALID_VALUE]',
  ],
  [
    'a place, which a hidden unit does not have',
    simulation({ parameters: 'hidden-coupling: 1, hidden-bias: row' }),
    'protocol.parameters.hidden-bias: column 1 of the formula: unknown name "row"',
  ],
  [
    'a formula with the name of their couplings',
    simulation().replace('[stiffness]', '[stiffness, { name: hidden-coupling, formula: x^4 }]'),
    'potential.onsite.1.name: "hidden-coupling" is a built-in term; choose another name. [E_INVALID_VALUE]',
  ],
  [
    'a formula with the name of another tensor',
    simulation().replace('[stiffness]', '[stiffness, { name: edges, formula: x^4 }]'),
    'potential.onsite.1.name: "edges" is what else stands in parameters.safetensors; choose another name.',
  ],
  [
    'more couplings than memory holds',
    simulation({ hidden: '{ units: 700000 }' }),
    'network.hidden.units: 700000 hidden units with about 4200000 couplings; expected at most 1,000,000 units and 4,000,000 couplings',
  ],
  [
    'more states of them than memory holds',
    `${simulation({ hidden: '{ units: 100000 }', parameters: 'hidden-coupling: 0, hidden-bias: 0' })}sampling: { batch: 4000, trajectories: 4000 }\n`,
    'sampling.batch: trajectories that advance together and the rest take about 11.9 GiB; expected at most 4 GiB',
  ],
])('%s is refused with its place and how to mend it', (_name, text, expected) => {
  expect(messageOf(text)).toContain(expected)
})

test('parameters of hidden units come back from their file, and a file without them is refused', () => {
  const problem = createProblem(parseScenario(learning('{}'), 'a.yaml'))
  const { potential, noising } = problem
  const knots = noising.knots.slice(0, 3)
  const theta = knots.map((_, n) => normals(potential.size, 80 + n))
  const bytes = encodeParameters(potential, knots, theta)
  expect(decodeParameters(bytes, potential, knots, 'parameters.safetensors')).toEqual(theta)
  expect(startParameters(potential, noising, 1)).toHaveLength(potential.size)
  const visible = createProblem(parseScenario(learning('{}').replace(', hidden: { units: 4 }', ''), 'a.yaml')).potential
  const without = encodeParameters(visible, knots, theta)
  expect(() => decodeParameters(without, potential, knots, 'parameters.safetensors')).toThrow(
    /parameters.safetensors: expected a float64 tensor "hidden-coupling" of shape \[3, 8\].*E_FORMAT/,
  )
})

test('a simulated unit under two hidden ones follows the Boltzmann law of their free energy', async () => {
  const text = `name: one
network: { visible: { units: 1 }, hidden: { units: 2 } }
potential: { onsite: [stiffness] }
protocol: { duration: 8, parameters: { stiffness: 1, hidden-coupling: [1, -0.5], hidden-bias: [0.3, 0] } }
initial: { kind: gaussian, mean: 0, variance: 2 }
sampling: { trajectories: 2000 }
checks: [first-law, boltzmann-moments]
`
  const { checks } = await run(parseScenario(text, 'one.yaml'), { directory: folder(), backend: 'reference' })
  expect(checks.map(({ name, pass }) => [name, pass])).toEqual([
    ['first law: |ΔU - W + Q|', true],
    ['⟨x₀²⟩', true],
    ['⟨x₀⁴⟩', true],
  ])
})

test('with hidden units between them, visible ones are no longer independent: the Boltzmann check is refused', () => {
  const text = `${simulation()}checks: [boltzmann-moments]\n`.replace('[0, t]', '0')
  return expect(run(parseScenario(text, 'a.yaml'), { directory: folder(), backend: 'reference' })).rejects.toThrow(
    /checks.0: "boltzmann-moments" needs a plain simulation without couplings/,
  )
})

test('a run learns with hidden units, leaves their tensors, and repeats its bytes', async () => {
  const text = learning('{ rule: nudged-force-matching, iterations: 20, batch: 64 }')
    .replace('width: 0.3', 'width: 0.3, samples: 200')
    .concat('noising: { slices: 4 }\nsampling: { trajectories: 50 }\nobserve: [virial]\n')
  const [a, b] = [folder(), folder()]
  for (const directory of [a, b]) await run(parseScenario(text, 'a.yaml'), { directory, backend: 'reference' })
  const bytes = readFileSync(join(a, 'parameters.safetensors'))
  const { tensors } = decodeSafetensors(new Uint8Array(bytes), 'parameters.safetensors')
  const shapes = Object.entries(tensors).map(([name, { shape }]) => [name, shape])
  expect(Object.fromEntries(shapes)).toEqual({
    knots: [5],
    edges: [1, 2],
    stiffness: [5, 2],
    'hidden-edges': [8, 2],
    'hidden-coupling': [5, 8],
    'hidden-bias': [5, 4],
  })
  expect([...tensors['hidden-edges']!.data]).toEqual([0, 0, 1, 0, 0, 1, 1, 1, 0, 2, 1, 2, 0, 3, 1, 3])
  expect(readFileSync(join(b, 'parameters.safetensors')).equals(bytes)).toBe(true)
})
