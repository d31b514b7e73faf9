import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PointSet } from '../../src/physics/network/states.js'
import { meanOf, zScore } from '../../src/physics/observe/estimate.js'
import { slicedWasserstein } from '../../src/physics/observe/sliced-wasserstein.js'
import { speedLimit } from '../../src/physics/observe/speed-limit.js'
import { gaussianWasserstein, sampledGaussianWasserstein } from '../../src/physics/observe/wasserstein.js'
import { noisedVariance, reverseNoisingTotals } from '../../src/physics/truth/reverse-noising.js'
import { expectCalibrated, gaussians } from '../calibration.js'

const states = (count: number, units: number, seed: number, draw: number): PointSet => {
  return { points: gaussians(count * units, seed, draw), count, units }
}
const moved = (set: PointSet, by: (x: number, unit: number) => number): PointSet => {
  return { ...set, points: set.points.map((x, n) => by(x, n % set.units)) }
}

describe('the Wasserstein distance of two Gaussians', () => {
  test('is (m - m′)² + (σ - σ′)² in one dimension and adds up over independent units', () => {
    const gaussian = (mean: number[], variance: number[]) => ({
      mean: Float64Array.from(mean),
      covariance: Float64Array.from({ length: mean.length ** 2 }, (_, n) =>
        n % (mean.length + 1) === 0 ? variance[n / (mean.length + 1)]! : 0,
      ),
    })
    expect(gaussianWasserstein(gaussian([1], [4]), gaussian([3], [0.25]))).toBeCloseTo(4 + 1.5 ** 2, 12)
    expect(gaussianWasserstein(gaussian([1, 0], [4, 1]), gaussian([3, 1], [0.25, 0]))).toBeCloseTo(4 + 1.5 ** 2 + 2, 12)
    expect(gaussianWasserstein(gaussian([0, 0], [0, 0]), gaussian([0, 2], [0, 0]))).toBeCloseTo(4, 12)
  })

  test('is what the map x → Ax costs for symmetric positive A, whether or not A commutes with the covariance', () => {
    const A = [1.5, 0.4, 0.4, 0.6] as const
    const S = [2, -0.3, -0.3, 0.5] as const
    const times = (a: readonly number[], b: readonly number[]) => [
      a[0]! * b[0]! + a[1]! * b[2]!,
      a[0]! * b[1]! + a[1]! * b[3]!,
      a[2]! * b[0]! + a[3]! * b[2]!,
      a[2]! * b[1]! + a[3]! * b[3]!,
    ]
    const gap = [A[0] - 1, A[1], A[2], A[3] - 1]
    // ⟨|Ax - x|²⟩ = tr((A - 1) S (A - 1)): the map is the gradient of a convex function, hence optimal (Brenier).
    const cost = times(times(gap, S), gap)
    const distance = gaussianWasserstein(
      { mean: new Float64Array(2), covariance: Float64Array.from(S) },
      { mean: new Float64Array(2), covariance: Float64Array.from(times(times(A, S), A)) },
    )
    expect(distance).toBeCloseTo(cost[0]! + cost[3]!, 12)
  })

  test('is had from states with honest errors, once its bias is taken off', () => {
    const truth = 0.5 ** 2 + (1.6 - 1) ** 2 + (1 - 0.7) ** 2
    const z = Float64Array.from({ length: 200 }, (_, seed) => {
      const final = moved(states(500, 2, seed, 1), (x, unit) => (unit === 0 ? 0.5 + 1.6 * x : 0.7 * x))
      const { value, bias, standardError } = sampledGaussianWasserstein(states(500, 2, seed, 0), final)
      return zScore({ value: value - bias, standardError }, truth)
    })
    expectCalibrated(z)
  })
})

