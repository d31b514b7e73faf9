import { describe, expect, test } from 'vitest'
import { reverseParameters } from '../../src/learning/generation/generation.js'
import { twoStates } from '../../src/physics/network/blocks.js'
import { hiddenEdgesFromLists } from '../../src/physics/network/hidden-edges.js'
import { withHiddenStates, withTwins } from '../../src/physics/network/hidden-states.js'
import { createNetwork, type Network } from '../../src/physics/network/network.js'
import { fillUniformStates } from '../../src/physics/noise/uniform.js'
import { bistable, quarticHidden } from '../../src/physics/potential/hidden.js'
import { movingHidden } from '../../src/physics/potential/moving-hidden.js'
import { cubic, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import {
  directional,
  forceAndEnergy,
  groupSlice,
  hessian,
  type Potential,
  potentialOf,
  statistic,
} from '../../src/physics/potential/potential.js'
import { normals } from '../systems.js'

const kT = 0.7
const h = 1e-5
/** Central differences: truncation and rounding of about 1e-9. */
const limit = 1e-7

function withHidden(units: number, hidden: number): Network {
  return createNetwork({
    visible: { units },
    hidden: { units: hidden },
    couplings: { visible: { range: 'all' } },
  })
}

function moving(learned: Network, barrier: number | null): Network {
  return withHiddenStates(
    learned,
    barrier === null
      ? { states: twoStates, change: { kind: 'flips', rate: 2 } }
      : { states: null, change: { kind: 'langevin', mobility: 2 }, barrier },
  )
}

const networks = {
  'three visible, two hidden': withHidden(3, 2),
  'a list with a hidden unit that sees nothing': {
    ...withHidden(3, 3),
    hiddenEdges: hiddenEdgesFromLists(3, [[0, 2], [], [1]]),
  },
}

function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [worst, scale] = [0, 1e-12]
  for (let n = 0; n < b.length; n++) {
    worst = Math.max(worst, Math.abs(a[n]! - b[n]!))
    scale = Math.max(scale, Math.abs(b[n]!))
  }
  return worst / scale
}

const energyOf = (potential: Potential, theta: Float64Array, x: Float64Array) => {
  const out = new Float64Array(1)
  forceAndEnergy(potential, theta, x, 1, null, out)
  return out[0]!
}
const forceOf = (potential: Potential, theta: Float64Array, x: Float64Array, batch = 1) => {
  const out = new Float64Array(x.length)
  forceAndEnergy(potential, theta, x, batch, out, null)
  return out
}
const moved = (array: Float64Array, at: number, by: number) => array.map((value, n) => (n === at ? value + by : value))
const slope = (f: (by: number) => number) => (f(h) - f(-h)) / (2 * h)

const cases = Object.entries(networks).flatMap(([name, network]) =>
  [null, 3].map((barrier) => [barrier === null ? 'two states' : 'wells', name, barrier, network] as const),
)

describe.each(cases)('hidden units with %s of their own, %s', (_kind, _name, barrier, learned) => {
  const network = moving(learned, barrier)
  const potential = potentialOf(network, [movingHidden(kT, barrier)])
  const theta = normals(potential.size, 71)
  const x = normals(network.units, 72)
  const r = normals(network.units, 73)
  const term = potential.terms[0]!

  test('force, statistic, r·∇φ, |∇φ|² and Hessian are derivatives of the energy, by central differences', () => {
    const force = x.map((_v, i) => -slope((by) => energyOf(potential, theta, moved(x, i, by))))
    expect(relative(forceOf(potential, theta, x), force)).toBeLessThan(limit)
    const measured = new Float64Array(potential.size)
    statistic(potential, theta, x, 1, measured)
    const gradient = theta.map((_v, a) => slope((by) => energyOf(potential, moved(theta, a, by), x)))
    expect(relative(measured, gradient)).toBeLessThan(limit)
    const along = new Float64Array(potential.size)
    directional(potential, theta, x, r, 1, along)
    const statisticAt = (state: Float64Array) => {
      const out = new Float64Array(potential.size)
      statistic(potential, theta, state, 1, out)
      return out
    }
    const shifted = (by: number) => statisticAt(x.map((value, i) => value + by * r[i]!))
    const [plus, minus] = [shifted(h), shifted(-h)]
    expect(
      relative(
        along,
        plus.map((value, a) => (value - minus[a]!) / (2 * h)),
      ),
    ).toBeLessThan(limit)
    const squares = new Float64Array(potential.size)
    const curvature = new Float64Array(network.units ** 2)
    for (let i = 0; i < network.units; i++) {
      const [up, down] = [statisticAt(moved(x, i, h)), statisticAt(moved(x, i, -h))]
      up.forEach((value, a) => {
        squares[a]! += ((value - down[a]!) / (2 * h)) ** 2
      })
      for (let j = 0; j < network.units; j++)
        curvature[i * network.units + j] = -slope((by) => forceOf(potential, theta, moved(x, j, by))[i]!)
    }
    const out = new Float64Array(potential.size)
    term.addSquaredGradient(theta, x, 1, out)
    expect(relative(out, squares)).toBeLessThan(limit)
    expect(relative(hessian(potential, theta, x), curvature)).toBeLessThan(limit)
  })

  test('a batch gives every state what it gets alone, and sums their statistics', () => {
    const batch = 5
    const states = normals(network.units * batch, 74)
    const forces = forceOf(potential, theta, states, batch)
    const sums = new Float64Array(potential.size)
    statistic(potential, theta, states, batch, sums)
    const expected = new Float64Array(potential.size)
    for (let b = 0; b < batch; b++) {
      const one = Float64Array.from({ length: network.units }, (_v, i) => states[i * batch + b]!)
      forceOf(potential, theta, one).forEach((value, i) => {
        expect(forces[i * batch + b]).toBe(value)
      })
      const alone = new Float64Array(potential.size)
      statistic(potential, theta, one, 1, alone)
      alone.forEach((value, a) => {
        expected[a]! += value
      })
    }
    expect(relative(sums, expected)).toBeLessThan(1e-14)
  })
})

