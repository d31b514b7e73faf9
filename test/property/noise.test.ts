import { expect, test } from 'vitest'
import { fillNormals } from '../../src/physics/noise/gaussian.js'
import { philox4x32 } from '../../src/physics/noise/philox.js'
import { uniformIntegers } from '../../src/physics/noise/uniform.js'
import { kolmogorovSmirnov } from '../../src/physics/observe/kolmogorov-smirnov.js'

const count = 1 << 20
const normals = (() => {
  const out = new Float64Array(count)
  fillNormals(12345, 0, 9, 64, 0, count / 64, out)
  return out
})()

test.each([
  // Power, its expectation, and the variance of z^power, for the standard error.
  [1, 0, 1],
  [2, 1, 2],
  [3, 0, 15],
  [4, 3, 96],
  [6, 15, 10170],
])('moment %i of the normals is %f within 4 standard errors', (power, truth, variance) => {
  const mean = normals.reduce((sum, z) => sum + z ** power, 0) / count
  expect(Math.abs(mean - truth)).toBeLessThan(4 * Math.sqrt(variance / count))
})

test('the normals pass Kolmogorov–Smirnov at p > .001', () => {
  expect(kolmogorovSmirnov(normals.slice(0, 200_000)).pValue).toBeGreaterThan(0.001)
})

test('neighbours in trajectory, unit, step and stream are uncorrelated within 4 standard errors', () => {
  const at = (seed: number, streamNumber: number, step: number) => {
    const out = new Float64Array(count / 16)
    fillNormals(seed, streamNumber, step, 64, 0, out.length / 64, out)
    return out
  }
  const reference = at(1, 0, 0)
  const n = reference.length
  const shifted = (by: number) => reference.map((_, k) => reference[(k + by) % n]!)
  for (const other of [at(2, 0, 0), at(1, 1, 0), at(1, 0, 1), shifted(1), shifted(4), shifted(16), shifted(n / 64)]) {
    const correlation = reference.reduce((sum, z, k) => sum + z * other[k]!, 0) / n
    expect(Math.abs(correlation) * Math.sqrt(n)).toBeLessThan(4)
  }
})

test('any split of the trajectories into batches gives the same normals', () => {
  const [units, trajectories] = [3, 70]
  const whole = new Float64Array(units * trajectories)
  fillNormals(5, 2, 11, units, 0, trajectories, whole)
  for (const size of [1, 7, 16, 33, 64]) {
    for (let first = 0; first < trajectories; first += size) {
      const batch = Math.min(size, trajectories - first)
      const part = new Float64Array(units * batch)
      fillNormals(5, 2, 11, units, first, batch, part)
      for (let i = 0; i < units; i++)
        for (let b = 0; b < batch; b++) expect(part[i * batch + b]).toBe(whole[i * trajectories + first + b])
    }
  }
})

test('every normal is a float32 number, below √(2 ln 2³²)', () => {
  expect(normals.every((z) => z === Math.fround(z) && Math.abs(z) < 6.67)).toBe(true)
})

test('the trajectory layout is that of the documentation', () => {
  // τ = 37: group 2, lane 5 mod 4 = 1, q = 1, so counter 4·2 + 1 and the second normal of words 0 and 1.
  const words = new Int32Array(4)
  philox4x32(9, 0, 6, 0, 3, 0, words)
  const out = new Float64Array(64)
  fillNormals(3, 0, 6, 1, 0, 64, out)
  const u = ((words[0]! >>> 1) + 0.5) * 2 ** -31
  const angle = ((words[1]! >> 2) * Math.PI) / 2 ** 31
  const radius = Math.sqrt(-2 * Math.log(u)) * ((words[1]! & 2) === 0 ? 1 : -1)
  // Against Math.log and Math.sin in float64: float32 rounding of a number of order 1.
  expect(out[37]).toBeCloseTo(radius * ((words[1]! & 1) === 0 ? Math.sin(angle) : Math.cos(angle)), 6)
})

test('uniform integers fill their range evenly (χ² within 4 standard deviations)', () => {
  const picks = new Int32Array(70_000)
  uniformIntegers({ seed: 8, stream: 3, step: 1 }, 7, picks)
  const counts = [0, 0, 0, 0, 0, 0, 0]
  for (const pick of picks) counts[pick]!++
  const chiSquare = counts.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0)
  expect(Math.abs(chiSquare - 6)).toBeLessThan(4 * Math.sqrt(12))
})
