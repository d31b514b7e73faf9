import { expect, test } from 'vitest'
import { createNetwork } from '../../src/physics/network/network.js'
import { statesOfRows } from '../../src/physics/network/unit-states.js'
import { bias, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { pairTable } from '../../src/physics/potential/pair-table.js'
import { forceAndEnergy, potentialOf, statistic } from '../../src/physics/potential/potential.js'
import { enumeratedLaw } from '../../src/physics/truth/enumerated-law.js'
import { meanStatistics } from '../../src/physics/truth/mean-statistics.js'
import { logPartition, meanSquare, modelDensity } from '../../src/physics/truth/partition.js'
import { discreteNetworks, discretePotential } from '../discrete-networks.js'

const bath = { kT: 0.8, mobility: 1 }

test('the partition function of two reals among units with states is that of a sum over these and a quadrature', () => {
  const { potential, theta } = discretePotential(discreteNetworks['two reals, a trinary and a two-state unit']!)
  const [step, reach] = [0.1, 9]
  const along = Array.from({ length: (2 * reach) / step + 1 }, (_, n) => -reach + n * step)
  let total = 0
  const energy = new Float64Array(1)
  for (const third of [0, 1, 2])
    for (const spin of [-1, 1])
      for (const x of along)
        for (const y of along) {
          forceAndEnergy(potential, theta, Float64Array.of(x, y, third, spin), 1, null, energy)
          total += Math.exp(-energy[0]! / bath.kT) * step * step
        }
  // The trapezium rule of a Gaussian whose width is six steps is exact to e^(-2π²·36).
  expect(logPartition(potential, theta, bath)).toBeCloseTo(Math.log(total), 10)
})

test.each(Object.entries(discreteNetworks))('mean statistics are slopes of log Z: %s', (_, options) => {
  const { potential, theta } = discretePotential(options)
  const means = meanStatistics(potential, theta, bath)!
  const h = 1e-4
  for (let a = 0; a < theta.length; a++) {
    const at = (by: number) => logPartition(potential, theta.with(a, theta[a]! + by), bath)!
    expect(means[a]!).toBeCloseTo((-bath.kT * (at(h) - at(-h))) / (2 * h), 6)
  }
})

test.each(Object.entries(discreteNetworks))('independent draws have the law: %s', (_, options) => {
  const { potential, theta } = discretePotential(options)
  const { units } = potential.network
  const law = enumeratedLaw(potential, theta, bath)!
  const batch = 20_000
  const x = new Float64Array(units * batch)
  // Cut in two, as batches of an ensemble are.
  for (const [first, count] of [
    [0, 7001],
    [7001, batch - 7001],
  ] as const) {
    const part = new Float64Array(units * count)
    law.draw({ seed: 5, stream: 8, step: 0 }, first, count, part)
    for (let i = 0; i < units; i++) x.set(part.subarray(i * count, (i + 1) * count), i * batch + first)
  }
  const means = meanStatistics(potential, theta, bath)!
  const [sum, one, square] = [0, 1, 2].map(() => new Float64Array(potential.size))
  for (let b = 0; b < batch; b++) {
    const state = Float64Array.from({ length: units }, (_, i) => x[i * batch + b]!)
    statistic(potential, theta, state, 1, one!)
    for (let a = 0; a < one!.length; a++) {
      sum![a]! += one![a]!
      square![a]! += one![a]! ** 2
    }
  }
  for (let a = 0; a < means.length; a++) {
    const mean = sum![a]! / batch
    const error = Math.sqrt(Math.max(1e-30, square![a]! / batch - mean ** 2) / batch)
    expect(Math.abs(mean - means[a]!) / error, `parameter ${a}`).toBeLessThan(4)
  }
  expect(law.probability.reduce((all, p) => all + p)).toBeCloseTo(1, 12)
  let own = 0
  for (const value of x) own += value * value
  expect(own / batch / units / meanSquare(potential, theta, bath)).toBeCloseTo(1, 1)
})

test('two categories are a two-state unit', () => {
  const couplings = { visible: { edges: [[0, 1]] } } as const
  const spins = potentialOf(createNetwork({ visible: { units: 2, states: 'two' }, couplings }), [bias, bilinear])
  const [h, J] = [0.3, -0.7]
  const named = potentialOf(
    createNetwork({
      visible: {
        blocks: [
          { units: 1, states: 'two' },
          { units: 1, states: 2 },
        ],
      },
      couplings,
    }),
    [bias, pairTable],
  )
  expect(statesOfRows(named.network)[1]).toEqual([0, 1])
  const law = enumeratedLaw(spins, Float64Array.of(h, 0, J), bath)!
  // -J s s' as a table with rows s = -1, 1 and columns s' = -1, 1.
  const same = enumeratedLaw(named, Float64Array.of(h, -J, J, J, -J), bath)!
  expect(same.logPartition).toBeCloseTo(law.logPartition, 12)
  law.probability.forEach((p, n) => {
    expect(same.probability[n]).toBeCloseTo(p, 12)
  })
})

test('given clamped units of every kind, the law of the free ones is the conditional one of all', () => {
  const blocks = [{ units: 2 }, { units: 2, states: 3 }, { units: 2, states: 'two' as const }]
  const clampedBlocks = [
    { units: 1 },
    { units: 1, clamped: true },
    { units: 1, states: 3 },
    { units: 1, states: 3, clamped: true },
    { units: 1, states: 'two' as const, clamped: true },
    { units: 1, states: 'two' as const },
  ]
  const { potential, theta } = discretePotential({ visible: { blocks } })
  const { potential: given } = discretePotential({ visible: { blocks: clampedBlocks } })
  const held = Float64Array.of(9, 0.7, 9, 2, -1, 9)
  expect(enumeratedLaw(given, theta, bath)).toBeNull()
  const law = enumeratedLaw(given, theta, bath, held)!
  // Z of the free units: a sum over two of them, and a quadrature over the third, of the potential of all.
  const step = 0.1
  const energy = new Float64Array(1)
  const weights: number[] = []
  for (const a of [0, 1, 2])
    for (const s of [-1, 1]) {
      let sum = 0
      for (let x = -9; x <= 9; x += step) {
        forceAndEnergy(potential, theta, Float64Array.of(x, 0.7, a, 2, -1, s), 1, null, energy)
        sum += Math.exp(-energy[0]! / bath.kT) * step
      }
      weights.push(sum)
    }
  const Z = weights.reduce((sum, weight) => sum + weight, 0)
  expect(law.logPartition).toBeCloseTo(Math.log(Z), 10)
  weights.forEach((weight, n) => {
    expect(law.probability[n]).toBeCloseTo(weight / Z, 10)
  })
  const x = new Float64Array(6 * 100)
  law.draw({ seed: 5, stream: 8, step: 0 }, 0, 100, x)
  for (const row of [1, 3, 4]) expect(new Set(x.subarray(row * 100, (row + 1) * 100))).toEqual(new Set([held[row]]))
})

test('what has no such law has none, and units with states are no points of a plane', () => {
  const law = (...of: Parameters<typeof discretePotential>) => {
    const { potential, theta } = discretePotential(...of)
    return enumeratedLaw(potential, theta, bath)
  }
  expect(law({ visible: { units: 16, states: 'two' }, couplings: { visible: { edges: [] } } })).not.toBeNull()
  expect(law({ visible: { units: 17, states: 'two' }, couplings: { visible: { edges: [] } } })).toBeNull()
  expect(law({ visible: { units: 2 } })).toBeNull()
  expect(
    law({
      visible: {
        blocks: [
          { units: 1, states: 'two', clamped: true },
          { units: 1, states: 2 },
        ],
      },
    }),
  ).toBeNull()
  const mixed = createNetwork({ visible: { blocks: [{ units: 1 }, { units: 1, states: 'two' }] } })
  expect(enumeratedLaw(potentialOf(mixed, [stiffness, quartic]), Float64Array.of(1, 1), bath)).toBeNull()
  expect(enumeratedLaw(potentialOf(mixed, [stiffness]), Float64Array.of(-1), bath)).toBeNull()
  expect(modelDensity(potentialOf(mixed, [stiffness]), Float64Array.of(1), bath)).toBeNull()
  // Harmonic terms make no Gaussian of spins.
  expect(potentialOf(mixed, [stiffness, bias, bilinear]).terms.some(({ harmonic }) => harmonic)).toBe(false)
})
