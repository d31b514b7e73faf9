import { expect, test } from 'vitest'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { chainPairs, ringPairs, type Sites, triangularPairs } from '../../src/physics/network/geometry.js'
import { createNetwork, type NetworkOptions } from '../../src/physics/network/network.js'
import { createPotential, hessian } from '../../src/physics/potential/potential.js'
import { refusalOf } from '../refusal.js'

await loadFormulas()

const pairsOf = (visible: NetworkOptions['visible'], couplings: NonNullable<NetworkOptions['couplings']> = {}) => {
  const { edges } = createNetwork({ visible, couplings })
  return Array.from({ length: edges.count }, (_, e) => [edges.from[e], edges.to[e]])
}

test('a ring runs around and a chain ends', () => {
  expect(pairsOf({ ring: 4 })).toEqual([
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 0],
  ])
  expect(pairsOf({ chain: 3 })).toEqual([
    [0, 1],
    [1, 2],
  ])
  expect(ringPairs(5, 2)).toEqual(
    [0, 1, 2, 3, 4].flatMap((i) => [
      [i, (i + 1) % 5],
      [i, (i + 2) % 5],
    ]),
  )
  expect(chainPairs(3, 2)).toEqual([
    [0, 1],
    [0, 2],
    [1, 2],
  ])
  expect(pairsOf({ ring: 4 }, { visible: { range: 'all' } })).toHaveLength(6)
  expect(pairsOf({ lattice: [2, 2] })).toHaveLength(6)
})

test('sites of a triangular lattice have six neighbours at a distance of one, but for those on its boundary', () => {
  const [rows, columns] = [4, 5]
  const place = (site: number) => {
    const row = Math.floor(site / columns)
    return [(site % columns) + (row % 2) / 2, (row * Math.sqrt(3)) / 2] as const
  }
  const apart = (a: number, b: number) => Math.hypot(place(a)[0] - place(b)[0], place(a)[1] - place(b)[1])
  const near = []
  for (let a = 0; a < rows * columns; a++)
    for (let b = a + 1; b < rows * columns; b++) if (apart(a, b) < 1.01) near.push([a, b])
  expect(triangularPairs(rows, columns, false)).toEqual(near)
  expect(pairsOf({ lattice: [rows, columns], kind: 'triangular' })).toEqual(near)
  const degrees = (periodic: boolean) => {
    const count = new Array<number>(rows * columns).fill(0)
    for (const pair of triangularPairs(rows, columns, periodic)) for (const site of pair) count[site]!++
    return count
  }
  expect(degrees(true)).toEqual(new Array(rows * columns).fill(6))
  // Rows of 5: the first and last have no neighbours beyond, even ones lack two at the left end, odd ones at the right.
  expect(degrees(false)).toEqual([2, 4, 4, 4, 3, 5, 6, 6, 6, 3, 3, 6, 6, 6, 5, 3, 4, 4, 4, 2])
})

/** Stiffness matrix of units in traps of their own, with springs k(y - x)²/2. */
function springs(sites: Sites, periodic: boolean, [trap, spring]: readonly [number, number]) {
  const network = createNetwork({ visible: sites, couplings: { visible: periodic ? { periodic } : {} } })
  const pair = [{ name: 'spring', formula: '(y - x)^2/2' }]
  const potential = createPotential(network, { onsite: ['stiffness'], pair }, 1)
  const theta = new Float64Array(potential.size).fill(trap, 0, network.units).fill(spring, network.units)
  return { units: network.units, K: hessian(potential, theta, new Float64Array(network.units)) }
}

/** The largest |K v - λ v| over the cosine of a wave, with its phase at each site. */
function offEigen({ units, K }: ReturnType<typeof springs>, phase: (site: number) => number, lambda: number): number {
  const wave = Float64Array.from({ length: units }, (_, site) => Math.cos(phase(site)))
  let worst = 0
  for (let i = 0; i < units; i++) {
    let sum = 0
    for (let j = 0; j < units; j++) sum += K[i * units + j]! * wave[j]!
    worst = Math.max(worst, Math.abs(sum - lambda * wave[i]!))
  }
  return worst
}

test('waves on a ring have the stiffness k0 + 2k(1 - cos q)', () => {
  const ring = springs({ ring: 12 }, false, [0.5, 2])
  for (const m of [0, 1, 5, 6]) {
    const q = (2 * Math.PI * m) / 12
    expect(offEigen(ring, (site) => q * site, 0.5 + 4 * (1 - Math.cos(q)))).toBeLessThan(1e-12)
  }
})

test('waves on a triangular torus have that of six neighbours', () => {
  const [rows, columns] = [6, 5]
  const torus = springs({ lattice: [rows, columns], kind: 'triangular' }, true, [0.5, 2])
  for (const [m, n] of [
    [0, 0],
    [1, 0],
    [2, 1],
    [1, 3],
  ] as const) {
    const [a, b] = [(2 * Math.PI * m) / columns, (2 * Math.PI * n) / rows]
    const phase = (site: number) => {
      const row = Math.floor(site / columns)
      return a * ((site % columns) + (row % 2) / 2) + b * row
    }
    const lambda = 0.5 + 2 * (6 - 2 * Math.cos(a) - 4 * Math.cos(a / 2) * Math.cos(b))
    expect(offEigen(torus, phase, lambda)).toBeLessThan(1e-12)
  }
})

test.each<[string, NetworkOptions, string]>([
  ['a ring of two', { visible: { ring: 2 } }, 'expected more than 2, or two of them would be coupled twice'],
  ['a triangular torus of five rows', { visible: { lattice: [5, 5], kind: 'triangular' } }, 'an even number of rows'],
])('%s is refused', async (_, options, message) => {
  const couplings = { visible: options.visible.lattice === undefined ? {} : { periodic: true } }
  expect(await refusalOf(() => createNetwork({ ...options, couplings }))).toContain(message)
})
