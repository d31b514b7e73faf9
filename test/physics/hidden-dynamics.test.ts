import { expect, test } from 'vitest'
import { integrate } from '../../src/backend/integrate.js'
import { driveNetwork } from '../../src/physics/dynamics/drive.js'
import { gaussianStart, type InitialStates } from '../../src/physics/dynamics/ensemble.js'
import { eulerMaruyama } from '../../src/physics/dynamics/euler-maruyama.js'
import type { Integrator } from '../../src/physics/dynamics/integrator.js'
import { leimkuhlerMatthews } from '../../src/physics/dynamics/leimkuhler-matthews.js'
import { withOwnStart } from '../../src/physics/dynamics/own-start.js'
import { createWorkAndHeat, type WorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import { twoStates } from '../../src/physics/network/blocks.js'
import { withHiddenStates } from '../../src/physics/network/hidden-states.js'
import { createNetwork, type Network, networkOf } from '../../src/physics/network/network.js'
import { doubleWellResponse } from '../../src/physics/potential/double-well-response.js'
import { bistable, quarticHidden } from '../../src/physics/potential/hidden.js'
import { movingHidden } from '../../src/physics/potential/moving-hidden.js'
import { stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { forceAndEnergy, hessian, type Potential, potentialOf } from '../../src/physics/potential/potential.js'
import { constantProtocol, type Protocol, scheduledProtocol } from '../../src/physics/protocol/protocol.js'

const kT = 0.7
const bath = { kT, mobility: 1.3 }

const one: Network = createNetwork({
  visible: { units: 1 },
  hidden: { units: 1 },
  couplings: { visible: { edges: [] } },
})

/** The same with a hidden unit that moves: in a well, at a mobility, or between two states, at a rate. */
function moving(barrier: number | null, speed: number): Network {
  return withHiddenStates(
    one,
    barrier === null
      ? { states: twoStates, change: { kind: 'flips', rate: speed } }
      : { states: null, change: { kind: 'langevin', mobility: speed }, barrier },
  )
}

/** With the visible unit held in its place. */
function held(network: Network): Network {
  const blocks = network.blocks.map((block) =>
    block.role === 'visible' ? { ...block, change: { kind: 'clamped' } as const } : block,
  )
  return networkOf(blocks, network)
}

/** Final states, [trajectories][units]. */
async function finals(
  potential: Potential,
  protocol: Protocol,
  start: InitialStates,
  trajectories: number,
  integrator: Integrator = eulerMaruyama,
  workAndHeat: WorkAndHeat | null = null,
): Promise<Float64Array[]> {
  const options = { seed: 3, trajectories, batch: 1000 }
  const drive = driveNetwork(potential, protocol)
  const done = await integrate(drive, bath, integrator, start, options, { workAndHeat, observers: [] }, {})
  const { points, units } = done!.final
  return Array.from({ length: trajectories }, (_, n) => points.slice(n * units, (n + 1) * units))
}

/** How many standard errors the mean of f over states is from the truth. */
function distance(states: readonly Float64Array[], f: (state: Float64Array) => number, truth: number): number {
  const values = states.map(f)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return Math.abs(mean - truth) / Math.sqrt(variance / values.length)
}

test('with unequal mobilities M Euler–Maruyama has the covariance kT(K - hKMK/2)⁻¹', async () => {
  const h = 0.15
  const alike = createNetwork({ visible: { units: 2 }, couplings: { visible: { range: 'all' } } })
  const network = networkOf(
    [0.5, 3].map((mobility) => ({ ...alike.blocks[0]!, units: 1, change: { kind: 'langevin', mobility } })),
    alike,
  )
  const potential = potentialOf(network, [stiffness, bilinear])
  const theta = Float64Array.of(1.5, 1.2, 0.8)
  const K = hessian(potential, theta, new Float64Array(2))
  const [a, b, d] = [K[0]!, K[1]!, K[3]!]
  const [m, n] = [0.5 * bath.mobility * h, 3 * bath.mobility * h]
  // K - hKMK/2, a symmetric matrix of two rows, and its inverse.
  const [p, q, r] = [a - (m * a * a + n * b * b) / 2, b - (m * a * b + n * b * d) / 2, d - (m * b * b + n * d * d) / 2]
  const determinant = p * r - q * q
  const exact = [r, -q, p].map((entry) => (kT * entry) / determinant)
  const states = await finals(potential, constantProtocol(theta, 12, h), gaussianStart(3, 0, 0.5), 10_000)
  const products = [
    [0, 0],
    [0, 1],
    [1, 1],
  ] as const
  products.forEach(([i, j], index) => {
    expect(
      distance(states, (x) => x[i]! * x[j]!, exact[index]!),
      `⟨x${i} x${j}⟩`,
    ).toBeLessThan(4)
  })
  // The correction is large enough to be seen: the continuum's covariance is refused.
  expect(distance(states, (x) => x[1]! ** 2, (kT * a) / (a * d - b * b))).toBeGreaterThan(10)
})

test('at a clamped visible unit a two-state unit relaxes to tanh(u/kT) as e^(-rate·t)', async () => {
  const rate = 2
  const network = held(moving(null, rate))
  const potential = potentialOf(network, [stiffness, movingHidden(kT, null)])
  const theta = Float64Array.of(1, 1.5, -0.2)
  const x = 0.6
  const start = withOwnStart(gaussianStart(3, x, 0), 3, network)
  for (const time of [0.1, 0.5, 3]) {
    const states = await finals(potential, constantProtocol(theta, time, 0.1), start, 4000)
    const truth = Math.tanh((1.5 * x - 0.2) / kT) * (1 - Math.exp(-rate * time))
    expect(
      distance(states, ([, s]) => s!, truth),
      `t = ${time}`,
    ).toBeLessThan(4)
    expect(states.every(([position, s]) => position === x && Math.abs(s!) === 1)).toBe(true)
  }
})

test.each([4, 16, 64])(
  'under a rising bias a unit that flips at rate %i lags by the exact law, as 1/rate',
  async (rate) => {
    const network = held(moving(null, rate))
    const potential = potentialOf(network, [stiffness, movingHidden(kT, null)])
    const rise = (t: number) => -1 + 2 * t
    const protocol = scheduledProtocol(Float64Array.of(1, 0, -1), [{ parameter: 2, value: rise }], 1, 0.04)
    const states = await finals(potential, protocol, withOwnStart(gaussianStart(3, 0, 0), 3, network), 5000)
    // The mean obeys m' = m + (1 - e^(-rate·dt))(tanh(b/kT) - m), step by step.
    let mean = 0
    for (let step = 0; step < 25; step++)
      mean += (1 - Math.exp(-rate * 0.04)) * (Math.tanh(rise((step + 1) / 25) / kT) - mean)
    expect(distance(states, ([, s]) => s!, mean)).toBeLessThan(4)
  },
)

test.each([1, 2])(
  'at a clamped visible unit a hidden oscillator over %i kT has the tabulated mean',
  async (barrier) => {
    const network = held(moving(barrier, 1))
    const potential = potentialOf(network, [stiffness, movingHidden(kT, barrier)])
    const x = 0.3
    const theta = Float64Array.of(1, 1.5, -0.2)
    const response = new Float64Array(1)
    doubleWellResponse(barrier).respond(Float64Array.of(1.5 * x - 0.2), 1, kT, response, null, null)
    // The hop over 2 kT takes a time of about 2; the scheme is off by O(dt²) in equilibrium.
    const start = withOwnStart(gaussianStart(3, x, 0), 3, network)
    const states = await finals(potential, constantProtocol(theta, 10, 0.0125), start, 2000, leimkuhlerMatthews)
    expect(distance(states, ([, s]) => s!, response[0]!)).toBeLessThan(4)
  },
)

test('hidden units start in their own equilibrium: moments of e^(-w/kT), and ±1 evenly', async () => {
  const barrier = 2
  const rows = 2
  const states = new Float64Array(rows * 50_000)
  withOwnStart(gaussianStart(3, 0, 1), 3, moving(barrier, 1))(states, 0, 50_000)
  const s = Array.from(states.subarray(50_000), (value) => Float64Array.of(value))
  const weight = (position: number) => Math.exp(-barrier * (position * position - 1) ** 2)
  const moment = (power: number) => {
    let [sum, total] = [0, 0]
    for (let n = -4000; n <= 4000; n++) {
      sum += weight(n / 1000) * (n / 1000) ** power
      total += weight(n / 1000)
    }
    return sum / total
  }
  for (const power of [1, 2, 4]) expect(distance(s, ([value]) => value! ** power, moment(power))).toBeLessThan(4)
  withOwnStart(gaussianStart(3, 0, 1), 3, moving(null, 1))(states, 0, 50_000)
  const flips = Array.from(states.subarray(50_000), (value) => Float64Array.of(value))
  expect(distance(flips, ([value]) => value!, 0)).toBeLessThan(4)
})

/** ⟨x^n⟩ of e^(-A(x)/kT), with hidden units that follow at once. */
function adiabaticMoment(potential: Potential, theta: Float64Array, power: number): number {
  const grid = Float64Array.from({ length: 4001 }, (_, n) => -8 + n * 0.004)
  const energy = new Float64Array(grid.length)
  forceAndEnergy(potential, theta, grid, grid.length, null, energy)
  const lowest = Math.min(...energy)
  const weight = energy.map((value) => Math.exp((lowest - value) / kT))
  return grid.reduce((sum, x, n) => sum + x ** power * weight[n]!, 0) / weight.reduce((sum, w) => sum + w, 0)
}

test.each([
  ['oscillators of mobility .5', 1, 0.5, 60],
  ['oscillators of mobility 2', 1, 2, 25],
  ['units that flip once a unit of time', null, 1, 30],
  ['units that flip 10 times', null, 10, 20],
] as const)(
  'in equilibrium the visible unit can’t tell %s from those that follow at once',
  async (_, barrier, speed, relaxed) => {
    const theta = Float64Array.of(1.2, 1.2, 0.2)
    const adiabatic = potentialOf(one, [stiffness, barrier === null ? bistable(kT) : quarticHidden(kT, barrier)])
    const network = moving(barrier, speed)
    const potential = potentialOf(network, [stiffness, movingHidden(kT, barrier)])
    const start = withOwnStart(gaussianStart(3, 0, 1), 3, network)
    // Long against the slowest hop. Leimkuhler–Matthews: off by O(dt²).
    const protocol = constantProtocol(theta, relaxed, barrier === null ? 0.05 : 0.04 / Math.max(1, speed))
    const states = await finals(potential, protocol, start, 1000, leimkuhlerMatthews)
    for (const power of [1, 2, 4]) {
      const truth = adiabaticMoment(adiabatic, theta, power)
      expect(
        distance(states, ([x]) => x! ** power, truth),
        `⟨x^${power}⟩`,
      ).toBeLessThan(4)
    }
  },
)

test('out of equilibrium the visible unit follows that of the tabulated response up to 1/mobility', async () => {
  const barrier = 1
  const theta = Float64Array.of(1.2, 1.5, 0.3)
  const [start, dt, count] = [gaussianStart(3, 0, 0.3), 0.004, 3000]
  const protocol = constantProtocol(theta, 0.6, dt)
  const reference = await finals(potentialOf(one, [stiffness, quarticHidden(kT, barrier)]), protocol, start, count)
  // The same random numbers move the visible unit: most of the scatter cancels.
  const lag = async (ratio: number) => {
    const network = moving(barrier, ratio)
    const potential = potentialOf(network, [stiffness, movingHidden(kT, barrier)])
    const states = await finals(potential, protocol, withOwnStart(start, 3, network), count)
    const gaps = states.map(([x], n) => x! - reference[n]![0]!)
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / count
    const error = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0)) / count
    return { mean, error }
  }
  const [slow, fast] = [await lag(4), await lag(16)]
  expect(slow.mean / slow.error).toBeLessThan(-5)
  // Four times faster: a quarter, to first order; the second order is some 1/16 of 4·fast.
  expect(Math.abs(slow.mean - 4 * fast.mean)).toBeLessThan(
    4 * Math.hypot(slow.error, 4 * fast.error) + Math.abs(fast.mean),
  )
})

test('the energy of flips is heat: ΔU = W - Q on every trajectory of a driven network', async () => {
  const network = moving(null, 5)
  const potential = potentialOf(network, [stiffness, movingHidden(kT, null)])
  const protocol = scheduledProtocol(Float64Array.of(1, 1, 0), [{ parameter: 1, value: (t) => 1 + t }], 1, 0.02)
  const measured = createWorkAndHeat(1000)
  const start = withOwnStart(gaussianStart(3, 0, 1), 3, network)
  await finals(potential, protocol, start, 1000, eulerMaruyama, measured)
  for (let n = 0; n < 1000; n++) {
    expect(Math.abs(measured.work[n]! - measured.heat[n]! - measured.energyChange[n]!)).toBeLessThan(1e-12)
    // U is quadratic in x and s together, so that the midpoint force along dx and ds is the heat as well.
    expect(Math.abs(measured.heatIntegral[n]! - measured.heat[n]!)).toBeLessThan(1e-12)
  }
})
