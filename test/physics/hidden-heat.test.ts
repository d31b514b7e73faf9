import { Matrix, solve } from 'ml-matrix'
import { afterAll, describe, expect, test } from 'vitest'
import { createThreadedWasm } from '../../src/backend/node/threads.js'
import { createReference } from '../../src/backend/reference.js'
import { simulationOf } from '../../src/backend/simulation.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { createWorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { meanOf, zScore } from '../../src/physics/observe/estimate.js'
import { observeHiddenHeat } from '../../src/physics/observe/hidden-heat.js'
import { createPotential, groupSlice, type Potential } from '../../src/physics/potential/potential.js'
import { constantProtocol, type Protocol, scheduledProtocol } from '../../src/physics/protocol/protocol.js'
import { normals } from '../systems.js'

const bath = { kT: 1.3, mobility: 0.7 }
const wasm = createThreadedWasm(2)
const reference = createReference()
afterAll(() => wasm.close())

const [visible, hidden, steps] = [6, 5, 60]
const network = createNetwork({ visible: { units: visible }, hidden: { units: hidden, temperature: 1 } }, 1)
const { units } = network
const potential = createPotential(network, { onsite: ['stiffness', 'quartic', 'bias'], pair: ['bilinear'] }, bath.kT)

function someParameters(): Float64Array {
  const theta = normals(potential.size, 3).map((value) => 0.6 * value)
  for (const group of potential.groups) {
    const values = groupSlice(group, theta)
    if (group.name === 'quartic' || group.name === 'stiffness') values.fill(1.1)
    if (group.name === 'hidden-temperature') values.fill(bath.kT)
  }
  return theta
}

/** Every parameter moves but the quartic ones; the bath of the hidden units by T(t). */
function driven(T: (t: number) => number): Protocol {
  const theta = someParameters()
  const scheduled = potential.groups
    .filter(({ name }) => name !== 'quartic')
    .flatMap(({ name, offset, size }) =>
      Array.from({ length: size }, (_, a) => ({
        parameter: offset + a,
        value: name === 'hidden-temperature' ? T : (t: number) => theta[offset + a]! * (1 + 0.5 * t),
      })),
    )
  return scheduledProtocol(theta, scheduled, 1, 1 / steps)
}

async function measured(protocol: Protocol, backend: typeof reference | typeof wasm, trajectories = 40) {
  const exchange = observeHiddenHeat(potential, protocol, bath, 16)
  const workAndHeat = createWorkAndHeat(trajectories)
  const { initial, final } = await backend.simulate(
    simulationOf({
      ...{ potential, protocol, bath, workAndHeat, trajectories, observers: [exchange] },
      start: gaussianStart(5, 0.3, 1),
      batch: 24,
    }),
    {},
  )
  return { exchange, workAndHeat, initial, final }
}

/** -Σ p log p of the two states of each hidden unit at a state [units]. */
function entropyAt(of: Potential, theta: Float64Array, x: Float64Array): number {
  const [V, b, T] = ['hidden-coupling', 'hidden-bias', 'hidden-temperature'].map((name) =>
    groupSlice(of.groups.find((group) => group.name === name)!, theta),
  ) as [Float64Array, Float64Array, Float64Array]
  const { start, visible: seen } = of.network.hiddenEdges
  let entropy = 0
  for (let h = 0; h < of.network.hidden; h++) {
    let u = b[h]!
    for (let e = start[h]!; e < start[h + 1]!; e++) u += V[e]! * x[seen[e]!]!
    for (const s of [-1, 1]) {
      const p = 1 / (1 + Math.exp((-2 * s * u) / T[0]!))
      entropy -= p * Math.log(p)
    }
  }
  return entropy
}

