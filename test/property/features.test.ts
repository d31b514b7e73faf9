import { describe, expect, test } from 'vitest'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { createNetwork } from '../../src/physics/network/network.js'
import {
  formulaFeature,
  fourierFeatures,
  polynomialFeatures,
  radialFeatures,
} from '../../src/physics/potential/feature-maps.js'
import { featureTerm, fixedTerm } from '../../src/physics/potential/features.js'
import { directional, forceAndEnergy, hessian, potentialOf, statistic } from '../../src/physics/potential/potential.js'
import type { TermOn } from '../../src/physics/potential/term.js'
import { wellsTerm } from '../../src/physics/potential/wells.js'
import { normals } from '../systems.js'

await loadFormulas()

/** Step of the central differences: truncation and rounding near 1e-10, for functions of size 10. */
const h = 1e-5
const limit = 1e-7

const inOne: Record<string, TermOn> = {
  radial: featureTerm({ name: 'radial' }, radialFeatures([[-1], [0.5]], 0.7)),
  polynomial: featureTerm({ name: 'polynomial' }, polynomialFeatures(4)),
  fourier: featureTerm({ name: 'fourier' }, fourierFeatures(3, 5)),
  base: fixedTerm('base', formulaFeature('x^4/4 - cos(x)')),
  wells: wellsTerm({ centres: [[-1], [1.2], [0]], width: 0.8 }, 1.3),
}
const inTwo: Record<string, TermOn> = {
  radial: featureTerm(
    { name: 'radial' },
    radialFeatures(
      [
        [-1, 0],
        [0.5, 1],
      ],
      0.7,
    ),
  ),
  polynomial: featureTerm({ name: 'polynomial' }, polynomialFeatures(3)),
  fourier: featureTerm({ name: 'fourier' }, fourierFeatures(2, 5)),
  base: fixedTerm('base', formulaFeature('x^4/4 - cos(x*y) + y^2')),
  wells: wellsTerm(
    {
      centres: [
        [-1, 0],
        [1.2, 0.4],
        [0, 1],
      ],
      width: 0.8,
    },
    1.3,
  ),
}

describe.each([
  [1, inOne],
  [2, inTwo],
] as const)('in %i units', (units, terms) => {
  const network = createNetwork({ visible: { units }, couplings: { visible: { range: 'all' } } })
  test.each(Object.entries(terms))('%s: every derivative agrees with central differences', (_, on) => {
    const potential = potentialOf(network, [on])
    const [x, theta, r] = [normals(units, 2), normals(potential.size, 3), normals(units, 4)]
    const moved = (array: Float64Array, at: number, by: number) => array.map((v, n) => (n === at ? v + by : v))
    const slope = (f: (by: number) => number) => (f(h) - f(-h)) / (2 * h)
    const energy = (state: Float64Array, parameters = theta) => {
      const out = new Float64Array(1)
      forceAndEnergy(potential, parameters, state, 1, null, out)
      return out[0]!
    }
    const force = (state: Float64Array) => {
      const out = new Float64Array(units)
      forceAndEnergy(potential, theta, state, 1, out, null)
      return out
    }
    const statistics = (state: Float64Array) => {
      const out = new Float64Array(potential.size)
      statistic(potential, theta, state, 1, out)
      return out
    }
    for (let i = 0; i < units; i++) {
      expect(Math.abs(force(x)[i]! + slope((by) => energy(moved(x, i, by))))).toBeLessThan(limit)
      for (let j = 0; j < units; j++) {
        const expected = -slope((by) => force(moved(x, j, by))[i]!)
        expect(Math.abs(hessian(potential, theta, x)[i * units + j]! - expected)).toBeLessThan(limit)
      }
    }
    const along = new Float64Array(potential.size)
    directional(potential, theta, x, r, 1, along)
    const laplacian = new Float64Array(potential.size)
    potential.terms[0]!.addLaplacian(theta, x, 1, laplacian)
    const squares = new Float64Array(potential.size)
    potential.terms[0]!.addSquaredGradient(theta, x, 1, squares)
    for (let a = 0; a < potential.size; a++) {
      expect(Math.abs(statistics(x)[a]! - slope((by) => energy(x, moved(theta, a, by))))).toBeLessThan(limit)
      const gradient = Array.from(x, (_v, i) => slope((by) => statistics(moved(x, i, by))[a]!))
      expect(Math.abs(along[a]! - gradient.reduce((sum, g, i) => sum + g * r[i]!, 0))).toBeLessThan(limit)
      expect(Math.abs(squares[a]! - gradient.reduce((sum, g) => sum + g * g, 0))).toBeLessThan(limit)
      // Second differences: truncation k² and rounding 1e-16/k², at k = 1e-4 both near 1e-8.
      const k = 1e-4
      const second = Array.from(x, (_v, i) => {
        const at = (by: number) => statistics(moved(x, i, by))[a]!
        return (at(k) - 2 * at(0) + at(-k)) / (k * k)
      }).reduce((sum, value) => sum + value, 0)
      expect(Math.abs(laplacian[a]! - second)).toBeLessThan(1e-5)
    }
  })
})
