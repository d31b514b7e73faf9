import { describe, expect, test } from 'vitest'
import { exactStates } from '../../src/learning/objectives/exact-states.js'
import { weightedByWork } from '../../src/learning/objectives/jarzynski.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { moveBy } from '../../src/learning/objectives/moves.js'
import { createWalkers, logPartitionRatio, resampleBelow } from '../../src/learning/objectives/walkers.js'
import { gibbs } from '../../src/physics/dynamics/gibbs.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { stream } from '../../src/physics/noise/streams.js'
import { effectiveSampleSize } from '../../src/physics/observe/log-weights.js'
import { bistable, quarticHidden } from '../../src/physics/potential/hidden.js'
import { bias, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { forceAndEnergy, type Potential, potentialOf, statistic } from '../../src/physics/potential/potential.js'
import { meanStatistics } from '../../src/physics/truth/mean-statistics.js'
import { eachCell, logPartition, meanSquare, modelDensity } from '../../src/physics/truth/partition.js'

const bath = { kT: 1.5, mobility: 0.8 }
const limit = 4
const batch = 20_000

/** Visible units, each seen by every hidden one. */
function networkOf(units: number, hidden = 0) {
  const seen = hidden === 0 ? {} : { hidden: { units: hidden, kind: 'bistable' as const } }
  return createNetwork({ visible: { units }, ...seen, couplings: { visible: { range: 'all' } } })
}

const ring = potentialOf(networkOf(4), [stiffness, bias, bilinear])
const ringTheta = new Float64Array(ring.size)
ringTheta.set([2, 2.5, 1.5, 2, 0.5, 0, -0.3, 0.2, 0.6, -0.3, 0, 0.5, 0, -0.4])

/** Modes that are some standard deviations apart and of unequal weight. */
const machine = potentialOf(networkOf(4, 3), [stiffness, bias, bilinear, bistable(bath.kT)])
const machineTheta = new Float64Array(machine.size)
machineTheta.set(ringTheta)
machineTheta.set([1.5, 1, 0, -0.5, 0, 1, 1, 0, -1, 0, 0.5, 1.5, 0.3, -0.2, 0.1], ring.size)

/** The largest |z| of the statistics' means against the exact ones, errors from blocks. */
function largestScore(potential: Potential, theta: Float64Array, x: Float64Array): number {
  const { units } = potential.network
  const means = meanStatistics(potential, theta, bath)!
  const blocks = 100
  const size = batch / blocks
  const found = new Float64Array(potential.size)
  const sums = Array.from(found, () => [0, 0] as [number, number])
  for (let k = 0; k < blocks; k++) {
    const part = new Float64Array(units * size)
    for (let i = 0; i < units; i++) part.set(x.subarray(i * batch + k * size, i * batch + (k + 1) * size), i * size)
    statistic(potential, theta, part, size, found)
    sums.forEach((sum, a) => {
      sum[0] += found[a]! / size / blocks
      sum[1] += (found[a]! / size) ** 2 / blocks
    })
  }
  const scores = sums.map(
    ([mean, square], a) => Math.abs(mean - means[a]!) / Math.sqrt((square - mean ** 2) / (blocks - 1)),
  )
  return Math.max(...scores)
}

function start(potential: Potential, theta: Float64Array, seed: number) {
  return exactStates(potential, theta, bath, batch, { seed, stream: stream.initial, step: 0 })
}

describe('enumerated hidden units', () => {
  const small = potentialOf(networkOf(2, 3), [stiffness, bias, bilinear, bistable(bath.kT)])
  const theta = Float64Array.of(2, 1.5, 0.3, -0.2, 0.7, 1.2, 0.4, -0.8, 1.5, 0.9, 0, 0.5, -0.3, 0.1)
  const model = modelDensity(small, theta, bath)!

  test('log Z and ⟨|x|²⟩ are those of the quadrature over two visible units', () => {
    expect(logPartition(small, theta, bath)).toBeCloseTo(model.logPartition, 9)
    let square = 0
    eachCell(model, (state, probability) => {
      square += (probability * (state[0]! ** 2 + state[1]! ** 2)) / 2
    })
    expect(meanSquare(small, theta, bath)).toBeCloseTo(square, 9)
  })

  test('couplings of 0 leave the harmonic network and the two states of each hidden unit', () => {
    const decoupled = machineTheta.slice().fill(0, ring.size)
    const expected = logPartition(ring, ringTheta, bath)! + 3 * Math.LN2
    expect(logPartition(machine, decoupled, bath)).toBeCloseTo(expected, 12)
  })

  test('exact states have the means of all statistics within 4 s.e.', () => {
    const { x } = start(machine, machineTheta, 4)
    expect(largestScore(machine, machineTheta, x)).toBeLessThan(limit)
  })

  test('a stiffness that confines nothing has no normaliser and no exact states', () => {
    const open = machineTheta.slice().fill(-1, 0, 4)
    expect(logPartition(machine, open, bath)).toBeNull()
    expect(meanSquare(machine, open, bath)).toBeNaN()
    expect(() => start(machine, open, 1)).toThrow(/does not confine.*E_INVALID_VALUE/)
  })

  test('thirteen of them are too many to enumerate', () => {
    const many = potentialOf(networkOf(3, 13), [stiffness, bistable(bath.kT)])
    const theta = new Float64Array(many.size).fill(1, 0, 3)
    expect(logPartition(many, theta, bath)).toBeNull()
    expect(() => start(many, theta, 1)).toThrow(/up to 12 two-state hidden units/)
  })
})

describe.each([
  ['a harmonic network', ring, ringTheta],
  ['one with hidden units', machine, machineTheta],
])('sweeps of Gibbs in %s', (_, potential, theta) => {
  test('leave an exact ensemble with its means of all statistics, and move every unit', () => {
    const states = start(potential, theta, 5)
    const before = states.x.slice()
    const move = moveBy(gibbs, createLandscape(potential, bath), 0)
    for (let step = 0; step < 3; step++) move(theta, states, 5, step)
    expect(largestScore(potential, theta, states.x)).toBeLessThan(limit)
    expect(states.x.every((value, n) => value !== before[n])).toBe(true)
  })

  test('lead from the origin to the same means', () => {
    const states = { x: new Float64Array(potential.network.units * batch), batch }
    const move = moveBy(gibbs, createLandscape(potential, bath), 0)
    for (let step = 0; step < 20; step++) move(theta, states, 6, step)
    expect(largestScore(potential, theta, states.x)).toBeLessThan(limit)
  })
})

describe('a ramp of ten steps from uncoupled oscillators to several modes, by work and Gibbs', () => {
  const first = machineTheta.slice().fill(0, 4)
  const theta = (n: number) => first.map((value, a) => value + ((machineTheta[a]! - value) * n) / 10)
  const walkers = createWalkers(start(machine, first, 7).x, batch)
  const landscape = createLandscape(machine, bath)
  const move = weightedByWork(landscape, moveBy(gibbs, landscape, 0))
  const energyBefore = totalEnergy(first)
  for (let n = 0; n < 10; n++) move(walkers, theta(n), theta(n + 1), 7, n)

  test('gives log Z within 4 s.e.', () => {
    const exact = logPartition(machine, machineTheta, bath)! - logPartition(machine, first, bath)!
    const error = Math.sqrt((batch / effectiveSampleSize(walkers.logWeights) - 1) / batch)
    expect(error).toBeLessThan(0.01 * exact)
    expect(Math.abs(logPartitionRatio(walkers) - exact) / error).toBeLessThan(limit)
  })

  test('obeys the first law and counts one force for each walker and sweep', () => {
    const { work, heat, forces } = landscape.cost
    // Rounding of sums of 10 steps of 20,000 energies of order 1.
    expect(Math.abs(work! - heat! - (totalEnergy(machineTheta) - energyBefore))).toBeLessThan(1e-6)
    expect(forces).toBe(10 * batch)
  })

  /** Of all walkers, in kT. */
  function totalEnergy(theta: Float64Array): number {
    const energy = new Float64Array(batch)
    forceAndEnergy(machine, theta, walkers.x, batch, null, energy)
    return energy.reduce((sum, value) => sum + value / bath.kT, 0)
  }
})

test('Gibbs refuses terms and hidden units without conditional laws, and a unit that nothing confines', () => {
  const refused = (potential: Potential) => () => {
    const states = { x: new Float64Array(potential.network.units), batch: 1 }
    moveBy(gibbs, createLandscape(potential, bath), 0)(new Float64Array(potential.size).fill(1), states, 1, 0)
  }
  expect(refused(potentialOf(networkOf(2), [stiffness, quartic]))).toThrow(/has quartic too. Use langevin or mala/)
  expect(refused(potentialOf(networkOf(2, 1), [stiffness, quarticHidden(bath.kT, 2)]))).toThrow(/quartic hidden units/)
  const states = { x: new Float64Array(4), batch: 1 }
  const move = moveBy(gibbs, createLandscape(ring, bath), 0)
  expect(() => move(new Float64Array(ring.size), states, 1, 0)).toThrow(/unit 0 has stiffness 0.*E_DIVERGED/)
})

test('walkers know through two resamplings which first walker each descends from', () => {
  const walkers = createWalkers(Float64Array.of(10, 11, 12, 13), 4)
  walkers.logWeights.set([-50, 0, -50, 0])
  resampleBelow(walkers, 1, 1, 0)
  expect([...walkers.ancestors]).toEqual([1, 1, 3, 3])
  walkers.logWeights.set([-50, -50, 0, -50])
  resampleBelow(walkers, 1, 1, 1)
  expect([...walkers.ancestors]).toEqual([3, 3, 3, 3])
  expect([...walkers.x]).toEqual([13, 13, 13, 13])
})
