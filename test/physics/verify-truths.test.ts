// The truths of `verify`, each against a closed form or another method: nothing is simulated.
import { EigenvalueDecomposition, Matrix, solve } from 'ml-matrix'
import { expect, test } from 'vitest'
import { gaussianChecks } from '../../src/experiment/verify/claim.js'
import { passageOfSteps } from '../../src/experiment/verify/escape.js'
import { farTrap, farTweezers } from '../../src/experiment/verify/far-from-origin.js'
import { fittedPair, gaussianData, noisedSecondMoments, noising } from '../../src/experiment/verify/gaussian-data.js'
import { covarianceChecks, modeProducts } from '../../src/experiment/verify/harmonic-network.js'
import { anharmonicTheta, exactReversePath, noisedMoments } from '../../src/experiment/verify/learning.js'
import { gaussianEnds, gaussianGeneration, stepLaw } from '../../src/experiment/verify/reverse-noising.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import { expectCalibrated, gaussians, zScores } from '../calibration.js'

const { PI, exp, sqrt } = Math

/** Nodes and weights of the average over N(0, 1) that is exact to degree 2n - 1: eigenvalues of Hermite's recurrence (Golub, Welsch). */
function hermite(n: number): { node: number; weight: number }[] {
  const jacobi = Matrix.zeros(n, n)
  for (let k = 1; k < n; k++) jacobi.set(k, k - 1, sqrt(k)).set(k - 1, k, sqrt(k))
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(jacobi, { assumeSymmetric: true })
  return realEigenvalues.map((node, k) => ({ node, weight: eigenvectorMatrix.get(0, k) ** 2 }))
}

/**
 * Mean first-passage time of the steps themselves: T(x) = h + ∫_{-∞}^{to} p(x′|x) T(x′) dx′, p the Gaussian of an Euler–Maruyama step,
 * by Simpson's rule on a grid (Nyström); kT = μ = 1.
 */
function passageOfChain(k: number, a: number, from: number, to: number, h: number): number {
  const low = -4.5
  const pieces = 2 * Math.ceil((to - low) / (0.7 * sqrt(2 * h)))
  const width = (to - low) / pieces
  const x = Array.from({ length: pieces + 1 }, (_, n) => low + n * width)
  const weight = (n: number) => ((n === 0 || n === pieces ? 1 : n % 2 === 1 ? 4 : 2) * width) / 3
  const kernel = (at: number, n: number) => {
    const mean = at - h * (k * at + a * at ** 3)
    return (weight(n) * exp(-((x[n]! - mean) ** 2) / (4 * h))) / sqrt(4 * PI * h)
  }
  const system = Matrix.eye(pieces + 1)
  for (let m = 0; m <= pieces; m++)
    for (let n = 0; n <= pieces; n++) system.set(m, n, system.get(m, n) - kernel(x[m]!, n))
  const T = solve(system, Matrix.ones(pieces + 1, 1).mul(h))
  return x.reduce((sum, _, n) => sum + kernel(from, n) * T.get(n, 0), h)
}

test.each([
  ['double well, minimum to minimum', -2, 0.5, -2, 2],
  ['double well, minimum to top', -2, 0.5, -2, 0],
  ['trap, centre to 1.5', 1, 0, 0, 1.5],
])('first passage of steps, %s: what is left of the chain’s own time is of second order', (_, k, a, from, to) => {
  const potential = potentialOf(createNetwork({ visible: { units: 1 } }), [stiffness, quartic])
  const passage = { potential, theta: Float64Array.of(k, a), from, to }
  const off = (h: number) => passageOfSteps(passage, k, a, h) / passageOfChain(k, a, from, to, h) - 1
  const [coarse, fine] = [off(0.04), off(0.01)]
  // Half a standard error of verify's 2,000 runs is 1 %; the missed crossings alone are some √h = 10 %.
  expect(Math.abs(fine)).toBeLessThan(0.004)
  expect(Math.abs(fine)).toBeLessThan(Math.abs(coarse) / 4)
})

test('the exact reverse-path gradient is the derivative of the mean action over Gaussian paths', () => {
  const dt = 0.02
  const { kT, mobility } = noising.bath
  const [v0, v1, c] = noisedMoments
  const along = c / sqrt(v0)
  const drift = mobility * dt
  // Averages of degree 6 over four normals: exact with four nodes each.
  const nodes = hermite(4)
  const action = ([k0, k1, a0, a1, J]: readonly number[]) => {
    let sum = 0
    for (const p of nodes)
      for (const q of nodes)
        for (const r of nodes)
          for (const s of nodes) {
            const x = [sqrt(v0) * p.node, along * p.node + sqrt(v1 - along ** 2) * q.node]
            const next = [r, s].map(
              ({ node }, i) => (1 - drift * noising.stiffness) * x[i]! + sqrt(2 * drift * kT) * node,
            )
            const slopes = [
              k0! * next[0]! + a0! * next[0]! ** 3 + J! * next[1]!,
              k1! * next[1]! + a1! * next[1]! ** 3 + J! * next[0]!,
            ]
            const square = slopes.reduce((total, slope, i) => total + (x[i]! - next[i]! + drift * slope) ** 2, 0)
            sum += (p.weight * q.weight * r.weight * s.weight * square) / (4 * drift * kT)
          }
    return sum
  }
  const gradient = anharmonicTheta.map((_, which) => {
    const moved = (by: number) => action(anharmonicTheta.map((value, n) => value + (n === which ? by : 0)))
    return moved(0.5) - moved(-0.5)
  })
  const exact = exactReversePath(dt)
  ;[...exact.stiffness, ...exact.quartic, exact.bilinear].forEach((value, n) => {
    expect(value).toBeCloseTo(gradient[n]!, 10)
  })
})

