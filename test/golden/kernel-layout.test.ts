import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { describeSystem } from '../../src/backend/compiled/system.js'
import { createArena, createMemory } from '../../src/backend/wasm/memory.js'
import { createNetwork, type NetworkOptions } from '../../src/physics/network/network.js'
import { createPotential } from '../../src/physics/potential/potential.js'

/** Records and places of parameters as of November 2026: another number here is another layout, which kernels/system.h must share. */
test.each<[string, NetworkOptions, number, string]>([
  ['a lattice', { visible: { lattice: [3, 4] }, couplings: { visible: { range: 1 } } }, 0, 'd9192d69bc649b58'],
  ['hidden units that see all', { visible: { units: 7 }, hidden: { units: 3 } }, 0, '01771e782ce25a6b'],
  [
    'labels that pull on all, hidden units above sites',
    {
      visible: { lattice: [3, 4] },
      hidden: { units: 12 },
      label: {},
      couplings: { visible: { range: 1 }, hidden: { range: 1 } },
    },
    3,
    'cb66647bac55c4f1',
  ],
  [
    'a label that pulls on hidden units',
    { visible: { units: 5 }, hidden: { units: 2 }, label: { couplings: ['hidden'] } },
    1,
    'ceeb1e4453930d14',
  ],
  ['labels without hidden units', { visible: { units: 5 }, label: {} }, 2, '1cdbc7fee9468b67'],
])('the layout of %s in the kernels’ memory is frozen', (_, options, labels, expected) => {
  const onsite = ['stiffness', 'cubic', 'quartic', 'bias'] as const
  const potential = createPotential(createNetwork(options, labels), { onsite, pair: ['bilinear', 'quartic'] }, 0.7)
  const arena = createArena(createMemory(false))
  const { sumWords, clocks, ...system } = describeSystem(potential, 0.7, arena)
  expect(clocks).toEqual([])
  const words = arena.i32(0, system.sumOf / 4 + potential.size + 1)
  const layout = JSON.stringify([system, ...words, ...sumWords])
  expect(createHash('sha256').update(layout).digest('hex').slice(0, 16)).toBe(expected)
})
