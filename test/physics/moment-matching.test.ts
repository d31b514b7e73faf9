import { expect, test } from 'vitest'
import { densities } from '../../src/data/densities.js'
import { boltzmannLaw, denoisingParameters } from '../../src/objective/denoising.js'
import { type Covariance, drawSweepNoise, gibbsSweep, type NoisedLaw } from '../../src/objective/moment-matching.js'
import { noisedMixture } from '../../src/truth/mixture-law.js'

const gaussian = [
  {
    weight: 1,
    mean: [0.3, -0.4],
    root: [
      [0.8, 0],
      [0.5, 0.3],
    ],
  },
] as const

function lawOf(sigma: number) {
  const { at } = noisedMixture(gaussian, sigma)
  const r = new Float64Array(1)
  return (y: Float64Array, slope: Float64Array, curvature: Float64Array) => at(y, slope, curvature, r)
}

function covarianceAfter(kept: Covariance, sigma: number, law: NoisedLaw = lawOf(sigma), batch = 20000, sweeps = 30) {
  const x = new Float64Array(2 * batch)
  const noise = { first: new Float64Array(2 * batch), second: new Float64Array(2 * batch) }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    drawSweepNoise(noise, 2, 4, sweep)
    gibbsSweep(law, sigma, kept, { x, batch }, noise)
  }
  return momentsOf({ x, batch })
}

function momentsOf({ x, batch }: States) {
  const mean = [0, 1].map((i) => x.subarray(i * batch, (i + 1) * batch).reduce((sum, v) => sum + v, 0) / batch)
  const entry = (i: number, j: number) => {
    let sum = 0
    for (let b = 0; b < batch; b++) sum += (x[i * batch + b]! - mean[i]!) * (x[j * batch + b]! - mean[j]!)
    return sum / batch
  }
  return { mean, entries: [entry(0, 0), entry(0, 1), entry(1, 1)] }
}

test('with the full covariance the chain is exact for a Gaussian, at large noise too', () => {
  const { mean, entries } = covarianceAfter('full', 1)
  const exact = [0.64, 0.4, 0.34]
  for (const [n, value] of entries.entries()) {
    const [i, j] = [
      [0, 0],
      [0, 1],
      [1, 1],
    ][n]! as [number, number]
    const variance = [0.64, 0.34]
    const error = Math.sqrt((variance[i]! * variance[j]! + exact[n]! ** 2) / 20000)
    expect(Math.abs(value - exact[n]!)).toBeLessThan(4 * error)
  }
  expect(Math.abs(mean[0]! - 0.3)).toBeLessThan(4 * Math.sqrt(0.64 / 20000))
  expect(Math.abs(mean[1]! + 0.4)).toBeLessThan(4 * Math.sqrt(0.34 / 20000))
})

test.each(['diagonal', 'isotropic'] as const)('a %s covariance loses a tenth of the correlation or more', (kept) => {
  expect(covarianceAfter(kept, 1).entries[1]!).toBeLessThan(0.36)
})

test('the slope and curvature of a noised mixture are the derivatives of its log density', () => {
  const density = densities['correlated-mixture']()
  const { at } = noisedMixture(density.components!, 0)
  const [slope, curvature, r] = [2, 4, 3].map((size) => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const [shifted, ignored] = [new Float64Array(2), new Float64Array(4)]
  const h = 1e-5
  for (const x of [
    [-1, 0.4],
    [0.9, -1.2],
    [1.5, 1.1],
  ]) {
    at(Float64Array.from(x), slope, curvature, r)
    for (const i of [0, 1]) {
      const moved = (by: number) => Float64Array.from(x, (value, n) => value + (n === i ? by : 0))
      // Central differences are off by O(h²) and by rounding 1e-16/h: below 1e-8 here.
      expect(slope[i]!).toBeCloseTo((density.logDensity(moved(h)) - density.logDensity(moved(-h))) / (2 * h), 6)
      at(moved(h), shifted, ignored, r)
      const above = shifted.slice()
      at(moved(-h), shifted, ignored, r)
      for (const j of [0, 1]) expect(curvature[2 * i + j]!).toBeCloseTo((above[j]! - shifted[j]!) / (2 * h), 5)
    }
  }
})
