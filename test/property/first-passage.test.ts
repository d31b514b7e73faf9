import { describe, expect, test } from 'vitest'
import { zScore } from '../../src/physics/observe/estimate.js'
import { firstPassage } from '../../src/physics/observe/first-passage.js'
import { expectCalibrated, uniforms } from '../calibration.js'

/** Exponential first-passage times of mean 3. */
const times = (seed: number) => uniforms(300, seed, 0).map((u) => -3 * Math.log(u))

describe('first-passage times', () => {
  test('of runs that all crossed have their plain mean', () => {
    const { mean, censored, warning, restrictedMean } = firstPassage(Float64Array.of(1, 2, 6), 10)
    expect(mean?.value).toBeCloseTo(3, 12)
    expect(restrictedMean).toEqual(mean)
    expect([censored, warning]).toEqual([0, null])
  })

  test('of censored runs have no plain mean, and say so', () => {
    const { mean, censored, restrictedMean, warning } = firstPassage(
      Float64Array.of(1, 2, Number.POSITIVE_INFINITY, Number.NaN, 12),
      10,
    )
    expect(mean).toBeNull()
    expect(censored).toBe(3)
    expect(restrictedMean.value).toBeCloseTo(33 / 5, 12)
    expect(warning).toMatch(/3 of 5 runs had not crossed after 10.*longer than the restricted mean/)
    expect(firstPassage(Float64Array.of(Number.NaN, 11), 10).exponentialMean).toBeNull()
  })

  test.each([2, 6, 100])(
    'cut off at %f give the restricted mean and the mean of a constant rate, honestly',
    (duration) => {
      const cut = (seed: number) => times(seed).map((t) => (t > duration ? Number.POSITIVE_INFINITY : t))
      const results = Array.from({ length: 300 }, (_, seed) => firstPassage(cut(seed), duration))
      // ⟨min(t, τ)⟩ = T(1 - e^(-τ/T))
      const restricted = -3 * Math.expm1(-duration / 3)
      expectCalibrated(Float64Array.from(results, ({ restrictedMean }) => zScore(restrictedMean, restricted)))
      expectCalibrated(Float64Array.from(results, ({ exponentialMean }) => zScore(exponentialMean!, 3)))
      expect(results.every(({ mean }) => (mean === null) === duration < 100)).toBe(true)
    },
  )
})
