import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeNpz } from '../../src/experiment/files/npz.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { conductionLaw } from '../../src/physics/truth/heat-conduction.js'
import { refusalOf } from '../refusal.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

test('two-baths: heat flows from the hot bath to the cold one, as the spring conducts it', async () => {
  const directory = folder()
  const scenario = await loadScenario('scenarios/two-baths.yaml', { profile: 'quick', set: ['protocol.duration=100'] })
  const { thermodynamics, identities, checks, speedLimit } = await run(scenario, {
    directory,
    threads: 1,
    backend: 'reference',
  })
  expect(checks.filter(({ pass }) => pass !== true)).toEqual([])
  const law = conductionLaw({ trap: 1, spring: 2, mobility: [1, 0.5], kT: [1, 2] }, 0.02)
  const [cold, hot] = thermodynamics.baths!
  expect([cold!.kT, cold!.units, hot!.kT, hot!.units]).toEqual([1, [0], 2, [1]])
  // Only on the way to rest do the beads take up energy of their own, which each bath gives a part of: less than 2 kT.
  for (const [found, truth] of [
    [cold!.heat, 100 * law.heat],
    [hot!.heat, -100 * law.heat],
    [thermodynamics.bathEntropy!, 100 * law.entropy],
  ] as const)
    expect(Math.abs(found.mean - truth)).toBeLessThan(2 + 4 * found.standardError)
  const { mean } = thermodynamics.bathEntropy!
  expect(mean).toBeCloseTo(cold!.heat.mean + hot!.heat.mean / 2, 10)
  // In float64, where forces are linear.
  const sum = identities.find(({ name }) => name.startsWith('Σ_b'))!
  expect(sum.value).toBeCloseTo(sum.truth, 8)
  // The start is not far from rest: what entropy the law of the states gains is little beside that.
  expect(Math.abs(thermodynamics.entropyProduction!.mean - mean)).toBeLessThan(1)
  expect(speedLimit).toBeUndefined()
  const { heatOfBath } = decodeNpz(readFileSync(join(directory, 'thermodynamics.npz')), 'thermodynamics.npz')
  expect(heatOfBath!.shape).toEqual([1000, 2])
})

const chain = `
name: chain
network: { visible: { chain: 3 } }
potential: { onsite: [stiffness], pair: [bilinear] }
bath: { kT: [2, 2, 1], mobility: [1, 1, 0.5] }
initial: { kind: gaussian }
protocol: { duration: 1, dt: 0.1, parameters: { stiffness: 2, bilinear: -1 } }
sampling: { trajectories: 4 }
observe: [work, heat]
`
/** The chain with changes, as text. */
const changed = (...changes: readonly (readonly [string, string])[]) =>
  changes.reduce((text, [from, to]) => text.replace(from, to), chain)
const made = async (text: string) => createProblem(await parseScenario(text, 'chain.yaml'))

test('units have temperatures and mobilities over those of the first', async () => {
  const { potential, bath } = await made(chain)
  expect(bath).toEqual({ kT: 2, mobility: 1 })
  expect([...potential.network.temperature!]).toEqual([1, 1, 0.5])
  expect([...potential.network.mobility!]).toEqual([1, 1, 0.5])
  expect(potential.network.blocks.map(({ units }) => units)).toEqual([2, 1])
  const alike = await made(changed(['[2, 2, 1]', '[3, 3, 3]'], ['[1, 1, 0.5]', '2']))
  expect(alike.bath).toEqual({ kT: 3, mobility: 2 })
  expect([alike.potential.network.temperature, alike.potential.network.mobility]).toEqual([null, null])
})

test('hidden units with the terms of visible ones come after these', async () => {
  const { potential } = await made(changed(['chain: 3 }', 'chain: 2 }, hidden: { blocks: [{ units: 1 }] }']))
  expect([...potential.network.temperature!]).toEqual([1, 1, 0.5])
})

