import { expect, test } from 'vitest'
import { integrators } from '../../src/physics/dynamics/integrators.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { bias, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import {
  annealedPartition,
  integratedPartition,
  logPartitionOfSingles,
} from '../../src/physics/truth/annealed-partition.js'
import { isingTorus, onsagerEnergy } from '../../src/physics/truth/ising-torus.js'
import { meanStatistics } from '../../src/physics/truth/mean-statistics.js'
import { logPartition } from '../../src/physics/truth/partition.js'
import { discreteNetworks, discretePotential } from '../discrete-networks.js'

const bath = { kT: 0.8, mobility: 1 }

test.each(Object.entries(discreteNetworks))('log Z by annealing is that of enumeration: %s', (_, options) => {
  const { potential, theta } = discretePotential(options)
  const truth = logPartition(potential, theta, bath)!
  const annealed = annealedPartition(potential, theta, bath, { seed: 3, walkers: 2000, steps: 40 })
  expect(annealed.warning).toBeNull()
  expect(annealed.standardError).toBeLessThan(0.05)
  expect(Math.abs(annealed.value - truth) / annealed.standardError).toBeLessThan(4)
  const integrated = integratedPartition(potential, theta, bath, { seed: 4, walkers: 2000, steps: 8, sweeps: 12 })
  expect(Math.abs(integrated.value - truth)).toBeLessThan(4 * integrated.standardError + integrated.bias)
  // Turned on at once, or moved by another exact scheme, it is right as well.
  const mala = annealedPartition(potential, theta, bath, {
    ...{ seed: 5, walkers: 3000, steps: 40, sweeps: 2 },
    ...{ integrator: integrators.mala, dt: 0.3 },
  })
  expect(Math.abs(mala.value - truth) / mala.standardError).toBeLessThan(4)
})

test('units by themselves have the log Z of enumeration', () => {
  for (const options of Object.values(discreteNetworks)) {
    const { potential, theta } = discretePotential({ ...options, couplings: { visible: { edges: [] } } })
    if (options.hidden !== undefined) continue
    expect(logPartitionOfSingles(potential, theta, bath)).toBeCloseTo(logPartition(potential, theta, bath)!, 12)
  }
  const network = createNetwork({ visible: { blocks: [{ units: 1 }, { units: 1, states: 'two' }] } })
  expect(() =>
    annealedPartition(potentialOf(network, [stiffness, quartic]), Float64Array.of(1, 1), bath, { seed: 1 }),
  ).toThrow(/stiffness and bias alone/)
})

const torus = (rows: number, columns: number) =>
  potentialOf(
    createNetwork({
      visible: { lattice: [rows, columns], states: 'two' },
      couplings: { visible: { range: 'nearest', periodic: true } },
    }),
    [bias, bilinear],
  )

test.each([
  [3, 3, 0.3],
  [3, 5, 0.44],
  [5, 3, 0.7],
  [4, 4, 0.05],
])('Kaufman’s torus of %d × %d spins at K = %d is that of enumeration', (rows, columns, K) => {
  const potential = torus(rows, columns)
  const theta = new Float64Array(potential.size).fill(-K * bath.kT, rows * columns)
  const { logPartition: log, bonds, variance } = isingTorus(rows, columns, K)
  expect(log).toBeCloseTo(logPartition(potential, theta, bath)!, 10)
  const means = meanStatistics(potential, theta, bath)!
  const sum = means.subarray(rows * columns).reduce((all, value) => all + value, 0)
  expect(bonds).toBeCloseTo(sum, 5)
  expect(variance).toBeGreaterThan(0)
})

test('a large torus has Onsager’s energy, on either side of the critical point', () => {
  for (const K of [0.3, 0.6]) {
    const { bonds } = isingTorus(64, 64, K)
    expect(-bonds / 64 ** 2).toBeCloseTo(onsagerEnergy(K), 6)
  }
  const critical = Math.log(1 + Math.SQRT2) / 2
  expect(onsagerEnergy(critical)).toBeCloseTo(-Math.SQRT2, 6)
})