test('summed over its states, e^(-U/kT) is e^(-A/kT) of the units that follow at once', () => {
  const learned = withHidden(2, 1)
  const theta = normals(3, 75)
  for (const barrier of [null, 3]) {
    const adiabatic = potentialOf(learned, [barrier === null ? bistable(kT) : quarticHidden(kT, barrier)])
    const full = potentialOf(moving(learned, barrier), [movingHidden(kT, barrier)])
    const x = normals(2, 76)
    const states = barrier === null ? [-1, 1] : Array.from({ length: 8001 }, (_, n) => (n - 4000) / 1000)
    const spacing = barrier === null ? 1 : 1e-3
    const sum = states.reduce(
      (z, s) => z + spacing * Math.exp(-energyOf(full, theta, Float64Array.of(...x, s)) / kT),
      0,
    )
    expect(Math.abs(-kT * Math.log(sum) - energyOf(adiabatic, theta, x))).toBeLessThan(1e-10)
  }
})

test('a quasi-static network driven in reverse exerts k0 x + 2F, with a twin for every hidden unit and not with twice its V, b', () => {
  const k0 = 1.4
  const network = withHidden(3, 2)
  for (const hidden of [bistable(kT), quarticHidden(kT, 3)]) {
    const terms = [stiffness, cubic, quartic, bilinear, hidden]
    const learned = potentialOf(network, terms)
    const reverse = potentialOf(withTwins(network), terms)
    const theta = normals(learned.size, 77)
    const batch = 9
    const x = normals(3 * batch, 78)
    const wanted = forceOf(learned, theta, x, batch).map((force, n) => k0 * x[n]! + 2 * force)
    expect(reverse.network.hidden).toBe(4)
    const driven = forceOf(reverse, reverseParameters(learned, reverse, k0, theta), x, batch)
    expect(relative(driven, wanted)).toBeLessThan(1e-14)

    const doubled = theta.map((value) => 2 * value)
    const k = groupSlice(learned.groups.find(({ name }) => name === 'stiffness')!, doubled)
    k.forEach((value, i) => {
      k[i] = value - k0
    })
    expect(relative(forceOf(learned, doubled, x, batch), wanted)).toBeGreaterThan(0.01)
  }
})

test('uniform numbers of hidden units are the same however the trajectories are cut into batches', () => {
  const key = { seed: 5, stream: 12, step: 7 }
  const all = new Float64Array(3 * 50)
  fillUniformStates(key, 3, 0, 50, all)
  expect(Math.min(...all)).toBeGreaterThan(0)
  expect(new Set(all).size).toBe(150)
  for (const [first, batch] of [
    [0, 1],
    [5, 7],
    [13, 37],
  ] as const) {
    const part = new Float64Array(3 * batch)
    fillUniformStates(key, 3, first, batch, part)
    for (let i = 0; i < 3; i++)
      for (let b = 0; b < batch; b++) expect(part[i * batch + b]).toBe(all[i * 50 + first + b])
  }
})
