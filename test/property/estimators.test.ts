import { describe, expect, test } from 'vitest'
import { bootstrap } from '../../src/physics/observe/bootstrap.js'
import { meanOf, zScore } from '../../src/physics/observe/estimate.js'
import { kolmogorovSmirnov } from '../../src/physics/observe/kolmogorov-smirnov.js'
import { expectCalibrated, gaussians, uniforms, zScores } from '../calibration.js'

describe('the bootstrap', () => {
  const varianceOf = (values: Float64Array) => (rows: Int32Array) => {
    const mean = rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length
    return rows.reduce((sum, row) => sum + (values[row]! - mean) ** 2, 0) / (rows.length - 1)
  }
  const every = (count: number) => Int32Array.from({ length: count }, (_, n) => n)

  test('has the standard error of the mean', () => {
    const values = gaussians(500, 1, 0)
    const mean = (rows: Int32Array) => rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length
    const { standardError, low, high } = bootstrap([500], mean, { seed: 4, resamples: 2000, level: 0.9 })
    const truth = meanOf(values)
    // Of 2,000 resamples: 1/√4000 = 1.6 %.
    expect(Math.abs(standardError / truth.standardError - 1)).toBeLessThan(4 * 0.016)
    // The 5 % quantile of a normal, 1.645 errors down, from 2,000 values: √(.05·.95/2000)/φ(1.645) = .047 errors.
    expect(Math.abs((truth.value - low) / standardError - 1.645)).toBeLessThan(4 * 0.047)
    expect(Math.abs((high - truth.value) / standardError - 1.645)).toBeLessThan(4 * 0.047)
  })

  test('gives the variance of normals an honest error, and intervals that hold the truth as often as they say', () => {
    let inside = 0
    const z = zScores(200, (seed) => {
      const values = gaussians(400, seed, 0)
      const statistic = varianceOf(values)
      const { standardError, low, high } = bootstrap([400], statistic, { seed, level: 0.9 })
      if (low <= 1 && 1 <= high) inside++
      return zScore({ value: statistic(every(400)), standardError }, 1)
    })
    expectCalibrated(z)
    // 180 of 200 expected; percentile intervals are some per cent short at 400 rows.
    expect(Math.abs(inside - 180)).toBeLessThan(4 * Math.sqrt(200 * 0.9 * 0.1))
  })

  test('is the same for the same seed, another for another, and draws its data sets apart', () => {
    const rows: number[][] = []
    const statistic = (a: Int32Array, b: Int32Array) => {
      rows.push([...a], [...b])
      return a[0]! + b[0]!
    }
    const first = bootstrap([20, 20], statistic, { seed: 1, resamples: 3 })
    expect(bootstrap([20, 20], statistic, { seed: 1, resamples: 3 })).toEqual(first)
    expect(bootstrap([20, 20], statistic, { seed: 2, resamples: 3 })).not.toEqual(first)
    expect(new Set(rows.slice(0, 6).map(String)).size).toBe(6)
  })
})

describe('Kolmogorov–Smirnov', () => {
  test('has uniform p-values for standard normals', () => {
    const p = Float64Array.from({ length: 400 }, (_, seed) => kolmogorovSmirnov(gaussians(50, seed, 1)).pValue)
    for (const level of [0.1, 0.5, 0.9]) {
      const below = p.filter((value) => value < level).length
      expect(Math.abs(below - 400 * level)).toBeLessThan(4 * Math.sqrt(400 * level * (1 - level)))
    }
  })

  test('rejects errors that are a quarter too small or values a third of an error off', () => {
    const z = gaussians(400, 5, 2)
    expect(kolmogorovSmirnov(z.map((value) => value / 0.75)).pValue).toBeLessThan(0.001)
    expect(kolmogorovSmirnov(z.map((value) => value + 1 / 3)).pValue).toBeLessThan(0.001)
    expect(kolmogorovSmirnov(uniforms(400, 1, 0)).pValue).toBeLessThan(1e-9)
  })

  test('measures the distance on both sides of every step', () => {
    expect(kolmogorovSmirnov(Float64Array.of(0)).distance).toBeCloseTo(0.5, 9)
    expect(kolmogorovSmirnov(Float64Array.of(-9.5, 9.5)).distance).toBeCloseTo(0.5, 9)
    expect(kolmogorovSmirnov(new Float64Array(100).fill(-9.5)).pValue).toBeLessThan(1e-80)
  })
})
