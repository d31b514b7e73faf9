// Checks of driven systems: their truths beside closed forms, and what a wrong run makes of them.
import { expect, test } from 'vitest'
import { checks } from '../../src/experiment/checks/checks.js'
import { observedCheck } from '../../src/experiment/checks/observed-check.js'
import type { ObservableResult } from '../../src/physics/observe/observables.js'
import { relaxationOfSteps } from '../../src/physics/truth/ornstein-uhlenbeck.js'
import { gaussians } from '../calibration.js'
import { contextOf } from '../check-context.js'

const ensembleOf = (points: Float64Array, units: number) => ({
  ensemble: { final: { points, count: points.length / units, units } },
})

test('fokker-planck has the mean and variance of a scheme’s own steps in a trap, and sees 20 % of variance', async () => {
  const [k, h, kT, mobility, steps, count] = [1.5, 0.02, 0.7, 1.3, 50, 4000]
  const text = `
network: { visible: { units: 1 } }
potential: { onsite: [stiffness] }
bath: { kT: ${kT}, mobility: ${mobility} }
initial: { kind: gaussian, mean: 0.4, variance: 0.3 }
protocol: { duration: ${steps * h}, dt: ${h}, parameters: { stiffness: ${k} } }
`
  const law = relaxationOfSteps(k, { kT, mobility }, { mean: 0.4, variance: 0.3 }, h, steps)
  const rowsOf = async (variance: number) => {
    const observed = { ...ensembleOf(gaussians(count, 1, 3, law.mean, variance), 1), curves: null }
    return checks['fokker-planck'].run(await contextOf(text, { observed }))
  }
  const rows = await rowsOf(law.variance)
  expect(rows.map(({ pass }) => pass)).toEqual([true, true])
  const [mean, variance] = rows
  // Off by no more than what is allowed for besides the standard errors: of second order in the step.
  const bias = (row: typeof mean) => row!.tolerance - 4 * row!.standardError!
  expect(Math.abs(mean!.truth - law.mean)).toBeLessThan(bias(mean))
  expect(Math.abs(variance!.truth - law.variance)).toBeLessThan(bias(variance))
  expect(bias(variance)).toBeLessThan(0.01 * law.variance)
  expect(variance!.standardError).toBeCloseTo(law.variance * Math.sqrt(2 / count), 4)
  expect((await rowsOf(1.2 * law.variance))[1]!.pass).toBe(false)
})

test('steady-state has the covariance of two baths, and sees it without a coupling between them', async () => {
  const [a, b, c, T1, T2, h] = [2, 1, 0.8, 1, 2, 0.001]
  const text = `
network: { visible: { units: 2 }, couplings: { visible: { range: all } } }
potential: { onsite: [stiffness], pair: [bilinear] }
bath: { kT: [${T1}, ${T2}] }
initial: { kind: gaussian }
protocol: { duration: 20, dt: ${h}, parameters: { stiffness: [${a}, ${b}], bilinear: ${c} } }
`
  const xy = (-c * (b * T1 + a * T2)) / ((a + b) * (a * b - c * c))
  const [xx, yy] = [(T1 - c * xy) / a, (T2 - c * xy) / b]
  const rowsOf = async (cross: number) => {
    const count = 4000
    const [p, q] = [gaussians(count, 1, 3, 0, 1), gaussians(count, 1, 4, 0, 1)]
    const points = Float64Array.from({ length: 2 * count }, (_, n) => {
      const row = n >> 1
      const own = Math.sqrt(xx) * p[row]!
      return n % 2 === 0 ? own : (cross / Math.sqrt(xx)) * p[row]! + Math.sqrt(yy - cross ** 2 / xx) * q[row]!
    })
    return checks['steady-state'].run(
      await contextOf(text, { observed: { ...ensembleOf(points, 2), workAndHeat: null } }),
    )
  }
  const rows = await rowsOf(xy)
  expect(rows.map(({ pass }) => pass)).toEqual([true, true, true, true])
  // Steps of .001 change variances by half a thousandth of the rates, which are below 3.
  for (const [n, truth] of [xx, xy, yy].entries()) expect(Math.abs(rows[n]!.truth / truth - 1)).toBeLessThan(0.002)
  expect((await rowsOf(0))[1]!.pass).toBe(false)
})

test('washboard takes the slopes of mean and variance, and sees a tenth more of either', async () => {
  const [f, kT, count, T] = [0.7, 0.4, 10_000, 10]
  const text = `
network: { visible: { units: 1, period: 1 } }
potential: { onsite: [], force: [{ name: tilt, formula: 1 }] }
bath: { kT: ${kT} }
initial: { kind: point, x: 0 }
protocol: { duration: ${2 * T}, dt: 0.01, parameters: { tilt: ${f} } }
`
  const rowsOf = async (drift: number, diffusion: number) => {
    const curves = {
      time: Float64Array.of(0, T, 2 * T),
      unit: Int32Array.of(0),
      x: {
        mean: Float64Array.of(0, f * T, f * T + drift * T),
        variance: Float64Array.of(0, 2 * kT * T, 2 * kT * T + 2 * diffusion * T),
      },
    }
    return checks.washboard.run(
      await contextOf(text, { observed: { ...ensembleOf(new Float64Array(count), 1), curves } }),
    )
  }
  const rows = await rowsOf(f, kT)
  // On a plain drift and diffusion are μf and μkT.
  expect(rows[0]!.truth).toBeCloseTo(f, 6)
  expect(rows[2]!.truth).toBeCloseTo(kT, 6)
  expect(rows.map(({ pass }) => pass)).toEqual([true, true, true, true])
  expect(rows[0]!.standardError).toBeCloseTo(Math.sqrt((2 * kT * T) / count) / T, 8)
  const wrong = await rowsOf(1.1 * f, 1.1 * kT)
  expect([wrong[0]!.pass, wrong[2]!.pass]).toEqual([false, false])
})

test('an observable is compared by its mean, or by its correlation at a lag', () => {
  const observables = [
    {
      name: 'm',
      mean: { value: 0.31, standardError: 0.01 },
      correlation: {
        lag: Float64Array.of(0, 1),
        value: Float64Array.of(0.5, 0.2),
        standardError: Float64Array.of(0.02, 0.03),
      },
    },
  ] as unknown as ObservableResult[]
  const check = (more: object) =>
    observedCheck({ observable: 'm', expected: 0.25, within: 0, ...more }, { observed: { observables } } as never)
  expect(check({})).toMatchObject({ value: 0.31, truth: 0.25, pass: false, tolerance: 0.04 })
  expect(check({ within: 0.021 })).toMatchObject({ pass: true })
  expect(check({ expected: '1/4 + pi/pi*0.05' })).toMatchObject({ truth: 0.3, pass: true })
  expect(check({ lag: 0, expected: 0.5 })).toMatchObject({ name: 'variance of m', value: 0.5, standardError: 0.02 })
  expect(check({ lag: 1, expected: 0.5 })).toMatchObject({ value: 0.2, pass: false })
})