describe.each([
  ['reference', reference],
  ['wasm', wasm],
] as const)('along trajectories of %s', (name, backend) => {
  const T = (t: number) => 0.4 + 2 * t * t

  test('the first law of the full energy holds on each to rounding, and not with the entropy of the wrong sign', async () => {
    const { exchange } = await measured(driven(T), backend)
    const { drivingWork, heat, hiddenHeat, energyChange } = exchange
    for (let n = 0; n < 16; n++) {
      expect(drivingWork[n]! - heat[n]! - hiddenHeat[n]! - energyChange[n]!).toBeCloseTo(0, 9)
      expect(Math.abs(drivingWork[n]! - heat[n]! + hiddenHeat[n]! - energyChange[n]!)).toBeGreaterThan(0.01)
    }
  })

  test('the visible heat is that of the backend, and work differs from it by what the temperature does', async () => {
    const { exchange, workAndHeat } = await measured(driven(T), backend)
    // A sum of energies of order 10 over the steps, each rounded to float32 in the kernels.
    const rounding = name === 'reference' ? 1e-11 : 10 * steps * 2 ** -24
    const still = await measured(
      driven(() => 0.4),
      backend,
    )
    for (let n = 0; n < 16; n++) {
      expect(Math.abs(exchange.heat[n]! - workAndHeat.heat[n]!)).toBeLessThan(rounding)
      expect(Math.abs(still.exchange.drivingWork[n]! - still.workAndHeat.work[n]!)).toBeLessThan(rounding)
      // -∫S dT is below 0: the bath warms.
      expect(workAndHeat.work[n]!).toBeLessThan(exchange.drivingWork[n]! - 0.1)
    }
  })
})

test('at the temperature of the common bath the heat to both is Q - kT ΔS of the hidden units, and none is conducted', async () => {
  const protocol = driven(() => bath.kT)
  const { exchange, workAndHeat, initial, final } = await measured(protocol, reference)
  const [first, last] = [new Float64Array(potential.size), new Float64Array(potential.size)]
  protocol.parameters(-1, first)
  protocol.parameters(steps - 1, last)
  for (let n = 0; n < 16; n++) {
    const at = ({ points }: typeof initial) => points.subarray(n * units, (n + 1) * units)
    const change = entropyAt(potential, last, at(final)) - entropyAt(potential, first, at(initial))
    expect(exchange.heat[n]! + exchange.hiddenHeat[n]!).toBeCloseTo(workAndHeat.heat[n]! - bath.kT * change, 9)
    expect(exchange.conductedHeat[n]).toBe(0)
  }
})

const pair = createNetwork({ visible: { units: 1 }, hidden: { units: 1, temperature: 1 } })
const trap = createPotential(pair, { onsite: ['stiffness'] }, bath.kT)
const [k, V, b] = [1.2, 1.1, 0.3]

test('with the visible unit held and the bath warmed, hidden units take ∫T dS and no work is done', () => {
  const [x, from, to] = [0.8, 0.2, 1.7]
  const theta = Float64Array.of(k, V, b, from)
  const scheduled = [{ parameter: 3, value: (t: number) => from + (to - from) * t }]
  const protocol = scheduledProtocol(theta, scheduled, 1, 0.1)
  const exchange = observeHiddenHeat(trap, protocol, bath, 1)
  const frame = { first: 0, batch: 1, x: Float64Array.of(x) }
  for (let index = -1; index < 10; index++) exchange.see({ ...frame, index, clock: protocol.clock[index + 1]! })
  const entropy = (T: number) => entropyAt(trap, Float64Array.of(k, V, b, T), frame.x)
  // Midpoints: the error falls as 1/n².
  const cuts = 20_000
  let integral = 0
  for (let n = 0; n < cuts; n++) {
    const [T, next] = [n, n + 1].map((at) => from + ((to - from) * at) / cuts) as [number, number]
    integral += ((T + next) / 2) * (entropy(next) - entropy(T))
  }
  expect(exchange.hiddenHeat[0]).toBeCloseTo(-integral, 7)
  expect(integral).toBeGreaterThan(0.1)
  expect(exchange.drivingWork[0]).toBe(0)
  expect(exchange.heat[0]).toBe(0)
})

/**
 * Heat per unit of time to the bath of a unit s = ±1 that flips at a rate of order r, beside a visible unit that hops on a grid, both
 * with the detailed balance of their own bath: the stationary solution of the master equation.
 */
