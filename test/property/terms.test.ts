import { describe, expect, test } from 'vitest'
import { createNetwork } from '../../src/physics/network/network.js'
import { bias, cubic, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear, pairQuartic } from '../../src/physics/potential/pair.js'
import { directional, forceAndEnergy, hessian, potentialOf } from '../../src/physics/potential/potential.js'
import { everyTerm, lattice, normals } from '../systems.js'

/** Step of the central differences: truncation h² ≈ 1e-10, rounding 1e-16·|U|/h ≈ 1e-10 for |U| ≈ 10. */
const h = 1e-5
const limit = 1e-7

const systems = {
  'dense lattice': lattice(3, 3, 'all'),
  'sparse lattice': lattice(4, 4, 1),
  'one unit': createNetwork({ visible: { units: 1 }, couplings: { visible: { range: 'all' } } }),
  'edge list': createNetwork({
    visible: { units: 4 },
    couplings: {
      visible: {
        edges: [
          [3, 0],
          [1, 2],
          [0, 1],
        ],
      },
    },
  }),
}
const terms = { stiffness, cubic, quartic, bias, bilinear, 'pair-quartic': pairQuartic }

function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = 0
  let scale = 1e-12
  for (let n = 0; n < a.length; n++) {
    worst = Math.max(worst, Math.abs(a[n]! - b[n]!))
    scale = Math.max(scale, Math.abs(b[n]!))
  }
  return worst / scale
}

describe.each(Object.entries(systems))('on a %s', (_, network) => {
  const { units } = network
  const x = normals(units, 2)

  test.each(Object.entries(terms))(
    '%s: force, parameter gradient, Laplacian and Hessian agree with central differences',
    (_name, termOn) => {
      const potential = potentialOf(network, [termOn])
      if (potential.size === 0) return expect(potential.network.edges.count).toBe(0)
      const theta = normals(potential.size, 3)
      const energy = (state: Float64Array, parameters: Float64Array) => {
        const out = new Float64Array(1)
        forceAndEnergy(potential, parameters, state, 1, null, out)
        return out[0]!
      }
      const force = (state: Float64Array) => {
        const out = new Float64Array(units)
        forceAndEnergy(potential, theta, state, 1, out, null)
        return out
      }
      const moved = (array: Float64Array, at: number, by: number) =>
        array.map((value, n) => (n === at ? value + by : value))
      const slope = (f: (by: number) => number) => (f(h) - f(-h)) / (2 * h)

      expect(
        relative(
          force(x),
          x.map((_v, i) => -slope((by) => energy(moved(x, i, by), theta))),
        ),
      ).toBeLessThan(limit)

      const statistic = new Float64Array(potential.size)
      potential.terms[0]!.addStatistic(theta, x, 1, statistic)
      expect(
        relative(
          statistic,
          theta.map((_v, a) => slope((by) => energy(x, moved(theta, a, by)))),
        ),
      ).toBeLessThan(limit)

      const r = normals(units, 4)
      const along = new Float64Array(potential.size)
      directional(potential, theta, x, r, 1, along)
      const expected = theta.map((_v, a) => {
        const single = theta.map((_w, b) => (a === b ? 1 : 0))
        return slope((by) =>
          energy(
            x.map((value, i) => value + by * r[i]!),
            single,
          ),
        )
      })
      expect(relative(along, expected)).toBeLessThan(limit)

      const matrix = hessian(potential, theta, x)
      for (let j = 0; j < units; j++) {
        const column = x.map((_v, i) => -slope((by) => force(moved(x, j, by))[i]!))
        expect(
          relative(
            Float64Array.from({ length: units }, (_v, i) => matrix[i * units + j]!),
            column,
          ),
        ).toBeLessThan(1e-6)
      }

      const laplacian = new Float64Array(potential.size)
      potential.terms[0]!.addLaplacian(theta, x, 1, laplacian)
      const squares = new Float64Array(potential.size)
      potential.terms[0]!.addSquaredGradient(theta, x, 1, squares)
      for (let a = 0; a < potential.size; a++) {
        const single = theta.map((_v, b) => (a === b ? 1 : 0))
        const second = hessian(potential, single, x)
        const trace = x.reduce((sum, _v, i) => sum + second[i * units + i]!, 0)
        expect(laplacian[a]).toBeCloseTo(trace, 10)
        const gradient = new Float64Array(units)
        forceAndEnergy(potential, single, x, 1, gradient, null)
        expect(squares[a]).toBeCloseTo(
          gradient.reduce((sum, value) => sum + value * value, 0),
          10,
        )
      }
    },
  )
})

