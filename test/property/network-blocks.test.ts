import { assert, constantFrom, double, integer, option, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { driveNetwork } from '../../src/physics/dynamics/drive.js'
import { withOwnStart } from '../../src/physics/dynamics/own-start.js'
import { type Block, twoStates } from '../../src/physics/network/blocks.js'
import { generatingHidden, type HiddenKind, hiddenKinds } from '../../src/physics/network/hidden-kind.js'
import { withHiddenStates, withTwins } from '../../src/physics/network/hidden-states.js'
import { createNetwork, hiddenBlock, type Network, networkOf } from '../../src/physics/network/network.js'
import { hiddenTerm } from '../../src/physics/potential/hidden-term.js'
import { bias } from '../../src/physics/potential/onsite.js'
import { createPotential, potentialOf } from '../../src/physics/potential/potential.js'
import { constantProtocol } from '../../src/physics/protocol/protocol.js'

/** Networks with hidden units of every kind, label units, and a lattice or none. */
const described = record({
  lattice: option(record({ rows: integer({ min: 1, max: 3 }), columns: integer({ min: 1, max: 3 }) }), { nil: null }),
  visible: integer({ min: 1, max: 5 }),
  labels: integer({ min: 0, max: 3 }),
  hidden: integer({ min: 0, max: 4 }),
  kind: constantFrom(...(Object.keys(hiddenKinds) as HiddenKind[])),
  barrier: double({ min: 0.25, max: 8, noNaN: true }),
  speed: double({ min: 0.1, max: 20, noNaN: true }),
})

/** What a block says of each of its rows; none where it follows at once. */
function rowsSaid({ role, units, change }: Block) {
  const mobility = change.kind === 'langevin' ? change.mobility : 0
  const rate = change.kind === 'flips' ? change.rate : null
  return change.kind === 'at-once' ? [] : Array.from({ length: units }, () => ({ role, mobility, rate }))
}

function expectViews(network: Network): void {
  const { blocks, units, visible, labels, hidden, mobility } = network
  const rows = blocks.flatMap(rowsSaid)
  expect(units).toBe(rows.length)
  for (const [role, count] of [
    ['visible', visible],
    ['label', labels],
    ['hidden', hidden],
  ] as const)
    expect(blocks.filter((block) => block.role === role).reduce((sum, block) => sum + block.units, 0)).toBe(count)
  expect(rows.slice(0, visible).every(({ role }) => role === 'visible')).toBe(true)
  expect(rows.slice(visible, visible + labels).every(({ role }) => role === 'label')).toBe(true)
  expect(Array.from(mobility ?? new Float64Array(units).fill(1))).toEqual(rows.map((row) => row.mobility))
  expect(mobility === null).toBe(rows.every((row) => row.mobility === 1))
  for (const { first, change, units } of blocks) {
    expect(first === null).toBe(change.kind === 'at-once')
    if (first !== null) expect(rows.slice(first, first + units)).toHaveLength(units)
  }
  const { discrete } = driveNetwork(potentialOf(network, [bias]), constantProtocol(new Float64Array(visible), 1, 1))
  const rates = rows.map(() => null as number | null)
  for (const row of discrete?.classes.flatMap((members) => [...members]) ?? []) rates[row] = discrete!.rate[row]!
  expect(rates).toEqual(rows.map((row) => row.rate))
}

test('what a network says of its rows is what its blocks say, for every kind of hidden unit, labels and lattices', () => {
  assert(
    property(described, ({ lattice, visible, labels, hidden, kind, barrier, speed }) => {
      const sites = lattice === null ? visible : lattice.rows * lattice.columns
      const options = { kind, well: { barrier }, mobility: speed }
      const learned = createNetwork(
        {
          visible: lattice === null ? { units: visible } : { lattice: [lattice.rows, lattice.columns] },
          ...(hidden > 0 ? { hidden: { units: hidden, ...options } } : {}),
          label: {},
        },
        labels,
      )
      expectViews(learned)
      expect([learned.units, learned.visible, learned.labels, learned.hidden]).toEqual([
        sites + labels,
        sites,
        labels,
        hidden,
      ])
      const generating = withHiddenStates(learned, generatingHidden(options, [1, 1]))
      expectViews(generating)
      const moves = hidden > 0 && hiddenKinds[kind].generates !== 'at-once'
      expect(generating.units).toBe(sites + labels + (moves ? hidden : 0))
      expect([generating.edges, generating.hiddenEdges]).toEqual([learned.edges, learned.hiddenEdges])
      const twins = withTwins(learned)
      expectViews(twins)
      expect([twins.hidden, twins.hiddenEdges.count]).toEqual([2 * hidden, 2 * learned.hiddenEdges.count])
    }),
    { numRuns: 200 },
  )
})

test.each([
  ['bistable', 'hidden', 'hidden'],
  ['quartic', 'quartic hidden units', 'quartic hidden units'],
  ['explicit', 'quartic hidden units', 'explicit hidden units'],
  ['glauber', 'hidden', 'two-state hidden units'],
] as const)('%s hidden units are learned and generate with the term of their block', (kind, learned, generating) => {
  const network = createNetwork({ visible: { units: 2 }, hidden: { units: 3, kind } })
  const moving = withHiddenStates(network, generatingHidden({ kind }, [1, 1]))
  expect([network, moving].map((on) => createPotential(on, { onsite: [] }, 1).terms.map(({ name }) => name))).toEqual([
    [learned],
    [generating],
  ])
  expect(hiddenTerm(1)(network).name).toBe(learned)
  expect(hiddenBlock(network)?.barrier).toBe(hiddenKinds[kind].states === null ? 2 : undefined)
})

const plain = createNetwork({ visible: { units: 3 } })
const diffusing = { kind: 'langevin', mobility: 1 } as const

test('units with any states start in them, in rows of their own wherever these stand', () => {
  const blocks: Block[] = [
    { role: 'visible', units: 1, states: null, change: diffusing },
    { role: 'visible', units: 1, states: [0, 1, 2], change: { kind: 'flips', rate: 1 } },
    { role: 'visible', units: 1, states: null, change: diffusing },
  ]
  const batch = 3000
  const x = new Float64Array(3 * batch)
  withOwnStart((all) => all.fill(7), 5, networkOf(blocks, plain))(x, 0, batch)
  const row = (n: number) => x.subarray(n * batch, (n + 1) * batch)
  expect(row(0).every((value) => value === 7) && row(2).every((value) => value === 7)).toBe(true)
  const counts = [0, 1, 2].map((state) => row(1).filter((value) => value === state).length)
  expect(counts.reduce((sum, count) => sum + count)).toBe(batch)
  // Binomial, p = 1/3: four standard deviations are 103.
  for (const count of counts) expect(Math.abs(count - batch / 3)).toBeLessThan(103)
})

const visible: Block = { role: 'visible', units: 3, states: null, change: diffusing }
const hidden: Block = { role: 'hidden', units: 1, states: twoStates, change: { kind: 'at-once' } }

test.each<[string, Block[], string]>([
  ['in another order', [hidden, visible], 'in the order visible, label, hidden, active, got hidden, visible'],
  ['two kinds of hidden unit', [visible, hidden, hidden], 'hidden units are of one kind'],
  ['visible units that follow', [{ ...visible, change: { kind: 'at-once' } }], 'only hidden units follow at once'],
  ['two states that diffuse', [{ ...visible, states: twoStates }], "units with states -1, 1 can't diffuse"],
  ['oscillators that flip', [{ ...visible, change: { kind: 'flips', rate: 1 } }], "continuous units can't flip"],
  [
    'flips at a negative rate',
    [{ ...visible, states: twoStates, change: { kind: 'flips', rate: -1 } }],
    'a finite rate, at least 0, got -1',
  ],
  ['half a unit', [{ ...visible, units: 1.5 }], 'a whole number of units, got 1.5'],
  ['a well of two states', [visible, { ...hidden, barrier: 2 }], 'have no well'],
  ['hidden units that nothing confines', [visible, { ...hidden, states: null }], 'need a well'],
])('blocks with %s are refused', (_, blocks, message) => {
  expect(() => networkOf(blocks, plain)).toThrow(message)
})

test.each([0, -1, 2.5, Number.NaN, 1e9, 'three'])('%s is no number of states', (states) => {
  expect(() => createNetwork({ visible: { units: 2, states: states as number } })).toThrow(
    /^visible.states: expected two, or a number of categories from 1 to 65536, got/,
  )
})

test.each<[string, Block[], string]>([
  [
    'a process without an active role',
    [{ ...visible, change: { kind: 'ornstein-uhlenbeck', time: 1 } }],
    'nothing else is',
  ],
  ['a wall above the other', [{ ...visible, walls: [1, -1] }], 'the lower wall is below the upper one, got 1 and -1'],
  ['walls around an angle', [{ ...visible, walls: [0, 1], period: 1 }], 'walls or a period, not both'],
  ['a period of 0', [{ ...visible, period: 0 }], 'a period is above 0'],
  ['a temperature below 0', [{ ...visible, temperature: -1 }], 'a temperature is at least 0, got -1'],
  [
    'clamped units at a temperature',
    [{ ...visible, change: { kind: 'clamped' }, temperature: 2 }],
    'only continuous units that move',
  ],
])('coordinates: %s is refused', (_, blocks, message) => {
  expect(() => networkOf(blocks, plain)).toThrow(message)
})

test('temperatures, correlation times and walls are known row by row, and absent where nobody has any', () => {
  const active: Block = { role: 'active', units: 1, states: null, change: { kind: 'ornstein-uhlenbeck', time: 2 } }
  const network = networkOf([{ ...visible, temperature: 3, walls: [null, 4] }, active], plain)
  expect([...network.temperature!]).toEqual([3, 3, 3, 1])
  expect([...network.correlationTime!]).toEqual([0, 0, 0, 2])
  expect([...network.coordinates!.upper]).toEqual([4, 4, 4, Infinity])
  expect([plain.temperature, plain.correlationTime, plain.coordinates]).toEqual([null, null, null])
})
