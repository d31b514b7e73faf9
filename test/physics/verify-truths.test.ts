// The truths of `verify` and of a run's checks, each against a closed form or another method: nothing is simulated.
import { EigenvalueDecomposition, inverse, Matrix, solve } from 'ml-matrix'
import { expect, test } from 'vitest'
import { checks } from '../../src/experiment/checks/checks.js'
import { reversedDataVariance } from '../../src/experiment/checks/reverse-noising.js'
import type { CheckContext } from '../../src/experiment/checks/run-check.js'
import { simulationProtocol } from '../../src/experiment/sampling/simulation.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
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

const { PI, exp, log, sqrt } = Math

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

async function contextOf(text: string, more: object): Promise<CheckContext> {
  const problem = createProblem(await parseScenario(`name: checked\n${text}`, 'checked.yaml'))
  return { problem, protocol: simulationProtocol(problem), roundoff: 2 ** -53, energyScale: 1, ...more } as CheckContext
}

const ensembleOf = (initial: Float64Array | null, final: Float64Array, units = 1) => {
  const set = (points: Float64Array) => ({ points, count: points.length / units, units })
  return { observed: { ensemble: { initial: initial && set(initial), final: set(final) } } }
}

test('moments and autocorrelation of an oscillator are those of its steps, with honest errors', async () => {
  const [k, h, kT, mobility, steps, count] = [1.5, 0.1, 0.7, 1.3, 7, 400]
  const text = `
network: { visible: { units: 1 } }
potential: { onsite: [stiffness] }
bath: { kT: ${kT}, mobility: ${mobility} }
initial: { kind: gaussian, mean: 0.4, variance: 0.3 }
protocol: { duration: ${steps * h}, dt: ${h}, parameters: { stiffness: ${k} } }
`
  const rho = 1 - mobility * k * h
  let [mean, memory, noise] = [0.4, 1, 0]
  for (let step = 0; step < steps; step++) {
    mean *= rho
    memory *= rho
    noise = rho ** 2 * noise + 2 * mobility * kT * h
  }
  const variance = memory ** 2 * 0.3 + noise
  const context = await contextOf(text, {})
  const contextOfSeed = (seed: number) => {
    const initial = gaussians(count, seed, 3, 0.4, 0.3)
    const kicks = gaussians(count, seed, 4, 0, noise)
    const observed = ensembleOf(
      initial,
      initial.map((x, n) => memory * x + kicks[n]!),
    )
    return { ...context, ...observed } as CheckContext
  }
  const moments = checks['gaussian-moments'].run(contextOfSeed(0)).slice(0, 2)
  const errors = [sqrt(variance / count), variance * sqrt(2 / (count - 1))]
  moments.forEach(({ truth, standardError }, row) => {
    expect(truth).toBeCloseTo([mean, variance][row]!, 12)
    expect(standardError).toBeCloseTo(errors[row]!, 12)
  })
  const rows = Array.from({ length: 300 }, (_, seed) => checks.autocorrelation.run(contextOfSeed(seed))[0]!)
  expect(rows[0]!.truth).toBeCloseTo(memory * 0.3, 12)
  expectCalibrated(zScores(300, (seed) => rows[seed]!.z!))
})

test('the stationary covariance of two coupled oscillators is kT(K - μhK²/2)⁻¹, with honest errors', async () => {
  const [h, kT, mobility, count] = [0.1, 0.7, 1.3, 500]
  const context = await contextOf(
    `
network: { visible: { units: 2 } }
potential: { onsite: [stiffness], pair: [bilinear] }
bath: { kT: ${kT}, mobility: ${mobility} }
initial: { kind: equilibrium }
protocol: { duration: 1, dt: ${h}, parameters: { stiffness: [2, 1.2], bilinear: 0.6 } }
`,
    {},
  )
  const K = new Matrix([
    [2, 0.6],
    [0.6, 1.2],
  ])
  const S = inverse(Matrix.sub(K, K.mmul(K).mul((mobility * h) / 2))).mul(kT)
  const continuum = inverse(K).mul(kT)
  const [a, b] = [sqrt(S.get(0, 0)), S.get(0, 1) / sqrt(S.get(0, 0))]
  const c = sqrt(S.get(1, 1) - b * b)
  const rowsOf = (seed: number) => {
    const normals = gaussians(2 * count, seed, 5)
    const points = normals.map((z, n) => (n % 2 === 0 ? a * z : b * normals[n - 1]! + c * z))
    return checks['stationary-covariance'].run({ ...context, ...ensembleOf(null, points, 2) } as CheckContext)
  }
  expect(rowsOf(0)[2]!.truth).toBeCloseTo(S.trace() / continuum.trace(), 12)
  const rows = Array.from({ length: 200 }, (_, seed) => rowsOf(seed))
  expectCalibrated(zScores(200, (seed) => rows[seed]![2]!.z!))
  // Three z² a time, correlated through the shared units: their variance is between 2/3 and 2.
  const squares = rows.reduce((sum, row) => sum + row[1]!.value / 200, 0)
  expect(Math.abs(squares - 1)).toBeLessThan(4 * sqrt(2 / 200))
})

