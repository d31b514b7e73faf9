import { expect, test } from 'vitest'
import { driveNetwork, surfaceOf } from '../../src/physics/dynamics/drive.js'
import { evolve } from '../../src/physics/dynamics/evolve.js'
import { fitting } from '../../src/physics/dynamics/fitting.js'
import { gibbs } from '../../src/physics/dynamics/gibbs.js'
import { redrawing, redrawn } from '../../src/physics/dynamics/heat-bath.js'
import type { Integrator } from '../../src/physics/dynamics/integrator.js'
import { integrators } from '../../src/physics/dynamics/integrators.js'
import { noiseOfRun } from '../../src/physics/dynamics/noise.js'
import { withOwnStart } from '../../src/physics/dynamics/own-start.js'
import { createWorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { fillUniformStates } from '../../src/physics/noise/uniform.js'
import { jarzynski } from '../../src/physics/observe/jarzynski.js'
import { bias } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { forceAndEnergy, type Potential, potentialOf, statistic } from '../../src/physics/potential/potential.js'
import { constantProtocol, scheduledProtocol } from '../../src/physics/protocol/protocol.js'
import { enumeratedLaw } from '../../src/physics/truth/enumerated-law.js'
import { meanStatistics } from '../../src/physics/truth/mean-statistics.js'
import { logPartition } from '../../src/physics/truth/partition.js'
import { discreteNetworks, discretePotential } from '../discrete-networks.js'

const bath = { kT: 0.8, mobility: 1 }
const nothing = { workAndHeat: null, observers: [] }

/** Final states of independent trajectories that start in states of any kind. */
function finals(
  potential: Potential,
  theta: Float64Array,
  integrator: Integrator,
  { dt, steps, batch, seed }: { dt: number; steps: number; batch: number; seed: number },
): Float64Array {
  const { network } = potential
  const x = new Float64Array(network.units * batch)
  withOwnStart((at) => at.fill(0.5), seed, network)(x, 0, batch)
  const drive = driveNetwork(potential, constantProtocol(theta, dt * steps, dt))
  for (const _ of evolve(drive, bath, integrator, x, seed, 0, nothing));
  return x
}

/** The largest |z| of the mean statistics of independent states, and how many of them there are. */
function largestZ(potential: Potential, theta: Float64Array, x: Float64Array, batch: number) {
  const means = meanStatistics(potential, theta, bath)!
  const { units } = potential.network
  const [sum, square, one] = [0, 1, 2].map(() => new Float64Array(means.length))
  const state = new Float64Array(units)
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < units; i++) state[i] = x[i * batch + b]!
    statistic(potential, theta, state, 1, one!)
    for (let a = 0; a < means.length; a++) {
      sum![a]! += one![a]! / batch
      square![a]! += one![a]! ** 2 / batch
    }
  }
  return means.reduce((worst, truth, a) => {
    const error = Math.sqrt(Math.max(0, square![a]! - sum![a]! ** 2) / batch)
    // What never varies (a category of one state) is exact.
    if (error < 1e-12) return Math.max(worst, Math.abs(sum![a]! - truth) < 1e-12 ? 0 : Infinity)
    return Math.max(worst, Math.abs(sum![a]! - truth) / error)
  }, 0)
}

test.each(Object.entries(discreteNetworks))(
  'flips around exact steps, and Gibbs sweeps, have the enumerated law: %s',
  (_, options) => {
    const { potential, theta } = discretePotential(options)
    const batch = 8000
    // Some 20 relaxation times; MALA is exact at any step, so that nothing is left of dt.
    const flips = finals(potential, theta, integrators.mala, { dt: 0.25, steps: 120, batch, seed: 11 })
    expect(largestZ(potential, theta, flips, batch)).toBeLessThan(4)
    // Whose units' steps are the exact ones given the states, so that their work and heat are those of a dynamics.
    const exact = finals(potential, theta, integrators['exact-ou'], { dt: 0.6, steps: 50, batch, seed: 14 })
    expect(largestZ(potential, theta, exact, batch)).toBeLessThan(4)
    const sweeps = finals(potential, theta, gibbs, { dt: 1, steps: 30, batch, seed: 12 })
    expect(largestZ(potential, theta, sweeps, batch)).toBeLessThan(4)
  },
)

