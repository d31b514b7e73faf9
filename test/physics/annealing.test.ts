import { describe, expect, test } from 'vitest'
import { annealedLogPartition, uncoupledStart } from '../../src/learning/objectives/annealing.js'
import { weightedByWork } from '../../src/learning/objectives/jarzynski.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { moveBy } from '../../src/learning/objectives/moves.js'
import { gibbs } from '../../src/physics/dynamics/gibbs.js'
import { machineParameters } from '../../src/physics/potential/machine-parameters.js'
import { restrictedEquilibrium } from '../../src/physics/truth/restricted-boltzmann.js'
import { machinePotential } from '../restricted-boltzmann.js'
import { normals } from '../systems.js'

const bath = { kT: 0.8, mobility: 1 }
const limit = 4

/** log Z of a machine with couplings s·N(0, 1) by annealing, and exactly. */
function annealed(visible: number, hidden: number, s: number, { count = 400, steps = 60, seed = 1 } = {}) {
  const potential = machinePotential(visible, hidden)
  const parameters = machineParameters(potential)
  const theta = normals(potential.size, 30).map((value, a) => (a < visible + hidden ? 0.3 : s) * value)
  const start = uncoupledStart(parameters, theta, bath, count, seed)
  const landscape = createLandscape(potential, bath)
  const move = weightedByWork(landscape, moveBy(gibbs, landscape, 1))
  const found = annealedLogPartition(move, start.walkers, { from: start.theta, to: theta, steps, seed })
  return {
    value: start.logPartition + found.logMean,
    standardError: found.relativeError,
    uncoupled: start,
    exact: restrictedEquilibrium(parameters.at(theta, bath.kT)).logPartition,
    alone: restrictedEquilibrium(parameters.at(start.theta, bath.kT)).logPartition,
    cost: landscape.cost,
  }
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
      const { value, standardError, exact } = annealed(visible, hidden, s, { seed })
      expect(standardError).toBeLessThan(0.2)
      expect(Math.abs(value - exact) / standardError).toBeLessThan(limit)
    }
  })

  test('says an error as large as its scatter over seeds', () => {
    const found = Array.from({ length: 24 }, (_, n) => annealed(9, 6, 0.5, { count: 200, steps: 30, seed: 100 + n }))
    const square = found.reduce((sum, { value, exact }) => sum + (value - exact) ** 2 / 24, 0)
    const said = found.reduce((sum, { standardError }) => sum + standardError ** 2 / 24, 0)
    // A variance from 24 values has a relative error of √(2/24) = .29.
    expect(Math.abs(square / said - 1)).toBeLessThan(3 * 0.29)
  })

  test('starts from the closed log Z of separate units, and from their states', () => {
    const { uncoupled, alone } = annealed(5, 4, 1, { count: 20_000, steps: 1 })
    expect(uncoupled.logPartition).toBeCloseTo(alone, 12)
    const { walkers, theta } = uncoupledStart(
      machineParameters(machinePotential(2, 1)),
      Float64Array.of(0.9, -0.4, 0.2, 3, 3),
      bath,
      20_000,
      7,
    )
    expect([...theta]).toEqual([0.9, -0.4, 0.2, 0, 0])
    for (let i = 0; i < 3; i++) {
      const mean = walkers.x.subarray(i * 20_000, (i + 1) * 20_000).reduce((sum, x) => sum + x / 20_000, 0)
      const truth = Math.tanh(theta[i]! / bath.kT)
      expect(Math.abs(mean - truth)).toBeLessThan(limit * Math.sqrt((1 - truth ** 2) / 20_000))
    }
  })
})
