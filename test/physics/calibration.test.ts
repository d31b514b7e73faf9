import { expect, test } from 'vitest'
import { calibrationOf } from '../../src/learning/evaluation/calibration.js'
import { drawUniform } from '../../src/physics/noise/uniform.js'

test('told probabilities lie on the diagonal within their errors, in every bin; sharpened ones do not', () => {
  const states = 20_000
  const [tell, come] = [0, 1].map((step) => drawUniform({ seed: 3, stream: 0, step }, states))
  const own = Array.from(tell!, (p, n) => Number(come![n]! < p))
  const told = (sharpness: number) =>
    Float64Array.from({ length: 2 * states }, (_, n) => {
      const p = tell![n >> 1]! ** sharpness
      const q = (1 - tell![n >> 1]!) ** sharpness
      return (n % 2 === 1 ? p : q) / (p + q)
    })
  const { bins } = calibrationOf(told(1), own)
  // Of two classes the more probable one has at least a half: five bins of ten.
  expect(bins).toHaveLength(5)
  expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(states)
  for (const { confidence, frequency, standardError, count } of bins) {
    expect(Math.abs(frequency - confidence)).toBeLessThan(4 * standardError)
    // That of a binomial frequency, but for terms of 1/count.
    expect(standardError).toBeCloseTo(Math.sqrt((frequency * (1 - frequency)) / count), 4)
  }
  // p²/(p² + q²) for p: .55 for .525 in the lowest bin, which 2,000 states do not tell apart, and .65 for .58 in the next.
  for (const { confidence, frequency, standardError } of calibrationOf(told(2), own).bins.slice(1))
    expect(confidence - frequency).toBeGreaterThan(4 * standardError)
  // A bin that is right each time still has an error: of Beta(3.5, .5).
  const [sure] = calibrationOf(Float64Array.of(0, 1, 0, 1, 0, 1), [1, 1, 1]).bins
  expect(sure).toEqual({ confidence: 1, frequency: 1, standardError: Math.sqrt((3.5 * 0.5) / (16 * 5)), count: 3 })
})
