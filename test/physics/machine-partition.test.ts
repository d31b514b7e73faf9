import { describe, expect, test } from 'vitest'
import { uncoupledWalkers } from '../../src/learning/objectives/uncoupled-walkers.js'
import { machineParameters } from '../../src/physics/potential/machine-parameters.js'
import { annealedPartition } from '../../src/physics/truth/annealed-partition.js'
import { logPartition } from '../../src/physics/truth/partition.js'
import { restrictedEquilibrium } from '../../src/physics/truth/restricted-boltzmann.js'
import { machinePotential } from '../restricted-boltzmann.js'
import { normals } from '../systems.js'

const bath = { kT: 0.8, mobility: 1 }
const limit = 4

/** log Z of a machine with couplings s·N(0, 1) by annealing, and exactly. */
function annealed(visible: number, hidden: number, s: number, seed: number) {
  const potential = machinePotential(visible, hidden)
  const theta = normals(potential.size, 30).map((value, a) => (a < visible + hidden ? 0.3 : s) * value)
  const found = annealedPartition(potential, theta, bath, { seed, walkers: 200, steps: 200 })
  return { ...found, exact: restrictedEquilibrium(machineParameters(potential).at(theta, bath.kT)).logPartition }
}

describe('log Z of a restricted Boltzmann machine by annealed importance sampling', () => {
  test.each([
    [9, 12, 0.2],
    [9, 12, 0.6],
    [12, 8, 1],
    [1, 3, 1],
    [7, 1, 1.5],
  ])('of %i and %i units with couplings of %f is the enumerated one within 4 s.e.', (visible, hidden, s) => {
    for (const seed of [1, 2, 3]) {
      const { value, standardError, exact } = annealed(visible, hidden, s, seed)
      expect(standardError).toBeLessThan(0.2)
      expect(Math.abs(value - exact) / standardError).toBeLessThan(limit)
    }
  })

  test('of few units is that of the sum over all joint states, too', () => {
    const potential = machinePotential(4, 3)
    const theta = normals(potential.size, 31)
    const machine = machineParameters(potential).at(theta, bath.kT)
    expect(restrictedEquilibrium(machine).logPartition).toBeCloseTo(logPartition(potential, theta, bath)!, 12)
  })
})

test('walkers begin as exact states of separate units', () => {
  const parameters = machineParameters(machinePotential(2, 1))
  const { walkers, theta } = uncoupledWalkers(parameters, Float64Array.of(0.9, -0.4, 0.2, 3, 3), bath, 20_000, 7)
  expect([...theta]).toEqual([0.9, -0.4, 0.2, 0, 0])
  for (let i = 0; i < 3; i++) {
    const mean = walkers.x.subarray(i * 20_000, (i + 1) * 20_000).reduce((sum, x) => sum + x / 20_000, 0)
    const truth = Math.tanh(theta[i]! / bath.kT)
    expect(Math.abs(mean - truth)).toBeLessThan(limit * Math.sqrt((1 - truth ** 2) / 20_000))
  }
})
