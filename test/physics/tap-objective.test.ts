import { describe, expect, test } from 'vitest'
import { barsAndStripes } from '../../src/learning/data/bars-and-stripes.js'
import { negativeLogLikelihood } from '../../src/learning/evaluation/likelihood.js'
import { descend } from '../../src/learning/objectives/descend.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { contrast, dataPhase, meansObjective, type Objective } from '../../src/learning/objectives/objective.js'
import { magnetisationsAt, randomMagnetisations, tapObjective } from '../../src/learning/objectives/tap.js'
import { columnsOf } from '../../src/physics/network/states.js'
import { quarticHidden } from '../../src/physics/potential/hidden.js'
import { machineOf, statisticsOf } from '../../src/physics/potential/machine-parameters.js'
import { bias, stiffness } from '../../src/physics/potential/onsite.js'
import { potentialOf, statistic } from '../../src/physics/potential/potential.js'
import { restrictedEquilibrium } from '../../src/physics/truth/restricted-boltzmann.js'
import type { TapOrder } from '../../src/physics/truth/tap.js'
import { machinePotential, twoLayers } from '../restricted-boltzmann.js'
import { normals } from '../systems.js'

const bath = { kT: 1.5, mobility: 1 }
const potential = machinePotential(4, 3, bath.kT)
const law = barsAndStripes(2)
const states = columnsOf(law.states)
const data = dataPhase(states, undefined, 1)
const untilStill = { sweeps: 2000, damping: 0.5, tolerance: 1e-14 }

const exact = meansObjective({
  name: 'exact',
  data,
  means: (theta) => statisticsOf(potential, restrictedEquilibrium(machineOf(potential, theta, bath.kT))),
})
const gradientOf = (objective: Objective, theta: Float64Array) =>
  contrast(potential, theta, objective.phases(theta, 0), new Float64Array(potential.size))
const likelihoodAt = (theta: Float64Array) => {
  const machine = machineOf(potential, theta, bath.kT)
  const value = restrictedEquilibrium(machine).logPartition
  return negativeLogLikelihood(machine, { value, standardError: 0 }, states).value
}
const weak = normals(potential.size, 20).map((value) => 0.15 * value)
const distance = (a: Float64Array, b: Float64Array) => Math.max(...a.map((value, k) => Math.abs(value - b[k]!)))

describe('means that are computed', () => {
  test('make the gradient of the mean negative log-likelihood, at any temperature', () => {
    const theta = normals(potential.size, 21)
    const found = gradientOf(exact, theta)
    // Truncation h² and rounding 1e-15/h are both near 1e-10.
    const h = 1e-5
    for (let a = 0; a < theta.length; a++) {
      const at = (by: number) => likelihoodAt(theta.map((value, n) => value + (n === a ? by : 0)))
      expect(found[a]! / bath.kT).toBeCloseTo((at(h) - at(-h)) / (2 * h), 8)
    }
  })

  test('lead from any start to a law nearer to the data than chance could be', () => {
    const theta = normals(potential.size, 22).map((value) => 0.1 * value)
    const settings = { iterations: 800, optimizer: { kind: 'sgd', rate: 0.3 } } as const
    const frozen = new Uint8Array(potential.size)
    for (const _ of descend(createLandscape(potential, bath), exact, theta, frozen, settings));
    expect(likelihoodAt(theta)).toBeGreaterThan(law.entropy)
    expect(likelihoodAt(theta)).toBeLessThan(law.entropy + 0.1)
  })

  test('are as many as the parameters', () => {
    const short = { name: 'model', scale: -1, means: new Float64Array(3) }
    expect(() => contrast(potential, weak, [short], new Float64Array(potential.size))).toThrow(
      /phase model.*a mean for each of the 19 parameters, got 3/,
    )
  })
})

describe('magnetisations in the place of states', () => {
  const gradient = (order: TapOrder) =>
    gradientOf(
      tapObjective({
        ...{ potential, bath, order, data, relaxation: untilStill },
        persistent: randomMagnetisations(potential, 3, 4),
      }),
      weak,
    )
  const truth = gradientOf(exact, weak)

  test('have a gradient that each order brings nearer to that of the likelihood', () => {
    const errors = ([1, 2, 3] as const).map((order) => distance(gradient(order), truth))
    // Couplings are of order .1 in kT: mean field leaves out these, second order their squares times magnetisations of .1.
    expect(errors[0]!).toBeGreaterThan(0.05)
    expect(errors[1]!).toBeLessThan(errors[0]! / 10)
    expect(errors[2]!).toBeLessThan(errors[1]!)
  })

  test('start at the data, or go on from where they were', () => {
    const few = { sweeps: 1, damping: 0.5, tolerance: 0 }
    const theta = normals(potential.size, 21)
    const fresh = tapObjective({ potential, bath, order: 2, data, relaxation: few })
    expect(gradientOf(fresh, theta)).toEqual(gradientOf(fresh, theta))
    const persistent = magnetisationsAt(machineOf(potential, theta, bath.kT), states)
    const going = tapObjective({ potential, bath, order: 2, data, relaxation: few, persistent })
    expect(gradientOf(going, theta)).toEqual(gradientOf(fresh, theta))
    expect(gradientOf(going, theta)).not.toEqual(gradientOf(fresh, theta))
  })

  test('at states are those, and the mean response of the hidden units', () => {
    const theta = normals(potential.size, 21)
    const m = magnetisationsAt(machineOf(potential, theta, bath.kT), states)
    const means = new Float64Array(potential.size)
    statistic(potential, theta, states.x, states.batch, means)
    const sum = m.hidden.slice(0, states.batch).reduce((total, value) => total + value, 0)
    expect(m.visible).toEqual(states.x)
    expect(means[4 + 12]!).toBeCloseTo(-sum, 12)
  })
})

test('machines are read off a potential of bias and two-state units, over kT; another is refused', () => {
  const theta = normals(potential.size, 21)
  const machine = machineOf(potential, theta, bath.kT)
  expect(machine.visibleBias[1]).toBe(theta[1]! / bath.kT)
  expect(machine.coupling[11]).toBe(theta[4 + 11]! / bath.kT)
  expect(machine.hiddenBias[2]).toBe(theta.at(-1)! / bath.kT)
  const refused = (...terms: Parameters<typeof potentialOf>[1]) => {
    const other = potentialOf(twoLayers(2, 1), terms)
    return () => machineOf(other, new Float64Array(other.size), 1)
  }
  expect(refused(bias)).toThrow(/no two-state hidden units.*E_INVALID_VALUE/)
  expect(refused(stiffness, bias, quarticHidden(1, 2))).toThrow(/has stiffness too/)
  expect(refused(bias, quarticHidden(1, 2))).toThrow(/no two-state hidden units/)
})