const pairOfSpins = potentialOf(createNetwork({ visible: { units: 2, states: 'two' } }), [bilinear])
const coupled = Float64Array.of(-1)

test('coupled spins that flip at once, half of them each time, have ⟨ss⟩ = .629 in place of .762; in turn they have it', () => {
  const kT = 1
  const batch = 40_000
  const { discrete } = surfaceOf(pairOfSpins, coupled)
  const attempted = () => 0.5
  const correlation = (atOnce: boolean) => {
    const x = new Float64Array(2 * batch).fill(1)
    const uniform = new Float64Array(2 * batch)
    const alone = [0, 1].map((unit) => redrawing({ ...discrete!, classes: [Int32Array.of(unit)] }))
    const inTurn = redrawing(discrete!)
    for (let step = 0; step < 40; step++) {
      fillUniformStates({ seed: 4, stream: 14, step }, 2, 0, batch, uniform)
      if (!atOnce) inTurn({ kT, x, batch, uniform, attempted, heat: null })
      else {
        const next = x.slice()
        for (const unit of [0, 1]) {
          const own = x.slice()
          const numbers = uniform.subarray(unit * batch, (unit + 1) * batch)
          alone[unit]!({ kT, x: own, batch, uniform: numbers, attempted, heat: null })
          next.set(own.subarray(unit * batch, (unit + 1) * batch), unit * batch)
        }
        x.set(next)
      }
    }
    let sum = 0
    for (let b = 0; b < batch; b++) sum += x[b]! * x[batch + b]!
    return sum / batch
  }
  const error = Math.sqrt((1 - 0.762 ** 2) / batch)
  expect(Math.abs(correlation(false) - Math.tanh(1)) / error).toBeLessThan(4)
  // Its own stationary law, from the four joint states' transition matrix.
  expect(Math.abs(correlation(true) - 0.629) / Math.sqrt((1 - 0.629 ** 2) / batch)).toBeLessThan(4)
})

test('the heats of single flips add up to what the energy falls by, and the first law holds on every trajectory', () => {
  const { potential, theta } = discretePotential(
    discreteNetworks['hidden units of three kinds below five visible ones']!,
  )
  const batch = 50
  const surface = surfaceOf(potential, theta)
  const x = finals(potential, theta, integrators.mala, { dt: 0.2, steps: 3, batch, seed: 3 })
  const energyOf = () => {
    const energy = new Float64Array(batch)
    forceAndEnergy(potential, theta, x, batch, null, energy)
    return energy
  }
  const [before, heat] = [energyOf(), new Float64Array(batch)]
  const count = redrawn(surface.discrete!)
  const uniform = new Float64Array(count * batch)
  fillUniformStates({ seed: 1, stream: 14, step: 9 }, count, 0, batch, uniform)
  redrawing(surface.discrete!)({ kT: bath.kT, x, batch, uniform, attempted: () => 0.7, heat })
  const after = energyOf()
  expect(heat.some((q) => Math.abs(q) > 0.1)).toBe(true)
  for (let b = 0; b < batch; b++) expect(heat[b]! * bath.kT).toBeCloseTo(before[b]! - after[b]!, 12)
  // A scheme that says its own heat says that of the flips too.
  const scheme = fitting(integrators.mala, surface)
  const start = { drive: surface, bath, batch, seed: 5, first: 0, ...noiseOfRun(5, 0, batch) }
  const [next, own] = [new Float64Array(x.length), new Float64Array(batch)]
  const force = new Float64Array(x.length)
  scheme.start(start)({ step: 0, dt: 0.4, kT: bath.kT, x, force, energy: after, heat: own }, next)
  x.set(next)
  const last = energyOf()
  for (let b = 0; b < batch; b++) expect(own[b]! * bath.kT).toBeCloseTo(after[b]! - last[b]!, 12)
})

