import { expect, test } from 'vitest'
import { meanOf } from '../../src/physics/observe/estimate.js'
import { powerLaw, squaredMean } from '../../src/physics/observe/squared-mean.js'
import { normals } from '../systems.js'

const mean = [0.3, -0.2, 0, 0.1]
const [draws, trials] = [12, 2000]

/** Noisy vectors about `mean`. */
function trial(number: number): Float64Array[] {
  const noise = normals(draws * mean.length, 1000 + number)
  return Array.from({ length: draws }, (_, r) => Float64Array.from(mean, (m, a) => m + noise[r * mean.length + a]!))
}

test('the squared length of a mean is right in the mean, where that of the average of 12 draws is three times too large', () => {
  const found = Array.from({ length: trials }, (_, n) => squaredMean(trial(n)))
  const { value, standardError } = meanOf(Float64Array.from(found, (one) => one.value))
  expect(Math.abs(value - 0.14) / standardError).toBeLessThan(4)
  // The jackknife's error is that of the spread of trials, to its own O(1/draws).
  const spread = standardError * Math.sqrt(trials)
  const claimed = Math.sqrt(meanOf(Float64Array.from(found, (one) => one.standardError ** 2)).value)
  expect(claimed / spread).toBeGreaterThan(1 - 2 / draws)
  expect(claimed / spread).toBeLessThan(1 + 4 / draws)
})

test('without a draw it is what the others give, over a range of entries too', () => {
  const rows = trial(0)
  const { without } = squaredMean(rows, 1, 3)
  for (let r = 0; r < draws; r++) {
    const others = rows.filter((_, n) => n !== r)
    expect(without[r]).toBeCloseTo(squaredMean(others, 1, 3).value, 12)
  }
})

test('a power law has its power, and no error when all draws agree', () => {
  const points = [0.1, 0.2, 0.7].map((x) => {
    const value = 3 * x ** 1.5
    return { x, y: { value, without: new Float64Array(4).fill(value) } }
  })
  const { value, standardError } = powerLaw(points)
  expect(value).toBeCloseTo(1.5, 12)
  expect(standardError).toBeLessThan(1e-12)
})
