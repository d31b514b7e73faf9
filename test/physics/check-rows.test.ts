// Rows of a run's checks, each against a closed form or another method.
import { inverse, Matrix } from 'ml-matrix'
import { expect, test } from 'vitest'
import { checks } from '../../src/experiment/checks/checks.js'
import { reversedDataVariance } from '../../src/experiment/checks/reverse-noising.js'
import type { CheckContext } from '../../src/experiment/checks/run-check.js'
import { expectCalibrated, gaussians, zScores } from '../calibration.js'
import { contextOf } from '../check-context.js'

const { exp, log, sqrt } = Math

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