describe('the sliced Wasserstein distance', () => {
  test('of a translation is the whole distance, exactly, and the error is 0', () => {
    const before = states(50, 5, 1, 0)
    const shift = [0.3, -1, 2, 0, 0.5]
    const { sliced, bound, max } = slicedWasserstein(
      before,
      moved(before, (x, i) => x + shift[i]!),
      { seed: 3 },
    )
    const squared = shift.reduce((sum, s) => sum + s * s, 0)
    const fitted = sampledGaussianWasserstein(
      before,
      moved(before, (x, i) => x + shift[i]!),
    )
    expect(fitted.value).toBeCloseTo(squared, 10)
    expect(fitted.standardError).toBeLessThan(1e-7)
    expect(bound.value).toBeCloseTo(squared, 10)
    expect(sliced.value).toBeCloseTo(squared / 5, 10)
    expect(bound.standardError).toBeLessThan(1e-10)
    expect(max.value).toBeLessThanOrEqual(squared)
    expect(max.value).toBeGreaterThan(1.5 * sliced.value)
    expect(max.direction.reduce((sum, u) => sum + u * u, 0)).toBeCloseTo(1, 12)
    const along = max.direction.reduce((sum, u, i) => sum + u * shift[i]!, 0)
    expect(max.value).toBeCloseTo(along ** 2, 10)
  })

  test('never exceeds the cost of any coupling of the states', () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 4, max: 12 }),
        (seed, units, count) => {
          const [x, y] = [states(count, units, seed, 0), moved(states(count, units, seed, 1), (v) => 1 + 2 * v)]
          const { sliced, bound, max } = slicedWasserstein(x, y, { seed, bases: 2 })
          for (let turn = 0; turn < count; turn++) {
            let cost = 0
            for (let n = 0; n < count * units; n++)
              cost += (x.points[n]! - y.points[(n + turn * units) % (count * units)]!) ** 2 / count
            for (const value of [bound.value, max.value, units * sliced.value])
              expect(value).toBeLessThanOrEqual(cost * (1 + 1e-12))
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  test('in one dimension is W2², with honest errors', () => {
    const z = Float64Array.from({ length: 200 }, (_, seed) => {
      const final = moved(states(500, 1, seed, 1), (x) => 0.6 + 1.5 * x)
      const { value, bias, standardError } = slicedWasserstein(states(500, 1, seed, 0), final, { seed, bases: 1 }).bound
      return zScore({ value: value - bias, standardError }, 0.6 ** 2 + 0.5 ** 2)
    })
    expectCalibrated(z)
  })

  test('of two draws of one law is all bias', () => {
    const distances = Array.from({ length: 40 }, (_, seed) => {
      return slicedWasserstein(states(300, 2, seed, 0), states(300, 2, seed, 1), { seed }).bound
    })
    const mean = (f: (distance: (typeof distances)[number]) => number) => meanOf(Float64Array.from(distances, f)).value
    expect(mean(({ value }) => value)).toBeGreaterThan(0.005)
    expect(mean(({ bias }) => bias) / mean(({ value }) => value)).toBeCloseTo(1, 0)
  })
})

describe('the speed limit', () => {
  const bath = { kT: 0.7, mobility: 1.3 }

  test('is reached by a Gaussian dragged at constant velocity', () => {
    // ΔS = v²τ/(μkT) without change of shape, and W2 = vτ.
    const [v, tau] = [0.4, 2.5]
    const production = { value: (v ** 2 * tau) / (bath.mobility * bath.kT), standardError: 0 }
    const distance = { value: (v * tau) ** 2, standardError: 0.01, bias: 0 }
    const { efficiency, bound, z } = speedLimit(production, distance, bath, tau)
    expect(efficiency).toBeCloseTo(1, 12)
    expect(bound.standardError).toBeCloseTo(0.01 / (bath.mobility * bath.kT * tau), 12)
    expect(z).toBeCloseTo(0, 9)
  })

  test('is kept by the generation of Gaussian data, and a tenth of the entropy breaks it', () => {
    const noising = { stiffness: 1, bath: { kT: 1, mobility: 1 }, knots: [3, 0.01] }
    const width = (t: number) => Math.sqrt(noisedVariance(noising, 0.25, t))
    const distance = { value: (width(3) - width(0.01)) ** 2, standardError: 1e-3, bias: 0 }
    const limit = (value: number) => speedLimit({ value, standardError: 1e-3 }, distance, noising.bath, 2.99)
    const { entropyProduction } = reverseNoisingTotals(noising, 0.25)
    expect(limit(entropyProduction).efficiency).toBeGreaterThan(0.2)
    expect(limit(entropyProduction).efficiency).toBeLessThan(1)
    expect(limit(entropyProduction).z).toBeGreaterThan(4)
    expect(limit(entropyProduction / 10).z).toBeLessThan(-4)
  })

  test('takes the bias off the distance, and never below 0', () => {
    const { bound } = speedLimit({ value: 1, standardError: 0 }, { value: 0.2, standardError: 0, bias: 0.3 }, bath, 1)
    expect(bound.value).toBe(0)
  })
})
