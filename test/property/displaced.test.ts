import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Backend } from '../../src/backend/backend.js'
import { simulate } from '../../src/backend/node/simulate.js'
import { createThreadedWasm } from '../../src/backend/node/threads.js'
import { simulationOf } from '../../src/backend/simulation.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { createWorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { displacedPotential } from '../../src/physics/potential/displaced.js'
import { bistable } from '../../src/physics/potential/hidden.js'
import { bias, cubic, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear, pairQuartic } from '../../src/physics/potential/pair.js'
import { forceAndEnergy, potentialOf } from '../../src/physics/potential/potential.js'
import type { TermOn } from '../../src/physics/potential/term.js'
import { constantProtocol, scheduledProtocol } from '../../src/physics/protocol/protocol.js'
import { normals } from '../systems.js'

const network = createNetwork({ visible: { lattice: [2, 3] }, hidden: { units: 3 } })
const batch = 5
const y = normals(network.units * batch, 3)
const origin = normals(network.units, 4).map((value) => 3 * value)

describe.each<[string, TermOn[]]>([
  ['a trap', [stiffness, bias]],
  ['a stiffness alone', [stiffness]],
  ['a double well', [quartic, stiffness]],
  ['every on-site term, another order', [bias, quartic, cubic, stiffness]],
  ['a cubic alone', [cubic]],
  ['couplings', [stiffness, bilinear]],
  ['hidden units', [stiffness, bilinear, bistable(0.7)]],
])('%s', (_name, terms) => {
  test('is the same landscape seen from an origin, but for a constant', () => {
    const potential = potentialOf(network, terms)
    const theta = normals(potential.size, 5)
    const seen = displacedPotential(potential, origin)!
    const moved = new Float64Array(seen.potential.size).fill(Number.NaN)
    const constant = seen.parameters(theta, moved)
    const x = y.map((value, n) => value + origin[Math.floor(n / batch)]!)
    const [there, here] = [potential, seen.potential].map((of, n) => {
      const [force, energy] = [new Float64Array(y.length), new Float64Array(batch)]
      forceAndEnergy(of, n === 0 ? theta : moved, n === 0 ? x : y, batch, force, energy)
      return { force, energy }
    })
    // Sums of some hundred terms of size 3⁴.
    for (const [n, force] of there!.force.entries()) expect(here!.force[n]! - force).toBeCloseTo(0, 9)
    for (const [b, energy] of there!.energy.entries()) expect(here!.energy[b]! + constant - energy).toBeCloseTo(0, 9)
  })
})

test('couplings of squares are seen from where their units are not displaced, and from nowhere else', () => {
  const potential = potentialOf(network, [stiffness, pairQuartic])
  expect(displacedPotential(potential, origin)).toBeNull()
  expect(displacedPotential(potential, new Float64Array(network.units))).not.toBeNull()
})

const one = createNetwork({ visible: { units: 1 } })
const trap = potentialOf(one, [stiffness, bias])
let wasm: Backend
beforeAll(() => {
  wasm = createThreadedWasm(1)
})
afterAll(() => wasm.close())

const moments = (values: Float64Array) => {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0)
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2 / (values.length - 1), 0) }
}

test('a trap 100,000 thermal widths away has the variance and the heat of one at 0', async () => {
  const workAndHeat = createWorkAndHeat(2000)
  const { final, initial } = await wasm.simulate(
    simulationOf({
      potential: trap,
      protocol: constantProtocol(Float64Array.of(1, 1e5), 1, 0.001),
      start: gaussianStart(1, 1e5, 1),
      trajectories: 2000,
      workAndHeat,
    }),
  )
  const { mean, variance } = moments(final.points)
  expect(Math.abs(mean - 1e5) * Math.sqrt(2000)).toBeLessThan(4)
  expect(Math.abs(variance - 1.0005) / Math.sqrt(2 / 1999)).toBeLessThan(4)
  // ⟨Q²⟩ = 1 - e^-2; Q is a difference of squares: its kurtosis is at most 9, so that the error is below √(8/2000) of it.
  const square = workAndHeat.heat.reduce((sum, q) => sum + (q * q) / 2000, 0)
  expect(Math.abs(square / (1 - Math.exp(-2)) - 1)).toBeLessThan(4 * Math.sqrt(8 / 2000))
  // The energies are of the whole potential: those of the states that are given back.
  const energyOf = (x: number) => (x * x) / 2 - 1e5 * x
  for (const n of [0, 7, 1999]) {
    const change = energyOf(final.points[n]!) - energyOf(initial.points[n]!)
    expect(Math.abs(workAndHeat.energyChange[n]! - change)).toBeLessThan(1e-4)
  }
})