test('the exponential average of a quench is √(k₀/k₁), and its error that of the second moment', async () => {
  const [k0, k1, count] = [1, 2.5, 1000]
  const context = await contextOf(
    `
network: { visible: { units: 1 } }
potential: { onsite: [stiffness] }
initial: { kind: equilibrium }
protocol: { duration: 0.01, dt: 0.01, parameters: { stiffness: 1 + 150*t } }
observe: [work]
`,
    {
      freeEnergy: { jarzynski: { value: 0.5 } },
      observed: { workAndHeat: { work: new Float64Array(count) } },
    },
  )
  const [row] = checks['free-energy'].run(context)
  expect(row!.truth).toBeCloseTo(log(k1 / k0) / 2, 9)
  // ⟨e^(-2W)⟩/⟨e^(-W)⟩² = k₁/√(k₀(2k₁ - k₀)).
  expect(row!.standardError).toBeCloseTo(sqrt((k1 / sqrt(k0 * (2 * k1 - k0)) - 1) / count), 9)
})

test('moments of uncoupled units are those of their own Boltzmann density', async () => {
  const x = Float64Array.from({ length: 8000 }, (_, n) => (n + 0.5) / 1000 - 4)
  const density = x.map((at) => exp(-(-(at ** 2) / 2 + at ** 4 / 4 - 0.3 * at) / 0.7))
  const total = density.reduce((sum, p) => sum + p, 0)
  const moment = (power: number) => density.reduce((sum, p, n) => sum + (p * x[n]! ** power) / total, 0)
  const context = await contextOf(
    `
network: { visible: { units: 1 } }
potential: { onsite: [stiffness, quartic, bias] }
bath: { kT: 0.7 }
initial: { kind: point, x: 0 }
protocol: { duration: 1e-6, dt: 1e-9, parameters: { stiffness: -1, quartic: 1, bias: 0.3 } }
`,
    ensembleOf(null, Float64Array.of(1, -2)),
  )
  const rows = checks['boltzmann-moments'].run(context)
  expect(rows.map(({ value }) => value)).toEqual([2.5, 8.5])
  rows.forEach(({ truth, standardError }, n) => {
    const power = 2 * (n + 1)
    expect(truth / moment(power)).toBeCloseTo(1, 6)
    expect(standardError! / sqrt((moment(2 * power) - moment(power) ** 2) / 2)).toBeCloseTo(1, 6)
  })
})

test('a schedule is known as the time reversal of noising, with the variance of its data, and others are not', async () => {
  const scenario = (variance: number, formula: string) =>
    contextOf(
      `
network: { visible: { units: 1 } }
potential: { onsite: [stiffness] }
noising: { stiffness: 1, duration: 3, tMin: 0.01 }
initial: { kind: gaussian, mean: 0, variance: ${variance} }
protocol: { duration: 2.99, dt: 0.01, parameters: { stiffness: "${formula}" } }
`,
      {},
    )
  const reversed = '2/(1 - 0.75*exp(-2*(3 - t))) - 1'
  const start = 1 - 0.75 * exp(-6)
  expect(reversedDataVariance((await scenario(start, reversed)).problem)).toBeCloseTo(0.25, 9)
  expect(reversedDataVariance((await scenario(start + 0.001, reversed)).problem)).toBeNull()
  // Half the score, and a bump on the way that leaves both ends as they are.
  expect(reversedDataVariance((await scenario(start, '1/(1 - 0.75*exp(-2*(3 - t))) - 1')).problem)).toBeNull()
  const bump = `${reversed} + 0.001*sin(pi*t/2.99)`
  expect(reversedDataVariance((await scenario(start, bump)).problem)).toBeNull()
})
