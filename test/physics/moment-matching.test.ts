import { expect, test } from 'vitest'
import { densities } from '../../src/learning/data/densities.js'
import { mixtureDerivatives } from '../../src/learning/data/mixture-law.js'
import { boltzmannDerivatives, denoisingParameters } from '../../src/learning/objectives/denoising.js'
import {
  type Covariance,
  drawSweepNoise,
  gibbsSweep,
  type LogDerivatives,
} from '../../src/learning/objectives/moment-matching.js'
import { createNetwork } from '../../src/physics/network/network.js'
import type { States } from '../../src/physics/network/states.js'
import { fillNormals } from '../../src/physics/noise/gaussian.js'
import { bias, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { potentialOf } from '../../src/physics/potential/potential.js'

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

function covarianceAfter(
  kept: Covariance,
  sigma: number,
  law: LogDerivatives = mixtureDerivatives(gaussian, sigma),
  batch = 20000,
  sweeps = 30,
) {
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

/** The Gaussian's own states, a potential that can have its law, and what it learns from them at σ. */
function learned(sigma: number, kT: number, batch: number, draws: number) {
  const { mean, root } = gaussian[0]
  const x = new Float64Array(2 * batch)
  fillNormals(5, 100, 0, 2, 0, batch, x)
  for (let b = 0; b < batch; b++)
    for (const i of [1, 0]) x[i * batch + b] = mean[i]! + root[i]![0]! * x[b]! + root[i]![1]! * x[batch + b]!
  const network = createNetwork({ visible: { units: 2 }, couplings: { visible: { range: 'all' } } })
  const potential = potentialOf(network, [stiffness, bias, bilinear])
  const data = { x, batch }
  return { potential, theta: denoisingParameters({ potential, kT, data, sigma, draws, seed: 6 }) }
}

test('a harmonic potential learned from a noised Gaussian has the stiffness kT over the noised covariance', () => {
  const [sigma, kT, batch] = [0.8, 2, 20000]
  const { theta } = learned(sigma, kT, batch, 1)
  const noised = [0.64 + 0.64, 0.4, 0.34 + 0.64]
  const determinant = noised[0]! * noised[2]! - noised[1]! ** 2
  const K = [noised[2]! / determinant, noised[0]! / determinant, -noised[1]! / determinant].map((value) => kT * value)
  // θ = A⁻¹b, so that its covariance is that of the residual -Ky + f + kT ε/σ times ∇φ, within A⁻¹. The residual has the
  // variance kT²(1/σ² - 1/v') along a direction of noised variance v' ≤ 1.57, ∇φ of a stiffness that of a unit, v ≥ .98, and
  // the stiffness of a unit shares its states with the coupling: 1 - ρ² ≥ .87 of v is its own.
  const residual = kT * Math.sqrt(1 / sigma ** 2 - 1 / 1.57)
  const error = residual / Math.sqrt(0.87 * 0.98 * batch)
  for (const [n, at] of [0, 1, 4].entries()) expect(Math.abs(theta[at]! - K[n]!)).toBeLessThan(4 * error)
  const f = [K[0]! * 0.3 - K[2]! * 0.4, K[2]! * 0.3 - K[1]! * 0.4]
  for (const i of [0, 1]) expect(Math.abs(theta[2 + i]! - f[i]!)).toBeLessThan(4 * error * 1.2)
})

test('with a learned law the full covariance keeps a Gaussian as its data have it', () => {
  const [sigma, kT, batch] = [0.5, 2, 20000]
  const { potential, theta } = learned(sigma, kT, batch, 4)
  const { entries } = covarianceAfter('full', sigma, boltzmannDerivatives(potential, theta, kT))
  const exact = [0.64, 0.4, 0.34]
  const variance = [
    [0.64, 0.64],
    [0.64, 0.34],
    [0.34, 0.34],
  ]
  // Chains and data have an error of the same size each; noise drawn with the data adds less than one more.
  for (const [n, value] of entries.entries()) {
    const one = Math.sqrt((variance[n]![0]! * variance[n]![1]! + exact[n]! ** 2) / batch)
    expect(Math.abs(value - exact[n]!)).toBeLessThan(4 * Math.sqrt(3) * one)
  }
})

test('the slope and curvature of a noised mixture are the derivatives of its log density', () => {
  const density = densities['correlated-mixture']()
  const at = mixtureDerivatives(density.components!, 0)
  const [slope, curvature] = [new Float64Array(2), new Float64Array(4)]
  const [shifted, ignored] = [new Float64Array(2), new Float64Array(4)]
  const h = 1e-5
  for (const x of [
    [-1, 0.4],
    [0.9, -1.2],
    [1.5, 1.1],
  ]) {
    at(Float64Array.from(x), slope, curvature)
    for (const i of [0, 1]) {
      const moved = (by: number) => Float64Array.from(x, (value, n) => value + (n === i ? by : 0))
      // Central differences are off by O(h²) and by rounding 1e-16/h: below 1e-8 here.
      expect(slope[i]!).toBeCloseTo((density.logDensity(moved(h)) - density.logDensity(moved(-h))) / (2 * h), 6)
      at(moved(h), shifted, ignored)
      const above = shifted.slice()
      at(moved(-h), shifted, ignored)
      for (const j of [0, 1]) expect(curvature[2 * i + j]!).toBeCloseTo((above[j]! - shifted[j]!) / (2 * h), 5)
    }
  }
})
