import { expect } from 'vitest'
import { fillNormals } from '../src/physics/noise/gaussian.js'
import { fillUniform } from '../src/physics/noise/uniform.js'
import { kolmogorovSmirnov } from '../src/physics/observe/kolmogorov-smirnov.js'

/** Stream of the tests' own random numbers, away from those of the engine. */
const stream = 100

/** `size` normals of one seed and one draw of it, as numbers N(mean, variance). */
export function gaussians(size: number, seed: number, draw: number, mean = 0, variance = 1): Float64Array {
  const out = new Float64Array(size)
  fillNormals(seed, stream, draw, 1, 0, size, out)
  return out.map((z) => mean + Math.sqrt(variance) * z)
}

/** `size` uniform numbers in (0, 1). */
export function uniforms(size: number, seed: number, draw: number): Float64Array {
  const out = new Float64Array(size)
  fillUniform({ seed, stream: stream + 1, step: draw }, out)
  return out.map((u) => u + 2 ** -33)
}

/** The z-score of each of `replicates` experiments, by seed. */
export function zScores(replicates: number, experiment: (seed: number) => number): Float64Array {
  return Float64Array.from({ length: replicates }, (_, seed) => experiment(seed))
}

/**
 * Expects z-scores of honest errors: every |z| < 4, Kolmogorov–Smirnov against N(0, 1) with p > .001, and mean z² = 1 within
 * 4√(2/n), which also sees errors that are too large.
 */
export function expectCalibrated(z: Float64Array): void {
  expect(z.reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBeLessThan(4)
  expect(kolmogorovSmirnov(z).pValue).toBeGreaterThan(0.001)
  const square = z.reduce((sum, value) => sum + value ** 2, 0) / z.length
  expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(2 / z.length))
}