function flippedHeat(T: number, r: number): number {
  const [points, reach] = [80, 5]
  const dx = (2 * reach) / (points - 1)
  const energy = (n: number, s: number) => (k * (n * dx - reach) ** 2) / 2 - (V * (n * dx - reach) + b) * s
  const place = (n: number, s: number) => 2 * n + (s + 1) / 2
  const generator = Matrix.zeros(2 * points, 2 * points)
  const hop = (from: number, to: number, rate: number) => {
    generator.set(to, from, generator.get(to, from) + rate)
    generator.set(from, from, generator.get(from, from) - rate)
  }
  const flip = (n: number, s: number) => r / (1 + Math.exp((energy(n, -s) - energy(n, s)) / T))
  for (let n = 0; n < points; n++)
    for (const s of [-1, 1]) {
      hop(place(n, s), place(n, -s), flip(n, s))
      for (const next of [n - 1, n + 1])
        if (next >= 0 && next < points) {
          const step = energy(next, s) - energy(n, s)
          hop(place(n, s), place(next, s), ((bath.mobility * bath.kT) / dx ** 2) * Math.exp(-step / (2 * bath.kT)))
        }
    }
  const ones = Matrix.zeros(2 * points, 1)
  ones.set(0, 0, 1)
  for (let n = 0; n < 2 * points; n++) generator.set(0, n, 1)
  const p = solve(generator, ones)
  let heat = 0
  for (let n = 0; n < points; n++)
    for (const s of [-1, 1]) heat += p.get(place(n, s), 0) * flip(n, s) * (energy(n, s) - energy(n, -s))
  return heat
}

test.each([0.4, 3])(
  'heat is conducted to a bath at T = %f as to that of a unit that flips fast beside a moving one',
  (T) => {
    // Mean over the stationary law e^(-U/kT) by quadrature, of what the observer takes of each state in a step of unit length.
    const states = Float64Array.from({ length: 2001 }, (_, n) => -7 + n * 0.007)
    const protocol = constantProtocol(Float64Array.of(k, V, b, T), 1, 1)
    const exchange = observeHiddenHeat(trap, protocol, bath, states.length)
    for (const index of [-1, 0]) exchange.see({ index, clock: index + 1, first: 0, batch: states.length, x: states })
    const weight = states.map((x) =>
      Math.exp((-(k * x * x) / 2 + T * Math.log(2 * Math.cosh((V * x + b) / T))) / bath.kT),
    )
    const total = weight.reduce((sum, w) => sum + w, 0)
    const conducted = weight.reduce((sum, w, n) => sum + w * exchange.conductedHeat[n]!, 0) / total
    // Two rates take away the part of first order in 1/r; the grid's is of second order in its width of .13.
    const [slow, fast] = [flippedHeat(T, 2000), flippedHeat(T, 4000)]
    expect(Math.abs((2 * fast - slow) / conducted - 1)).toBeLessThan(0.01)
    expect(Math.sign(conducted)).toBe(Math.sign(bath.kT - T))
  },
)

test('⟨e^(-ΔS)⟩ = 1 of the visible heat while the other bath warms and couplings grow, and not of the heat to both', async () => {
  const [trajectories, variance] = [20_000, 1]
  const scheduled = [
    { parameter: 1, value: (t: number) => V * t },
    { parameter: 3, value: (t: number) => 0.4 + 1.5 * t },
  ]
  const protocol = scheduledProtocol(Float64Array.of(k, V, b, 1), scheduled, 1, 1 / 200)
  const exchange = observeHiddenHeat(trap, protocol, bath, trajectories)
  const start = gaussianStart(8, 0, variance)
  const task = { potential: trap, protocol, bath, trajectories, observers: [exchange], start, batch: 2000 }
  const { initial, final } = await reference.simulate(simulationOf(task), {})
  // Any density of the final states will do: of a Gaussian of about their spread here.
  const log = (x: number, width: number) => -(x * x) / (2 * width) - Math.log(width) / 2
  const average = (heat: (n: number) => number) => {
    const values = Float64Array.from({ length: trajectories }, (_, n) =>
      Math.exp(-heat(n) / bath.kT - log(initial.points[n]!, variance) + log(final.points[n]!, 1.3)),
    )
    return meanOf(values)
  }
  // 4 s.e. are about .01; a step's error of order μk dt = .004 is within them.
  expect(
    Math.abs(
      zScore(
        average((n) => exchange.heat[n]!),
        1,
      ),
    ),
  ).toBeLessThan(4)
  expect(
    Math.abs(
      zScore(
        average((n) => exchange.heat[n]! + exchange.hiddenHeat[n]!),
        1,
      ),
    ),
  ).toBeGreaterThan(8)
})
