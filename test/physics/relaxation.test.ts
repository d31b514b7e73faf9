import { describe, expect, test } from 'vitest'
import { advance } from '../../src/physics/dynamics/advance.js'
import { curvatureBound, surfaceOf } from '../../src/physics/dynamics/drive.js'
import { alternating, malaWithin, planRelaxation, stay } from '../../src/physics/dynamics/relaxation.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { compareHalves } from '../../src/physics/observe/agreement.js'
import { quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { hessian, potentialOf } from '../../src/physics/potential/potential.js'
import { unitLaw } from '../../src/physics/truth/unit-law.js'
import { gaussians } from '../calibration.js'

const bath = { kT: 0.8, mobility: 1.3 }
const potential = potentialOf(createNetwork({ visible: { units: 1 } }), [stiffness, quartic])
const theta = Float64Array.of(-2, 1)

/** States that chains from both places end in, and how they went there. */
function relaxed(from: [number, number], steps: number, count: number, walls: [number, number] | null = null) {
  const surface = surfaceOf(potential, theta)
  const starts = from.map((x) => Float64Array.of(x)) as [Float64Array, Float64Array]
  const coordinates =
    walls === null
      ? null
      : { lower: Float64Array.of(walls[0]), upper: Float64Array.of(walls[1]), period: Float64Array.of(0) }
  const curvature = (x: Float64Array) => curvatureBound(hessian(potential, theta, x), 1)
  const plan = planRelaxation(surface, curvature, bath, starts, 3, steps, coordinates)
  const x = alternating(starts, 0, count)
  for (const stage of plan.stages)
    advance(malaWithin(coordinates), surface, { x, batch: count }, stay(stage, bath, 3, 0, 0, count))
  return { x, plan }
}

describe('a relaxation', () => {
  test.each([
    ['a double well from its wells', [-1.5, 1.5], null],
    ['a double well from far up its walls', [-30, 30], null],
    ['a well between walls', [-0.5, 1], [-0.6, 1.2]],
  ] as const)('brings %s to e^(-U/kT), with .574 of the proposals taken', (_, from, walls) => {
    const count = 4000
    const { x, plan } = relaxed([...from], 300, count, walls === null ? null : [...walls])
    expect(Math.abs(plan.acceptance - 0.574)).toBeLessThan(0.03)
    const range = walls === null ? undefined : { lower: walls[0], upper: walls[1] }
    const at = (y: Float64Array) => y.map((value) => (-(value ** 2) + value ** 4 / 4) / bath.kT)
    const law = unitLaw({ at }, range)
    if ('unconfined' in law) throw new Error(law.unconfined)
    const below = (y: number) => {
      const n = law.x.findIndex((end) => end > y)
      const share = (y - law.x[n - 1]!) / (law.x[n]! - law.x[n - 1]!)
      return law.below[n - 1]! + share * (law.below[n]! - law.below[n - 1]!)
    }
    // Kolmogorov and Smirnov: P(D√n > 1.95) = .001.
    const shares = x.map(below).sort()
    const distance = shares.reduce((most, p, n) => Math.max(most, (n + 1) / count - p, p - n / count), 0)
    expect(distance * Math.sqrt(count)).toBeLessThan(1.95)
    expect(compareHalves([['x', x]]).agreed).toBe(true)
  })
})

describe('halves of an ensemble', () => {
  test('of one law are told apart in no more than one of a thousand, whatever is compared', () => {
    const found = Array.from({ length: 300 }, (_, seed) =>
      compareHalves(Array.from({ length: 20 }, (_, n) => [`x${n}`, gaussians(200, seed, n)] as const)),
    )
    // Expected .3 at most: more than 4 has a probability below 1e-4.
    expect(found.filter(({ agreed }) => !agreed).length).toBeLessThan(5)
  })

  test('that differ are told apart, and by what; those that never moved differ too', () => {
    const apart = gaussians(200, 1, 0).map((x, n) => x + (n % 2))
    const found = compareHalves([
      ['one', gaussians(200, 1, 1)],
      ['other', apart],
    ])
    expect(found).toMatchObject({ agreed: false, of: 'other' })
    expect(found.means[1] - found.means[0]).toBeGreaterThan(0.5)
    expect(compareHalves([['stuck', Float64Array.from({ length: 40 }, (_, n) => n % 2)]])).toMatchObject({
      ...{ agreed: false, z: Infinity },
    })
    expect(compareHalves([['still', new Float64Array(40)]]).agreed).toBe(true)
    expect(compareHalves([['nothing', new Float64Array(40).fill(Number.NaN)]]).agreed).toBe(false)
  })
})