test('Newton steps on the exact gradient lead to the stiffness matrix that made the forces', async () => {
  const t = 0.3
  const data = gaussianData(1, 500)
  const S = noisedSecondMoments(data, t)
  // Of the data themselves: their own sums, noised by hand.
  const [m, s2] = [exp(-1.2 * 1.5 * t), (0.8 / 1.5) * (1 - exp(-2 * 1.2 * 1.5 * t))]
  let product = 0
  for (let n = 0; n < 500; n++) product += (data.points[2 * n]! * data.points[2 * n + 1]!) / 500
  expect(S.get(0, 1)).toBeCloseTo(m * m * product, 12)
  // x₀ = .6 z₀ and x₁ = .3 z₀ + .35 z₁.
  expect(Math.abs(product - 0.18)).toBeLessThan(4 * sqrt((0.36 * 0.2125 + 0.18 ** 2) / 500))
  const aim = [2, 1.4, -0.7]
  const loss = (theta: ArrayLike<number>) => {
    const K = new Matrix([
      [theta[0]! - aim[0]!, theta[2]! - aim[2]!],
      [theta[2]! - aim[2]!, theta[1]! - aim[1]!],
    ])
    return (s2 * K.mmul(S).mmul(K.transpose()).trace()) / 2
  }
  const exact = async (theta: Float64Array, _t: number, _size: number, _step: number, out: Float64Array) => {
    out.set(
      out.map(
        (_, a) =>
          loss(theta.map((v, n) => v + (n === a ? 0.5 : 0))) - loss(theta.map((v, n) => v - (n === a ? 0.5 : 0))),
      ),
    )
    return 0
  }
  const fits = await fittedPair(exact as never, S, t, 2)
  fits.forEach(({ value }, n) => {
    expect(value).toBeCloseTo(aim[n]!, 9)
  })
})

test('generation by twice the score ends with the variance of the data noised to t_min, but for O(h)', () => {
  for (const v of [0.25, 1, 2]) {
    const exact = 1 + (v - 1) * exp(-2 * 0.01)
    expect(gaussianEnds(v).last).toBeCloseTo(exact, 12)
    expect(gaussianEnds(v).first).toBeCloseTo(1 + (v - 1) * exp(-6), 12)
    const end = (h: number, scale: number) => stepLaw(v, gaussianGeneration(v, h, scale)).covariance[0]!
    // Midpoints of smooth schedules: the next order is gone too, to some 1e-5.
    expect(Math.abs(2 * end(0.002, 2) - end(0.004, 2) - exact)).toBeLessThan(5e-5)
    if (v < 1) expect(Math.abs(end(0.004, 1) - exact)).toBeGreaterThan(0.05)
  }
})

test('the heat of a trap far away has the mean square of two correlated Gaussian energies', () => {
  const { bath, k, dt, steps } = farTweezers
  const { variance, heatVariance } = farTrap(farTweezers, 1)
  const rho = 1 - bath.mobility * k * dt
  // A stationary chain: ρ² v + 2μkTh = v.
  expect((rho ** 2 * variance + 2 * bath.mobility * bath.kT * dt) / variance).toBeCloseTo(1, 12)
  const memory = rho ** steps
  let square = 0
  for (const p of hermite(4))
    for (const q of hermite(4)) {
      const [first, last] = [p.node, memory * p.node + sqrt(1 - memory ** 2) * q.node]
      square += p.weight * q.weight * ((k * variance * (first ** 2 - last ** 2)) / 2) ** 2
    }
  expect(heatVariance / square).toBeCloseTo(1, 9)
})

test('rows of Gaussian values and of many modes have honest errors', () => {
  const law = { mean: 0.3, variance: 2 }
  const rows = Array.from({ length: 200 }, (_, seed) => gaussianChecks('x', gaussians(500, seed, 0, 0.3, 2), law))
  for (const row of [0, 1]) expectCalibrated(zScores(200, (seed) => rows[seed]![row]!.z!))
  // Forty modes of 200 states, turned by an orthogonal matrix and back.
  const [units, count, replicates] = [40, 200, 60]
  const variances = Array.from({ length: units }, (_, p) => 0.5 + p / units)
  const turned = new EigenvalueDecomposition(
    Matrix.from1DArray(units, units, gaussians(units * units, 77, 1)).add(
      Matrix.from1DArray(units, units, gaussians(units * units, 77, 1)).transpose(),
    ),
    { assumeSymmetric: true },
  ).eigenvectorMatrix
  const z = Array.from({ length: replicates }, (_, seed) => {
    const amplitudes = Matrix.from1DArray(count, units, gaussians(units * count, seed, 2))
    for (let p = 0; p < units; p++) amplitudes.mulColumn(p, sqrt(variances[p]!))
    const points = Float64Array.from(amplitudes.mmul(turned.transpose()).to1DArray())
    return covarianceChecks('modes', modeProducts({ points, count, units }, turned), variances, count).map(
      (row) => row.z!,
    )
  })
  for (const row of [0, 1, 2]) {
    const mean = z.reduce((sum, each) => sum + each[row]! / replicates, 0)
    const square = z.reduce((sum, each) => sum + each[row]! ** 2 / replicates, 0)
    expect(Math.abs(mean)).toBeLessThan(4 / sqrt(replicates))
    // A sum of 40 squares is not quite Gaussian: Var z² = 2 + 12/40.
    expect(Math.abs(square - 1)).toBeLessThan(4 * sqrt(2.3 / replicates))
  }
})
