import { describe, expect, test } from 'vitest'
import { exactStates } from '../../src/learning/objectives/exact-states.js'
import { weightedLangevin, weightedMove } from '../../src/learning/objectives/jarzynski.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { moveBy } from '../../src/learning/objectives/moves.js'
import { tetheredRun } from '../../src/learning/objectives/tether.js'
import { createWalkers, logPartitionRatio } from '../../src/learning/objectives/walkers.js'
import { driveNetwork } from '../../src/physics/dynamics/drive.js'
import { eulerMaruyama } from '../../src/physics/dynamics/euler-maruyama.js'
import { evolve } from '../../src/physics/dynamics/evolve.js'
import { gibbs } from '../../src/physics/dynamics/gibbs.js'
import { heun } from '../../src/physics/dynamics/heun.js'
import type { Integrator } from '../../src/physics/dynamics/integrator.js'
import { leimkuhlerMatthews } from '../../src/physics/dynamics/leimkuhler-matthews.js'
import { mala } from '../../src/physics/dynamics/mala.js'
import { withHiddenStates } from '../../src/physics/network/hidden-states.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { stream } from '../../src/physics/noise/streams.js'
import { effectiveSampleSize } from '../../src/physics/observe/log-weights.js'
import { movingHidden } from '../../src/physics/potential/moving-hidden.js'
import { bias, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { type Potential, potentialOf } from '../../src/physics/potential/potential.js'
import type { TermOn } from '../../src/physics/potential/term.js'
import { constantProtocol } from '../../src/physics/protocol/protocol.js'
import { logPartition } from '../../src/physics/truth/partition.js'
import { normals } from '../systems.js'

const bath = { kT: 0.7, mobility: 1.3 }
const limit = 4

/** Units of these mobilities, all coupled. */
function potentialWith(mobilities: readonly number[], terms: readonly TermOn[]): Potential {
  const network = createNetwork({ visible: { units: mobilities.length } })
  return potentialOf({ ...network, mobility: Float64Array.from(mobilities) }, [...terms])
}

/** Steps of a run with the same noise. */
function ran(scheme: Integrator, potential: Potential, theta: Float64Array, x: Float64Array, dt: number, steps = 1) {
  const end = x.slice()
  const drive = driveNetwork(potential, constantProtocol(theta, steps * dt, dt))
  for (const _ of evolve(drive, bath, scheme, end, 5, 0, { workAndHeat: null, observers: [] }));
  return end
}

/** The largest |z| of the second moments of a harmonic pair of mean 0 with covariance kT K⁻¹, over chains. */
function scoreOf(x: Float64Array, [k0, k1, J]: readonly [number, number, number]): number {
  const batch = x.length / 2
  const det = k0 * k1 - J * J
  const [v0, v1, c] = [(bath.kT * k1) / det, (bath.kT * k0) / det, (-bath.kT * J) / det]
  const mean = (i: number, j: number) => {
    let sum = 0
    for (let b = 0; b < batch; b++) sum += x[i * batch + b]! * x[j * batch + b]!
    return sum / batch
  }
  return Math.max(
    Math.abs(mean(0, 0) - v0) / (v0 * Math.sqrt(2 / batch)),
    Math.abs(mean(1, 1) - v1) / (v1 * Math.sqrt(2 / batch)),
    Math.abs(mean(0, 1) - c) / Math.sqrt((v0 * v1 + c * c) / batch),
  )
}

const stiff = [2, 0.8, 0.6] as const
const pairTheta = Float64Array.from(stiff)

test.each([eulerMaruyama, heun, leimkuhlerMatthews])(
  'a move of an objective by $name is the step of a run to the bit, each unit at its own mobility',
  (scheme) => {
    const potential = potentialWith([1, 4, 0], [stiffness, quartic, bias, bilinear])
    const theta = Float64Array.from({ length: potential.size }, (_, a) => 0.4 + 0.1 * a)
    const start = normals(3 * 20, 1)
    const states = { x: start.slice(), batch: 20 }
    moveBy(scheme, createLandscape(potential, bath), 0.02)(theta, states, 5, 0)
    expect(states.x).toEqual(ran(scheme, potential, theta, start, 0.02))
    expect(states.x.subarray(40)).toEqual(start.subarray(40))
    expect(states.x.subarray(0, 40).every((value, n) => value !== start[n])).toBe(true)
  },
)

describe('MALA', () => {
  // μhk up to 2.1, where Euler–Maruyama's own variance would be unbounded.
  const [h, batch, steps] = [0.5, 8000, 50]

  test('has the exact law of units of mobility 1 and 4 at a long step, in a run and in an objective', () => {
    const potential = potentialWith([1, 4], [stiffness, bilinear])
    const start = new Float64Array(2 * batch)
    expect(scoreOf(ran(mala, potential, pairTheta, start, h, steps), stiff)).toBeLessThan(limit)
    const landscape = createLandscape(potential, bath)
    const states = { x: start.slice(), batch }
    const move = moveBy(mala, landscape, h)
    for (let step = 0; step < steps - 1; step++) move(pairTheta, states, 6, step)
    const before = states.x.slice()
    move(pairTheta, states, 6, steps - 1)
    expect(scoreOf(states.x, stiff)).toBeLessThan(limit)
    const refused = states.x.subarray(0, batch).filter((value, b) => value === before[b]).length / batch
    expect(refused).toBeGreaterThan(0.1)
    expect(refused).toBeLessThan(0.9)
    expect([landscape.cost.forces, landscape.cost.energies]).toEqual([2 * steps * batch, 2 * steps * batch])
  })

  test('leaves a clamped unit where it is, which acts as a bias and adds nothing to what is accepted', () => {
    const at = 1.7
    const start = normals(batch, 2)
    const both = Float64Array.from({ length: 2 * batch }, (_, n) => (n < batch ? start[n]! : at))
    const clamped = ran(mala, potentialWith([1, 0], [stiffness, bilinear]), pairTheta, both, h, 10)
    const alone = Float64Array.of(stiff[0], -stiff[2] * at)
    const free = ran(mala, potentialWith([1], [stiffness, bias]), alone, start, h, 10)
    expect(clamped.subarray(batch).every((value) => value === at)).toBe(true)
    // Roundings of ten steps; one other decision would be off by more than .01.
    free.forEach((value, b) => {
      expect(Math.abs(clamped[b]! - value)).toBeLessThan(1e-12)
    })
  })
})

/** A unit beside one that flips. */
const flipping = potentialOf(
  withHiddenStates(createNetwork({ visible: { units: 1 }, hidden: { units: 1 } }), {
    states: [-1, 1],
    change: { kind: 'flips', rate: 2 },
  }),
  [stiffness, movingHidden(bath.kT, null)],
)

test('MALA beside a unit that flips has the law of one that follows at once', () => {
  const [batch, k, V] = [8000, 2, 1]
  // All on one side; 80 steps of .3 are 48 times of the flips.
  const start = new Float64Array(2 * batch).fill(1)
  const x = ran(mala, flipping, Float64Array.of(k, V, 0), start, 0.3, 80).subarray(0, batch)
  // Around ±V/k: e^(-kx²/2kT) cosh(Vx/kT)
  const [variance, centre] = [bath.kT / k, V / k]
  const square = variance + centre ** 2
  const fourth = 3 * variance ** 2 + 6 * variance * centre ** 2 + centre ** 4
  const mean = x.reduce((sum, value) => sum + value, 0) / batch
  expect(Math.abs(mean)).toBeLessThan(limit * Math.sqrt(square / batch))
  const found = x.reduce((sum, value) => sum + value * value, 0) / batch
  expect(Math.abs(found - square)).toBeLessThan(limit * Math.sqrt((fourth - square ** 2) / batch))
})

test('chains on a tether have the law of harmonic units of mobility 1 and 4, and a clamped one stays', () => {
  const potential = potentialWith([1, 4, 0], [stiffness])
  const [batch, spread] = [20_000, 0.9]
  const tether = bath.kT / spread ** 2
  const chains = { x: new Float64Array(3 * batch).fill(0.5), batch }
  const run = tetheredRun(createLandscape(potential, bath), { spread, step: 0.1, steps: 60 })
  run(Float64Array.of(2, 0.8, 1), chains, new Float64Array(3 * batch), { seed: 3, stream: stream.dynamics, step: 0 })
  expect(chains.x.subarray(2 * batch).every((value) => value === 0.5)).toBe(true)
  for (const [unit, k] of [2, 0.8].entries()) {
    const x = chains.x.subarray(unit * batch, (unit + 1) * batch)
    const variance = bath.kT / (k + tether)
    const square = x.reduce((sum, value) => sum + value * value, 0) / batch
    expect(Math.abs(square - variance)).toBeLessThan(limit * variance * Math.sqrt(2 / batch))
  }
  // Unit 1, four times as fast, has forgotten its start after six steps.
  const short = { x: new Float64Array(3 * batch).fill(0.5), batch }
  const few = tetheredRun(createLandscape(potential, bath), { spread, step: 0.1, steps: 6 })
  few(Float64Array.of(0, 0, 0), short, new Float64Array(3 * batch), { seed: 3, stream: stream.dynamics, step: 0 })
  const mean = (unit: number) =>
    short.x.subarray(unit * batch, (unit + 1) * batch).reduce((sum, value) => sum + value / batch, 0)
  const error = spread / Math.sqrt(batch)
  expect(Math.abs(mean(0) - 0.5 * 0.9 ** 6)).toBeLessThan(limit * error)
  expect(Math.abs(mean(1) - 0.5 * 0.6 ** 6)).toBeLessThan(limit * error)
})

test('walkers of mobility 1 and 4 on a ramp of traps have log Z by Langevin’s own step', () => {
  const potential = potentialWith([1, 4], [stiffness])
  const [batch, steps] = [20_000, 20]
  const theta = (n: number) => Float64Array.of(1 + n / steps, 1 + n / steps)
  const start = exactStates(potential, theta(0), bath, batch, { seed: 4, stream: stream.initial, step: 0 })
  const walkers = createWalkers(start.x, batch)
  const landscape = createLandscape(potential, bath)
  const move = weightedLangevin(landscape, 0.05)
  for (let n = 0; n < steps; n++) move(walkers, theta(n), theta(n + 1), 4, n)
  const truth = logPartition(potential, theta(steps), bath)! - logPartition(potential, theta(0), bath)!
  const error = Math.sqrt((batch / effectiveSampleSize(walkers.logWeights) - 1) / batch)
  expect(error).toBeLessThan(0.01)
  expect(Math.abs(logPartitionRatio(walkers) - truth)).toBeLessThan(limit * error)
  // The second law: no less work than the free energy, -kT log Z.
  const [work, heat] = [landscape.cost.work! / batch, landscape.cost.heat! / batch]
  expect(work).toBeGreaterThan(-truth)
  expect(heat).toBeGreaterThan(0)
})

test('a scheme without a known density that changes e^(-U/kT) gives walkers no weight', () => {
  const landscape = createLandscape(potentialWith([1], [stiffness]), bath)
  expect(() => weightedMove(leimkuhlerMatthews, landscape, 0.1)).toThrow(/by leimkuhler-matthews have no weight/)
})

test('walkers beside units that flip are weighed by work, and not by their step', () => {
  const landscape = createLandscape(flipping, bath)
  const [theta, walkers] = [Float64Array.of(2, 1, 0), createWalkers(Float64Array.of(0.3, 1), 1)]
  const weigh = (scheme: Integrator) => weightedMove(scheme, landscape, 0.1)(walkers, theta, theta, 1, 0)
  expect(() => weigh(eulerMaruyama)).toThrow(/units flip beside it have no weight by their step alone.*mala/)
  expect(Math.abs(walkers.x[1]!)).toBe(1)
  weigh(mala)
  expect(Math.abs(walkers.x[1]!)).toBe(1)
})

describe('Gibbs', () => {
  test('has the exact law in a run too', () => {
    const potential = potentialWith([1, 4], [stiffness, bilinear])
    const end = ran(gibbs, potential, pairTheta, new Float64Array(2 * 8000), 1, 30)
    expect(scoreOf(end, stiff)).toBeLessThan(limit)
  })

  test('leaves a clamped unit where it is', () => {
    const potential = potentialWith([1, 0], [stiffness, bilinear])
    const end = ran(gibbs, potential, pairTheta, Float64Array.of(0, 0, 0.3, 0.4), 1)
    expect([...end.subarray(2)]).toEqual([0.3, 0.4])
    expect(end[0]).not.toBe(0)
  })

  test('refuses a landscape whose conditional laws nobody knows', () => {
    const potential = potentialWith([1], [stiffness])
    const { conditionals: _, ...drive } = driveNetwork(potential, constantProtocol(Float64Array.of(1), 1, 1))
    const run = evolve(drive, bath, gibbs, Float64Array.of(0), 1, 0, { workAndHeat: null, observers: [] })
    expect(() => run.next()).toThrow(/which this landscape does not say.*E_INVALID_VALUE/)
  })
})
