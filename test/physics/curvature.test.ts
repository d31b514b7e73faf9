import { expect, test } from 'vitest'
import { denseRows, isSparse, sparseRows } from '../../src/physics/dynamics/curvature.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { createPotential } from '../../src/physics/potential/potential.js'
import { normals } from '../systems.js'

await loadFormulas()

const onsite = ['stiffness', 'quartic', { name: 'moving', formula: '(x - sin(t))^4' }] as const
const pair = ['bilinear', 'quartic', { name: 'gap', formula: 'cos(x - 2*y)*exp(t)' }] as const

test.each(['nearest', 2] as const)(
  'row sums of second derivatives are the same to the bit coupling by coupling (range %s)',
  (range) => {
    const network = createNetwork({ visible: { lattice: [9, 11] }, couplings: { visible: { range } } })
    const potential = createPotential(network, { onsite, pair })
    const theta = normals(potential.size, 1)
    const x = normals(99, 2)
    const every = () => true
    const dense = denseRows(potential, theta, x, every)
    expect(Math.min(...dense)).toBeGreaterThan(0)
    expect(sparseRows(potential, theta, x, every)).toEqual(dense)
    const one = potential.terms[3]!
    expect(sparseRows(potential, theta, x, (term) => term === one)).toEqual(
      denseRows(potential, theta, x, (term) => term === one),
    )
  },
)

test('a lattice is sparse, and neither units that are all coupled nor hidden ones are', () => {
  const terms = { onsite: ['stiffness'], pair: ['bilinear'] } as const
  const visible = { lattice: [20, 20] } as const
  const on = (range: 'nearest' | 'all') => createNetwork({ visible, couplings: { visible: { range } } })
  expect(isSparse(createPotential(on('nearest'), terms))).toBe(true)
  expect(isSparse(createPotential(on('all'), terms))).toBe(false)
  const hidden = createNetwork({ visible, hidden: { units: 2 }, couplings: { visible: { range: 'nearest' } } }, 1)
  expect(isSparse(createPotential(hidden, terms, 1))).toBe(false)
})