test.each([1, 2, 3, 143, 144, 145])(
  'the force of %i units is the same for every batch size, dense and sparse',
  (units) => {
    const dense = createNetwork({ visible: { units }, couplings: { visible: { range: 'all' } } })
    const chain = createNetwork({ visible: { lattice: [units, 1] }, couplings: { visible: { range: 1 } } })
    for (const network of [dense, chain]) {
      const { potential, theta } = everyTerm(network)
      const single = normals(units, 5)
      const alone = new Float64Array(units)
      const energyAlone = new Float64Array(1)
      forceAndEnergy(potential, theta, single, 1, alone, energyAlone)
      for (const batch of [1, 3, 63, 65, 130]) {
        const x = new Float64Array(units * batch)
        for (let i = 0; i < units; i++) x.fill(single[i]!, i * batch, (i + 1) * batch)
        const force = new Float64Array(units * batch)
        const energy = new Float64Array(batch)
        forceAndEnergy(potential, theta, x, batch, force, energy)
        // One expectation for all: an expect() of its own for each of 100,000 numbers takes seconds.
        expect(force).toEqual(force.map((_, n) => alone[Math.floor(n / batch)]!))
        expect(energy).toEqual(new Float64Array(batch).fill(energyAlone[0]!))
      }
    }
  },
)

test.each([2, 3, 5, 12, 13])('the coupled sums of %i units equal the plain double sum', (units) => {
  for (const network of [lattice(units, 1, 'all'), lattice(units, 1, 1)]) {
    const potential = potentialOf(network, [bilinear])
    const batch = 7
    const J = normals(potential.size, 6)
    const x = normals(units * batch, 7)
    const r = normals(units * batch, 8)
    const force = new Float64Array(units * batch)
    forceAndEnergy(potential, J, x, batch, force, null)
    const plain = new Float64Array(units * batch)
    const gradient = new Float64Array(potential.size)
    const { a, b } = network.edges
    for (let e = 0; e < potential.size; e++)
      for (let n = 0; n < batch; n++) {
        plain[a[e]! * batch + n]! -= J[e]! * x[b[e]! * batch + n]!
        plain[b[e]! * batch + n]! -= J[e]! * x[a[e]! * batch + n]!
        gradient[e]! += r[a[e]! * batch + n]! * x[b[e]! * batch + n]! + r[b[e]! * batch + n]! * x[a[e]! * batch + n]!
      }
    const along = new Float64Array(potential.size)
    directional(potential, J, x, r, batch, along)
    // Rounding of sums of about 10 to 100 terms of order 1.
    expect(relative(force, plain)).toBeLessThan(1e-13)
    expect(relative(along, gradient)).toBeLessThan(1e-13)
  }
})

test('a coupling changes only the forces on its own two units', () => {
  const network = lattice(3, 3, 'all')
  const { potential, theta } = everyTerm(network)
  const x = normals(9, 9)
  const before = new Float64Array(9)
  forceAndEnergy(potential, theta, x, 1, before, null)
  const edge = 17
  const changed = theta.slice()
  changed[potential.offsets[4]! + edge]! += 1
  const after = new Float64Array(9)
  forceAndEnergy(potential, changed, x, 1, after, null)
  const touched = [...after.keys()].filter((i) => after[i] !== before[i])
  expect(touched).toEqual([network.edges.a[edge], network.edges.b[edge]])
})
