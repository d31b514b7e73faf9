import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  defineScenario,
  effectiveScenario,
  type LoadOptions,
  loadScenario,
  parseScenario,
} from '../../src/experiment/scenario/load.js'
import { scenarioJsonSchema } from '../../src/experiment/scenario/schema.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { refusalOf } from '../refusal.js'

const simulation = `name: trap
network: { visible: { lattice: [2, 3] } }
potential: { onsite: [stiffness] }
protocol: { duration: 1, parameters: { stiffness: 1 } }
initial: { kind: point, x: 0 }
`

const messageOf = (text: string, options: LoadOptions = {}) =>
  refusalOf(async () => createProblem(await parseScenario(text, 'trap.yaml', options)))

test('the shortest simulation is valid', async () => expect(await messageOf(simulation)).toBe('valid'))

describe('a mistake is told with its place, its path and how to mend it', () => {
  test.each([
    [
      'a misspelt key',
      `${simulation}bath:\n  kt: 1\n`,
      'trap.yaml:7:3 bath.kt: unknown key. Did you mean "kT"? [E_UNKNOWN_KEY]',
    ],
    [
      'a bar of no arm',
      `name: machine
data: { source: bars-and-stripes, side: 2 }
network: { visible: { units: 4, states: two }, hidden: { units: 2, states: two }, couplings: { visible: { edges: [] } } }
potential: { onsite: [bias], pair: [bilinear] }
objective: { kind: contrastive-divergence, kernel: gibbs, bars: { long-walk: 3 } }
`,
      'trap.yaml:5:67 objective.bars.long-walk: unknown key. Expected short-run or persistent. [E_UNKNOWN_KEY]',
    ],
    [
      'a misspelt value',
      `${simulation}observe: [haet]\n`,
      'trap.yaml:6:11 observe.0: expected work, heat, entropy-production, virial, trajectories, energy, moments, first-passage, force, autocorrelation or error-budget, or a mapping, got "haet". Did you mean "heat"? [E_INVALID_VALUE]',
    ],
    [
      'a misspelt kind',
      simulation.replace('point', 'pont'),
      'trap.yaml:5:18 initial.kind: expected point, gaussian, equilibrium or relax, got "pont". Did you mean "point"? [E_INVALID_VALUE]',
    ],
    [
      'a value out of range',
      `${simulation}bath: { kT: -1 }\n`,
      'trap.yaml:6:13 bath.kT: expected more than 0, got -1. [E_INVALID_VALUE]',
    ],
    [
      'a value of another type',
      `${simulation}seed: many\n`,
      'trap.yaml:6:7 seed: expected a finite number, got "many". [E_INVALID_VALUE]',
    ],
    [
      'a missing key',
      simulation.replace('name: trap\n', ''),
      'trap.yaml:1:1 name: missing; expected text. [E_MISSING_KEY]',
    ],
    ['a missing start', simulation.replace(/initial.*\n/, ''), 'initial: a plain simulation needs a start'],
    [
      'an unknown term',
      simulation.replace('stiffness: 1', 'stifness: 1'),
      'protocol.parameters.stifness: unknown term; the potential has stiffness. Did you mean "stiffness"? [E_UNKNOWN_KEY]',
    ],
    [
      'a missing parameter',
      simulation.replace('[stiffness]', '[stiffness, quartic]'),
      'protocol.parameters.quartic: missing; expected a number, a formula in t, or a list of 6. [E_MISSING_KEY]',
    ],
    [
      'a list of the wrong length',
      simulation.replace('x: 0', 'x: [0, 1]'),
      'initial.x: expected one value, or a list of 6',
    ],
    [
      'an unbounded potential',
      simulation.replace('[stiffness]', '[stiffness, cubic]'),
      'cubic alone is unbounded below',
    ],
    [
      'a negative quartic',
      simulation.replace('[stiffness]', '[quartic]').replace('stiffness: 1', 'quartic: -1'),
      'expected at least 0, got -1',
    ],
    [
      'a wrong range',
      simulation.replace('} }', '}, couplings: { visible: { range: al } } }'),
      'network.couplings.visible.range: expected all, or nearest, or a finite number, got "al". Did you mean "all"?',
    ],
    [
      'an edge twice',
      simulation.replace('} }', '}, couplings: { visible: { edges: [[0, 1], [1, 0]] } } }'),
      'network.couplings.visible.edges[1]: the pair [1, 0] stands twice',
    ],
    [
      'an unknown unit',
      simulation.replace('} }', '}, couplings: { visible: { edges: [[0, 6]] } } }'),
      'units run from 0 to 5, got [0, 6]',
    ],
    ['broken YAML', 'name: [a\n', /^trap\.yaml:2:1: .*\[E_SYNTAX\]$/],
    ['a key twice', `${simulation}seed: 1\nseed: 2\n`, 'trap.yaml:7:1: the key "seed" stands twice. Remove one.'],
    ['a list in place of a mapping', '- a\n', 'trap.yaml:1:1: expected a mapping'],
    ['an empty file', '', 'trap.yaml:1:1: expected a mapping'],
    ['data without learning', `${simulation}data: { source: mnist }\n`, 'data: data and learning go together'],
    [
      'a broken profile',
      `${simulation}profiles: { quick: { bath.kt: 3 } }\n`,
      'trap.yaml:6:22 profiles.quick bath.kt: unknown key. Did you mean "kT"?',
    ],
  ])('%s', async (_name, text, expected) => {
    const message = await messageOf(text)
    if (typeof expected === 'string') expect(message).toContain(expected)
    else expect(message).toMatch(expected)
  })

  test('several at once, a line each', async () => {
    expect((await messageOf(`${simulation}bath: { kT: 0, mobilty: 2 }\n`)).split('\n')).toHaveLength(2)
  })

  test('in a setting, naming the setting', async () => {
    expect(await messageOf(simulation, { set: ['bath.kT=-1'] })).toBe(
      '--set bath.kT=-1 bath.kT: expected more than 0, got -1. [E_INVALID_VALUE]',
    )
    expect(await messageOf(simulation, { set: ['bath'] })).toContain('expected path=value')
    expect(await messageOf(simulation, { set: ['__proto__.polluted=1'] })).toContain('unknown key')
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  test('for an unknown profile, naming those there are', async () => {
    const text = `${simulation}profiles: { quick: { seed: 2 } }\n`
    expect(await messageOf(text, { profile: 'quik' })).toBe(
      '--profile: unknown profile "quik"; expected quick. Did you mean "quick"? [E_USAGE]',
    )
  })

  test('for a file that is not there', async () => {
    await expect(loadScenario('scenarios/mnist-1.yaml')).rejects.toThrow(
      /no such scenario file\. Did you mean "mnist-01\.yaml"\?/,
    )
  })
})

test('a profile is applied before settings, settings before the seed option', async () => {
  const text = `${simulation}profiles: { quick: { seed: 2, bath.kT: 3 } }\n`
  expect(await parseScenario(text, 'trap.yaml', { profile: 'quick' })).toMatchObject({ seed: 2, bath: { kT: 3 } })
  expect(
    await parseScenario(text, 'trap.yaml', { profile: 'quick', set: ['bath.kT=4', 'seed=5'], seed: 6 }),
  ).toMatchObject({
    seed: 6,
    bath: { kT: 4 },
  })
})

test('JSON is read as YAML is', async () => {
  expect(await parseScenario(JSON.stringify(parse(simulation)), 'trap.json')).toEqual(
    await parseScenario(simulation, 'trap.yaml'),
  )
})

test('what was found for a scenario, written out, is found again in the same words: a run goes on by its own scenario.yaml', async () => {
  const learning = { rule: 'force-matching', centre: true, iterations: 5, refine: { passes: 1 } } as const
  for (const more of [{}, { start: 'neighbour' }, { settle: { iterations: 3 } }] as const) {
    const scenario = await defineScenario({
      name: 'left-out',
      data: { source: 'gaussian-mixture', means: [[1, 0]], width: 0.4 },
      network: { visible: { units: 2 }, hidden: { units: 3 } },
      potential: { onsite: ['stiffness', 'bias'] },
      learning: { ...learning, ...more },
    })
    const text = effectiveScenario(scenario)
    expect(effectiveScenario(await parseScenario(text, 'scenario.yaml'))).toBe(text)
  }
})

test('the effective scenario, run again, is the same scenario', async () => {
  const scenario = await loadScenario('scenarios/mnist-01.yaml', { profile: 'quick', seed: 9 })
  const again = await parseScenario(effectiveScenario(scenario), 'effective.yaml')
  expect({ ...again, profiles: {} }).toEqual({ ...scenario, profiles: {} })
})

test('a scenario can be defined in a program, with the same errors', async () => {
  expect((await defineScenario(parse(simulation))).bath).toEqual({ kT: 1, mobility: 1 })
  await expect(defineScenario({ ...parse(simulation), bath: { kt: 1 } })).rejects.toThrow(
    'bath.kt: unknown key. Did you mean "kT"?',
  )
})

test('scenarios/schema.json is what the schema says (npm run schema writes it)', () => {
  expect(JSON.parse(readFileSync('scenarios/schema.json', 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(scenarioJsonSchema())),
  )
})

test('every built-in scenario is valid, says what it shows, and has a quick profile', async () => {
  for (const name of readdirSync('scenarios').filter((file) => file.endsWith('.yaml'))) {
    const file = `scenarios/${name}`
    expect(
      readFileSync(file, 'utf8')
        .split('\n')
        .slice(0, 2)
        .every((line) => line.startsWith('#')),
    ).toBe(true)
    const scenario = await loadScenario(file, { profile: 'quick' })
    expect(`${scenario.name}.yaml`).toBe(name)
    expect(scenario.about.length).toBeGreaterThan(20)
  }
})
