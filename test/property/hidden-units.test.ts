import { describe, expect, test } from 'vitest'
import { hiddenEdgesFromLists } from '../../src/physics/network/hidden-edges.js'
import { createNetwork, type Network } from '../../src/physics/network/network.js'
import { bistable, quarticHidden } from '../../src/physics/potential/hidden.js'
import {
  directional,
  forceAndEnergy,
  hessian,
  type Potential,
  potentialOf,
  statistic,
} from '../../src/physics/potential/potential.js'
import { normals } from '../systems.js'

const kT = 0.7
const barrier = 3
/** Both kinds, each with the partition function of one unit under the field u. */
const kinds = {
  bistable: { term: bistable(kT), Z: (u: number) => Math.exp(u / kT) + Math.exp(-u / kT) },
  quartic: {
    term: quarticHidden(kT, barrier),
    Z: (u: number) => sum((s) => Math.exp((u * s) / kT - barrier * (s * s - 1) ** 2)),
  },
}

/** The integral over s: the trapezoidal rule, exact to rounding for a smooth function that vanishes at ±6. */
function sum(f: (s: number) => number): number {
  let total = 0
  for (let n = -3000; n <= 3000; n++) total += f(n / 500) / 500
  return total
}

/** Step of the central differences: truncation h² ≈ 1e-10, rounding 1e-16·|A|/h ≈ 1e-10 for |A| ≈ 10. */
const h = 1e-5
const limit = 1e-7

function withHidden(
  visible: { units: number } | { lattice: [number, number] },
  hidden: number,
  range?: number,
): Network {
  return createNetwork({
    visible,
    hidden: { units: hidden },
    couplings: { visible: { edges: [] }, ...(range === undefined ? {} : { hidden: { range } }) },
  })
}

const networks = {
  'one visible, one hidden': withHidden({ units: 1 }, 1),
  'five visible, three hidden': withHidden({ units: 5 }, 3),
  'four visible, one hidden': withHidden({ units: 4 }, 1),
  'a lattice under hidden units of radius 1': withHidden({ lattice: [3, 4] }, 12, 1),
  'a list with a hidden unit that sees nothing': {
    ...withHidden({ units: 3 }, 3),
    hiddenEdges: hiddenEdgesFromLists(3, [[0, 2], [], [1]]),
  },
  'no edges at all': { ...withHidden({ units: 2 }, 2), hiddenEdges: hiddenEdgesFromLists(2, [[], []]) },
}

/** Largest difference over the largest |b|. */
function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = 0
  let scale = 1e-12
  for (let n = 0; n < b.length; n++) {
    worst = Math.max(worst, Math.abs(a[n]! - b[n]!))
    scale = Math.max(scale, Math.abs(b[n]!))
  }
  return worst / scale
}

const moved = (array: Float64Array, at: number, by: number) => array.map((value, n) => (n === at ? value + by : value))
const slope = (f: (by: number) => number) => (f(h) - f(-h)) / (2 * h)

/** What a potential says at one state, each as a function of parameters and state. */
function at(potential: Potential) {
  const { units } = potential.network
  const filled = (length: number, fill: (out: Float64Array) => void) => {
    const out = new Float64Array(length)
    fill(out)
    return out
  }
  const [term] = potential.terms
  return {
    energy: (theta: Float64Array, x: Float64Array) =>
      filled(1, (out) => forceAndEnergy(potential, theta, x, 1, null, out))[0]!,
    force: (theta: Float64Array, x: Float64Array) =>
      filled(units, (out) => forceAndEnergy(potential, theta, x, 1, out, null)),
    statistic: (theta: Float64Array, x: Float64Array) =>
      filled(potential.size, (out) => statistic(potential, theta, x, 1, out)),
    directional: (theta: Float64Array, x: Float64Array, r: Float64Array) =>
      filled(potential.size, (out) => directional(potential, theta, x, r, 1, out)),
    squaredGradient: (theta: Float64Array, x: Float64Array) =>
      filled(potential.size, (out) => term!.addSquaredGradient(theta, x, 1, out)),
    laplacian: (theta: Float64Array, x: Float64Array) =>
      filled(potential.size, (out) => term!.addLaplacian(theta, x, 1, out)),
  }
}

const everyCase = Object.entries(kinds).flatMap(([kind, { term, Z }]) =>
  Object.entries(networks).map(([name, network]) => [kind, name, term, Z, network] as const),
)