test.each<[string, string, string]>([
  [
    'a list of another length',
    changed(['[2, 2, 1]', '[2, 1]']),
    'bath.kT: expected a number, or a list of 3 (one for each unit), got 2 entries',
  ],
  ['a temperature of 0', changed(['[2, 2, 1]', '[2, 2, 0]']), 'bath.kT.2: expected more than 0, got 0'],
  [
    'mobilities said twice',
    changed(['chain: 3', 'blocks: [{ units: 3, mobility: 2 }]']),
    'network.visible.blocks.0.mobility: bath.mobility has one for each unit already',
  ],
  [
    'states',
    changed(['chain: 3', 'chain: 3, states: two']),
    'bath.kT: units with states are tried at a rate in one bath',
  ],
  [
    'equilibrium',
    changed(['kind: gaussian', 'kind: equilibrium']),
    'initial.kind: units at several temperatures (bath.kT) have no equilibrium',
  ],
  [
    'a number on the way',
    changed(['duration: 1', 'duration: 1, kT: 2']),
    'protocol.kT: bath.kT has one for each unit, and a number would replace the first alone',
  ],
  [
    'hidden units that follow',
    changed(['chain: 3 }', 'chain: 3 }, hidden: { units: 2 }']),
    'bath.kT: hidden units that follow at once are in equilibrium',
  ],
  [
    'hidden units that move',
    changed(['chain: 3 }', 'chain: 3 }, hidden: { units: 2, kind: explicit }']),
    'bath.kT: explicit hidden units move in the bath of all',
  ],
  [
    'both ways',
    changed(['duration: 1', 'duration: 1, bothWays: true']),
    'protocol.bothWays: a free energy is one at one temperature',
  ],
])('baths: %s is refused', async (_, text, message) => {
  expect(await refusalOf(() => made(text))).toContain(message)
})

test('data are learned in one bath', async () => {
  const text = `
name: learns
data: { source: gaussian-mixture, means: [[-1, 0], [1, 0]], width: 0.3, samples: 10 }
network: { visible: { units: 2 } }
potential: { onsite: [stiffness], pair: [bilinear] }
bath: { kT: [1, 2] }
learning: { rule: force-matching }
`
  expect(await refusalOf(() => parseScenario(text, 'learns.yaml'))).toContain(
    'bath.kT: data are noised, and energies learned, in one bath',
  )
})

test.each<[string, string, string]>([
  ['a ring of two', changed(['chain: 3', 'ring: 2']), 'network.visible.ring: expected more than 2 units'],
  [
    'a chain of one',
    changed(['chain: 3', 'chain: 1']),
    'network.visible.chain: a single unit has no neighbour; use units: 1',
  ],
  [
    'a ring and a chain',
    changed(['chain: 3', 'chain: 3, ring: 3']),
    'expected one of lattice: [rows, columns], ring: N, chain: N',
  ],
  ['a kind of a chain', changed(['chain: 3', 'chain: 3, kind: triangular']), 'network.visible.kind: is of a lattice'],
  [
    'an unknown kind',
    changed(['chain: 3', 'lattice: [1, 3], kind: hexagonal']),
    'network.visible.kind: expected square or triangular, got "hexagonal"',
  ],
  [
    'a closed chain',
    changed(['chain: 3 }', 'chain: 3 }, couplings: { visible: { periodic: true } }']),
    'a closed chain is a ring; use ring: N',
  ],
  [
    'a periodic ring',
    changed(['chain: 3 }', 'ring: 3 }, couplings: { visible: { periodic: true } }']),
    'a ring is closed by itself',
  ],
  [
    'a ring that reaches around',
    changed(['chain: 3 }', 'ring: 3 }, couplings: { visible: { range: 2 } }']),
    'expected more than 4 units',
  ],
  [
    'a radius without places',
    changed(['chain: 3 }', 'units: 3 }, couplings: { visible: { range: 1 } }']),
    'a radius needs network.visible.lattice, ring or chain',
  ],
  [
    'a triangular radius',
    changed(['chain: 3 }', 'lattice: [1, 3], kind: triangular }, couplings: { visible: { range: 1 } }']),
    'a radius is of a square lattice',
  ],
  [
    'an odd triangular torus',
    changed(['chain: 3 }', 'lattice: [3, 1], kind: triangular }, couplings: { visible: { periodic: true } }']),
    'a triangular torus has an even number of rows',
  ],
  [
    'a torus of all',
    changed(['chain: 3 }', 'lattice: [1, 3] }, couplings: { visible: { periodic: true } }']),
    'needs network.visible.lattice, and range: nearest or a radius',
  ],
])('geometry: %s is refused', async (_, text, message) => {
  expect(await refusalOf(() => made(text))).toContain(message)
})