test('the work of a landscape whose constant moves is that of the whole potential', async () => {
  // U = kx²/2 - 1e4·kx, k from 1 to 2: the trap stays, its bottom goes from -k·1e8/2 to twice that.
  const k = (t: number) => 1 + t
  const workAndHeat = createWorkAndHeat(500)
  const protocol = scheduledProtocol(
    Float64Array.of(1, 1e4),
    [
      { parameter: 0, value: k },
      { parameter: 1, value: (t) => 1e4 * k(t) },
    ],
    1,
    0.01,
  )
  await wasm.simulate(
    simulationOf({ potential: trap, protocol, start: gaussianStart(1, 1e4, 1), trajectories: 500, workAndHeat }),
  )
  // ⟨W⟩ = -1e8/2 + ∫ k' Var x/2 dt, with Var x = 1/k(t) to 1 as it lags: between ln 2/2 and 1/2.
  const { mean, variance } = moments(workAndHeat.work)
  const inside = mean + 0.5e8
  expect(inside).toBeGreaterThan(Math.log(2) / 2 - 4 * Math.sqrt(variance / 500))
  expect(inside).toBeLessThan(0.5 + 4 * Math.sqrt(variance / 500))
})

test('a free particle is counted from where it starts', async () => {
  const free = { potential: trap, protocol: constantProtocol(Float64Array.of(0, 0), 1, 0.001), trajectories: 500 }
  const [far, near] = await Promise.all(
    [1e6, 0].map((x) => wasm.simulate(simulationOf({ ...free, start: gaussianStart(1, x, 0) }))),
  )
  // The same kicks, in float32 both.
  expect(far!.final.points.map((x) => x - 1e6)).toEqual(near!.final.points.map((x) => x + 1e6 - 1e6))
})

test('a soft trap is not counted from where it would rest in a million years', async () => {
  // x' = 1: ⟨x⟩ = 10 at the end, ten million below the bottom.
  const protocol = constantProtocol(Float64Array.of(1e-7, 1), 10, 0.01)
  const { final } = await wasm.simulate(
    simulationOf({ potential: trap, protocol, start: gaussianStart(1, 0, 0), trajectories: 200 }),
  )
  expect(Math.abs(moments(final.points).mean - 10) / Math.sqrt(20 / 200)).toBeLessThan(4)
})

/** Dragged over a million thermal widths: no one origin serves. */
const dragged = {
  potential: trap,
  protocol: scheduledProtocol(Float64Array.of(1, 0), [{ parameter: 1, value: (t) => 1e6 * t }], 1, 0.001),
  start: gaussianStart(1, 0, 1),
  trajectories: 64,
}

test('what float32 cannot hold is refused by name, told to a caller who listens, and runs in float64 where none was named', async () => {
  await expect(wasm.simulate(simulationOf(dragged))).rejects.toThrow(
    /float32 is too coarse here: after step \d+, trajectory \d, unit 0 is [\d.e+]+ from its origin.*\[E_PRECISION\]/,
  )
  const told: string[] = []
  await wasm.simulate(simulationOf(dragged), { onImprecise: (why) => told.push(why) })
  expect(told).toHaveLength(1)
  const notes: string[] = []
  const { final } = await simulate(dragged, { onNote: (line) => notes.push(line), threads: 1 })
  expect(notes[0]).toMatch(/^backend reference in place of (native|wasm): float32 is too coarse here/)
  // x' = -(x - 1e6 t): ⟨x⟩ = 1e6/e at t = 1, to first order in dt.
  expect(Math.abs(moments(final.points).mean / (1e6 / Math.E) - 1)).toBeLessThan(0.002)
})

test('energies so large that rounding shows in the work are found after the run', async () => {
  // Two thousand widths there and back: kicks are resolved, energies of 1e6 kT are not, at every one of 100,000 jumps.
  const steps = 20_000
  const there = (t: number) => 2000 * Math.sin((2 * Math.PI * t) / 400)
  const protocol = scheduledProtocol(Float64Array.of(1, 0), [{ parameter: 1, value: there }], 400, 400 / steps)
  const run = { potential: trap, protocol, start: gaussianStart(1, 0, 1), trajectories: 16 }
  const told: string[] = []
  const onImprecise = (why: string) => told.push(why)
  await wasm.simulate(simulationOf(run), { onImprecise })
  expect(told).toEqual([])
  const workAndHeat = createWorkAndHeat(16)
  const cold = { ...run, bath: { kT: 1e-4, mobility: 1 } }
  await wasm.simulate(simulationOf({ ...cold, workAndHeat }), { onImprecise })
  expect(told[0]).toMatch(/rounding changes the (work|heat) of a trajectory by .* kT|unit 0 is/)
})

test('near 0 nothing changes, not a bit', async () => {
  const run = {
    potential: trap,
    protocol: constantProtocol(Float64Array.of(1, 2), 1, 0.01),
    start: gaussianStart(1, 0, 1),
    trajectories: 64,
  }
  const { final } = await wasm.simulate(simulationOf(run))
  // States of the kernels are float32 as they are; displaced ones would be float32 numbers plus an origin.
  expect(final.points.every((x) => Math.fround(x) === x)).toBe(true)
})

test('data too far out for their noise are not learned from in float32', () => {
  const demand = { potential: trap, rule: 'force-matching', integrator: 'euler-maruyama' } as const
  expect(wasm.refusal({ ...demand, reach: 1e6 })).toBeNull()
  expect(wasm.refusal({ ...demand, reach: 2e6 })).toMatch(/does not resolve data 2.0e\+6 noise widths from 0/)
})