describe.each(everyCase)('%s units, %s', (_kind, _name, hidden, Z, network) => {
  const potential = potentialOf(network, [hidden])
  const { units } = network
  const theta = normals(potential.size, 41)
  const x = normals(units, 42)
  const r = normals(units, 43)
  const of = at(potential)

  test('the energy is -kT Σ log Z(u), the sum or integral of e^((us - w)/kT) over the states of a unit', () => {
    const { count, visible, hidden } = network.hiddenEdges
    const u = theta.slice(count)
    for (let e = 0; e < count; e++) u[hidden[e]!]! += theta[e]! * x[visible[e]!]!
    const A = -kT * u.reduce((total, field) => total + Math.log(Z(field)), 0)
    expect(Math.abs(of.energy(theta, x) - A)).toBeLessThan(1e-11 * (1 + Math.abs(A)))
  })

  test('force, statistic and Hessian are the derivatives of the energy, by central differences', () => {
    const force = x.map((_v, i) => -slope((by) => of.energy(theta, moved(x, i, by))))
    expect(relative(of.force(theta, x), force)).toBeLessThan(limit)
    const gradient = theta.map((_v, a) => slope((by) => of.energy(moved(theta, a, by), x)))
    expect(relative(of.statistic(theta, x), gradient)).toBeLessThan(limit)
    const curvature = new Float64Array(units * units)
    for (let i = 0; i < units; i++)
      for (let j = 0; j < units; j++) curvature[i * units + j] = -slope((by) => of.force(theta, moved(x, j, by))[i]!)
    expect(relative(hessian(potential, theta, x), curvature)).toBeLessThan(limit)
  })

  test('r·∇φ̄, |∇φ̄|² and ∇²φ̄ are those of the statistic, by central differences', () => {
    const along = (direction: Float64Array, by: number) =>
      of.statistic(
        theta,
        x.map((value, i) => value + by * direction[i]!),
      )
    const difference = (direction: Float64Array) => {
      const [plus, minus] = [along(direction, h), along(direction, -h)]
      return plus.map((value, a) => (value - minus[a]!) / (2 * h))
    }
    expect(relative(of.directional(theta, x, r), difference(r))).toBeLessThan(limit)
    const squares = new Float64Array(potential.size)
    const bends = new Float64Array(potential.size)
    // Second differences: truncation H² ≈ 1e-7, rounding 1e-16/H² ≈ 1e-9.
    const H = 3e-4
    const here = of.statistic(theta, x)
    for (let i = 0; i < units; i++) {
      const direction = moved(new Float64Array(units), i, 1)
      difference(direction).forEach((value, a) => {
        squares[a]! += value * value
      })
      const [plus, minus] = [along(direction, H), along(direction, -H)]
      for (let a = 0; a < potential.size; a++) bends[a]! += (plus[a]! + minus[a]! - 2 * here[a]!) / (H * H)
    }
    expect(relative(of.squaredGradient(theta, x), squares)).toBeLessThan(limit)
    expect(relative(of.laplacian(theta, x), bends)).toBeLessThan(1e-5)
  })

  test('a batch sums what its states give alone, and accumulates', () => {
    const batch = 67
    const states = normals(units * batch, 44)
    const along = normals(units * batch, 45)
    const take = (array: Float64Array, b: number) =>
      Float64Array.from({ length: units }, (_v, i) => array[i * batch + b]!)
    const sums = { statistic: 0, directional: 0, squaredGradient: 0, laplacian: 0 }
    for (const name of Object.keys(sums) as (keyof typeof sums)[]) {
      const expected = new Float64Array(potential.size).fill(1)
      for (let b = 0; b < batch; b++)
        of[name](theta, take(states, b), take(along, b)).forEach((value, a) => {
          expected[a]! += value
        })
      const out = new Float64Array(potential.size).fill(1)
      const [term] = potential.terms
      if (name === 'statistic') term!.addStatistic(theta, states, batch, out)
      else if (name === 'directional') term!.addDirectional(theta, states, along, batch, out)
      else if (name === 'squaredGradient') term!.addSquaredGradient(theta, states, batch, out)
      else term!.addLaplacian(theta, states, batch, out)
      // Rounding of sums of 67 terms of order 1 to 10.
      expect(relative(out, expected), name).toBeLessThan(1e-13)
    }
  })
})

