import { expect, test } from 'vitest'
import { extremes } from '../../src/learning/evaluation/nearest-training.js'
import { virialResiduals } from '../../src/learning/evaluation/virial.js'
import { stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import { lattice, normals } from '../systems.js'

const potential = potentialOf(lattice(1, 2, 'all'), [stiffness, bilinear])
const batch = 40_000
/** Independent units of variance 1/2 and 1/4. */
const x = normals(2 * batch, 31).map((z, n) => z * (n < batch ? Math.sqrt(0.5) : 0.5))

test.each([
  ['quasi-static', { trap: 0, scale: 1 }, [2, 4, 0]],
  // Reverse at kT = 1: F = x + 2∇log p, so k = 2·(1/v) - 1.
  ['reverse', { trap: 1, scale: 2 }, [3, 7, 0]],
] as const)('virial residuals vanish at the fixed point (%s)', (_name, drive, theta) => {
  const { onsite, pair } = virialResiduals(potential)(Float64Array.from(theta), { x, batch }, drive)
  // ⟨x²⟩/v has standard error √(2/n); the product of two units √(v1 v2/n)·|k1 + k2| in these units.
  const error = Math.sqrt(2 / batch)
  expect(Math.abs(onsite[0]!)).toBeLessThan(4 * error)
  expect(Math.abs(onsite[1]!)).toBeLessThan(4 * error)
  expect(pair).toBeLessThan((4 * 6 * Math.sqrt(0.5 * 0.25)) / Math.sqrt(batch))
})

test('virial residuals see a stiffness that is 10 % off and a coupling that should not be there', () => {
  const { onsite, pair } = virialResiduals(potential)(Float64Array.of(2.2, 4, 0.5), { x, batch }, { trap: 0, scale: 1 })
  expect(onsite[0]).toBeGreaterThan(0.08)
  // ⟨G_1 x_2⟩ + ⟨G_2 x_1⟩ = -J(⟨x_2²⟩ + ⟨x_1²⟩) = -.375
  expect(pair).toBeGreaterThan(0.3)
})

test('extremes are the samples nearest to and farthest from training states, each with its partner', () => {
  const set = (points: number[]) => ({ points: Float64Array.from(points), count: points.length / 2, units: 2 })
  const train = set([0, 0, 10, 0])
  const { closest, farthest } = extremes(set([1, 0, 10, 0.5, 4, 3]), train, 1)
  expect([...closest.samples.points, ...closest.real.points, ...closest.distance]).toEqual([10, 0.5, 10, 0, 0.5])
  expect([...farthest.samples.points, ...farthest.real.points, ...farthest.distance]).toEqual([4, 3, 0, 0, 5])
})