test('a driven mixed network obeys the first law to rounding, and Jarzynski’s equality with the enumerated free energies', () => {
  const { potential, theta } = discretePotential(discreteNetworks['two reals, a trinary and a two-state unit']!)
  const duration = 1.5
  // Every bias of a state, of the spin and of a real unit moves; the schedule's end is another equilibrium.
  const scheduled = potential.groups
    .filter(({ name }) => name === 'bias' || name === 'state-bias')
    .flatMap(({ offset, size }) =>
      Array.from({ length: size }, (_, n) => ({
        parameter: offset + n,
        value: (t: number) => theta[offset + n]! + ((n % 2 === 0 ? 0.8 : -0.6) * t) / duration,
      })),
    )
  const end = theta.slice()
  for (const { parameter, value } of scheduled) end[parameter] = value(duration)
  const batch = 40_000
  const workAndHeat = createWorkAndHeat(batch)
  const x = new Float64Array(potential.network.units * batch)
  enumeratedLaw(potential, theta, bath)!.draw({ seed: 7, stream: 8, step: 0 }, 0, batch, x)
  // Leimkuhler–Matthews samples a harmonic landscape exactly, in steps of any length: what is left is O(dt²).
  const protocol = scheduledProtocol(theta, scheduled, duration, 0.05)
  const drive = driveNetwork(potential, protocol)
  for (const _ of evolve(drive, bath, integrators['leimkuhler-matthews'], x, 7, 0, { ...nothing, workAndHeat }));
  const { work, heat, energyChange } = workAndHeat
  for (let b = 0; b < batch; b++) expect(Math.abs(energyChange[b]! - work[b]! + heat[b]!)).toBeLessThan(1e-12)
  const { value, standardError } = jarzynski(work, bath.kT, { seed: 1, resamples: 100 })
  const truth = -bath.kT * (logPartition(potential, end, bath)! - logPartition(potential, theta, bath)!)
  expect(Math.abs(truth)).toBeGreaterThan(0.1)
  expect(Math.abs(value - truth) / standardError).toBeLessThan(4)
})

test('a spin that nothing acts on relaxes as e^(-rate·t) at any step, and a clamped one stays', () => {
  const network = createNetwork({
    visible: {
      blocks: [
        { units: 1, states: 'two', rate: 1.3 },
        { units: 1, states: 3, clamped: true },
      ],
    },
  })
  const potential = potentialOf(network, [bias])
  const [f, batch] = [0.5, 40_000]
  for (const dt of [0.1, 0.8]) {
    const x = new Float64Array(2 * batch).fill(-1, 0, batch).fill(2, batch)
    const drive = driveNetwork(potential, constantProtocol(Float64Array.of(f), 0.8, dt))
    for (const _ of evolve(drive, bath, integrators['euler-maruyama'], x, 21, 0, nothing));
    const mean = x.subarray(0, batch).reduce((sum, s) => sum + s, 0) / batch
    const rest = Math.tanh(f / bath.kT)
    const truth = rest + (-1 - rest) * Math.exp(-1.3 * 0.8)
    expect(Math.abs(mean - truth) / Math.sqrt((1 - truth ** 2) / batch)).toBeLessThan(4)
    expect(x.subarray(batch).every((value) => value === 2)).toBe(true)
  }
})

test('trajectories have the same bits however the ensemble is cut', () => {
  const { potential, theta } = discretePotential(discreteNetworks['a category of one state among others']!)
  const run = (first: number, batch: number, integrator: Integrator) => {
    const x = new Float64Array(potential.network.units * batch)
    withOwnStart((at) => at.fill(0.5), 2, potential.network)(x, first, batch)
    const drive = driveNetwork(potential, constantProtocol(theta, 1, 0.1))
    for (const _ of evolve(drive, bath, integrator, x, 2, first, nothing));
    return Array.from({ length: batch }, (_, b) => [0, 1, 2, 3].map((i) => x[i * batch + b]))
  }
  for (const integrator of [integrators.mala, gibbs, integrators['euler-maruyama']])
    expect([...run(0, 7, integrator), ...run(7, 13, integrator)]).toEqual(run(0, 20, integrator))
})