test.each([
  [1, 1],
  [3, 2],
  [7, 13],
  [144, 5],
])('the force of %i visible under %i hidden units is the same to the bit for every batch size', (units, hidden) => {
  const network = withHidden({ units }, hidden)
  const listed = {
    ...network,
    hiddenEdges: hiddenEdgesFromLists(
      units,
      Array.from({ length: hidden }, () => [0]),
    ),
  }
  for (const [on, { term }] of [network, listed].flatMap((on) =>
    Object.values(kinds).map((kind) => [on, kind] as const),
  )) {
    const potential = potentialOf(on, [term])
    const theta = normals(potential.size, 46)
    const single = normals(units, 47)
    const { force, energy } = at(potential)
    const [alone, energyAlone] = [force(theta, single), energy(theta, single)]
    for (const batch of [3, 63, 65, 130]) {
      const x = new Float64Array(units * batch)
      for (let i = 0; i < units; i++) x.fill(single[i]!, i * batch, (i + 1) * batch)
      const forces = new Float64Array(units * batch)
      const energies = new Float64Array(batch)
      forceAndEnergy(potential, theta, x, batch, forces, energies)
      for (let i = 0; i < units; i++)
        for (let b = 0; b < batch; b++)
          if (forces[i * batch + b] !== alone[i]) expect(forces[i * batch + b]).toBe(alone[i])
      expect([...energies]).toEqual(new Array(batch).fill(energyAlone))
    }
  }
})

test('matrix products and lists of edges give the same sums', () => {
  const full = withHidden({ units: 6 }, 4)
  // The same edges but one of weight 0 on a fifth hidden unit, so that the lists are used.
  const lists = {
    ...full,
    hidden: 5,
    hiddenEdges: hiddenEdgesFromLists(6, [...Array(4).fill([0, 1, 2, 3, 4, 5]), [0]]),
  }
  const V = normals(24, 48)
  const b = normals(4, 49)
  const x = normals(6 * 9, 50)
  const r = normals(6 * 9, 51)
  const dense = potentialOf(full, [bistable(kT)])
  const sparse = potentialOf(lists, [bistable(kT)])
  const denseTheta = Float64Array.from([...V, ...b])
  const sparseTheta = Float64Array.from([...V, 0, ...b, 0])
  const out = [dense, sparse].map((potential, which) => {
    const theta = which === 0 ? denseTheta : sparseTheta
    const force = new Float64Array(6 * 9)
    forceAndEnergy(potential, theta, x, 9, force, null)
    const along = new Float64Array(potential.size)
    directional(potential, theta, x, r, 9, along)
    const couplings = along.subarray(0, 24)
    return [...force, ...couplings, ...along.subarray(which === 0 ? 24 : 25, which === 0 ? 28 : 29)]
  })
  expect(relative(out[1]!, out[0]!)).toBeLessThan(1e-14)
})

test('one unit under one hidden unit feels V tanh((V x + b)/kT), of either sign and far beyond where e^u overflows', () => {
  const potential = potentialOf(withHidden({ units: 1 }, 1), [bistable(kT)])
  const { force, energy, directional: along, statistic: measured, laplacian } = at(potential)
  const [V, b] = [1.3, -0.4]
  for (const x of [-3, -0.1, 0, 0.2, 5])
    expect(force(Float64Array.of(V, b), Float64Array.of(x))[0]).toBeCloseTo(V * Math.tanh((V * x + b) / kT), 14)
  for (const sign of [-1, 1]) {
    // u = ±1e4 kT
    const x = Float64Array.of(sign)
    const theta = Float64Array.of(1e4 * kT, 0)
    expect(force(theta, x)[0]).toBe(sign * 1e4 * kT)
    expect(energy(theta, x)).toBe(-1e4 * kT)
    expect([...measured(theta, x)]).toEqual([-1, -sign])
    expect(along(theta, x, x)[0]).toBe(-1)
    expect([...along(theta, x, x), ...laplacian(theta, x)].every(Number.isFinite)).toBe(true)
  }
})

test('without coupling and bias a hidden unit does nothing but count its two states, A = -kT ln 2', () => {
  const potential = potentialOf(withHidden({ units: 3 }, 2), [bistable(kT)])
  const { force, energy } = at(potential)
  const x = normals(3, 52)
  expect([...force(new Float64Array(potential.size), x)]).toEqual([0, 0, 0])
  expect(energy(new Float64Array(potential.size), x)).toBeCloseTo(-2 * kT * Math.LN2, 14)
})

test('a hidden coupling changes only the forces on the visible units that its hidden unit sees', () => {
  const network = withHidden({ lattice: [4, 4] }, 16, 1)
  const potential = potentialOf(network, [bistable(kT)])
  const theta = normals(potential.size, 53)
  const x = normals(16, 54)
  const { force } = at(potential)
  const edge = 20
  const before = force(theta, x)
  const after = force(moved(theta, edge, 1), x)
  const h = network.hiddenEdges.hidden[edge]!
  const { start, visible } = network.hiddenEdges
  expect([...after.keys()].filter((i) => after[i] !== before[i])).toEqual([...visible.slice(start[h], start[h + 1])])
})
