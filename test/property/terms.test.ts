import { describe, expect, test } from 'vitest'
import { createNetwork } from '../../src/physics/network/network.js'
import { auditTerm } from '../../src/physics/potential/audit.js'
import { bias, cubic, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear, pairQuartic } from '../../src/physics/potential/pair.js'
import { directional, forceAndEnergy, potentialOf } from '../../src/physics/potential/potential.js'
import type { Term } from '../../src/physics/potential/term.js'
import { everyTerm, lattice, normals } from '../systems.js'

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
  test.each(Object.entries(terms))(
    '%s: force, statistic, Laplacian, Hessian and gradients agree with central differences of the energy',
    (_name, termOn) => {
      expect(auditTerm(termOn, network)).toEqual([])
    },
  )
})

/** A quartic term with one method in the place of its own. */
const wrong: readonly [Partial<Term>, string][] = [
  [
    { addForceAndEnergy: (theta, x, batch, force, energy) => right.addForceAndEnergy(theta, x, batch, energy, force) },
    'addForceAndEnergy',
  ],
  [{ addStatistic: (theta, x, batch, out) => right.addStatistic(theta, x, batch, out) }, 'addStatistic'],
  [
    {
      addDirectional: (theta, x, r, batch, out) =>
        right.addDirectional(
          theta,
          x,
          r.map((value) => -value),
          batch,
          out,
        ),
    },
    'addDirectional',
  ],
  [{ addHessian: (_theta, _x, hessian) => hessian.fill(0) }, 'addHessian'],
  [{ addLaplacian: () => {} }, 'addLaplacian'],
  [
    { addSquaredGradient: (theta, x, batch, out) => right.addSquaredGradient(theta, x, batch, out.fill(0)) },
    'addSquaredGradient',
  ],
]
const right = quartic(lattice(2, 2, 'all'))

test.each(wrong)('the audit of a term whose %o is wrong names %s', (method, name) => {
  const found = auditTerm((network) => ({ ...quartic(network), ...method }), lattice(2, 2, 'all'))
  expect(found.map(({ method }) => method)).toContain(name)
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
