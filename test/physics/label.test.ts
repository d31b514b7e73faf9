import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeNpy } from '../../src/experiment/files/npy.js'
import { readBytes } from '../../src/experiment/record/directory.js'
import type { Results } from '../../src/experiment/run/results.js'
import { run } from '../../src/experiment/run/run.js'
import { defineScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { loadTrained } from '../../src/experiment/training/train-run.js'
import { groupSlice } from '../../src/physics/potential/potential.js'
import { noiseWidth, signal } from '../../src/physics/protocol/noising.js'
import { fileFolder } from '../run-folder.js'

// Given its class, each mode of the mixture is Gaussian: harmonic units and a label unit represent it exactly, with
// K = 2kT/v_t - k0 on every unit and a pull L_i = (2kT/v_t) m μ_i, where v_t = m² width² + s² and ±μ are the modes.
const mean = [0.9, -0.6]
const width = 0.8
const scenario = await defineScenario({
  name: 'labelled',
  data: {
    source: 'gaussian-mixture',
    means: [mean.map((x) => -x), mean],
    weights: [0.8, 0.2],
    width,
    samples: 6000,
  },
  network: { visible: { units: 2 }, label: {} },
  potential: { onsite: ['stiffness'], pair: ['bilinear'] },
  noising: { duration: 4, tMin: 0.01, slices: 24 },
  learning: { rule: 'least-squares' },
  sampling: { trajectories: 1500 },
  observe: ['work', 'heat'],
  checks: ['first-law'],
})
const problem = createProblem(scenario)
const folder = fileFolder()
const directory = join(folder, 'run')
let results: Results
let knots: Float64Array[]
beforeAll(async () => {
  results = await run(scenario, { directory, threads: 1 })
  knots = loadTrained(directory, problem)
}, 60_000)

/** Rows of an array of the run directory. */
const rowsOf = (at: string, file: string) => {
  const { data, shape } = decodeNpy(readBytes(at, file), file)
  const columns = shape[1] ?? 1
  return Array.from({ length: shape[0]! }, (_, n) => Array.from(data.slice(n * columns, (n + 1) * columns), Number))
}

describe('a harmonic network with a label unit', () => {
  test('learns the pull of the label, (2kT/v_t) m μ, and the stiffness 2kT/v_t - k0 at every knot', () => {
    const label = problem.potential.groups.find(({ name }) => name === 'label-coupling')!
    const stiffness = problem.potential.groups.find(({ name }) => name === 'stiffness')!
    knots.forEach((theta, n) => {
      const t = problem.noising.knots[n]!
      const m = signal(problem.noising, t)
      const v = m * m * width * width + noiseWidth(problem.noising, t) ** 2
      // Least squares is on 4 draws of noise of the 6,000 data, some 24,000 terms whose noise is that of ε: the error of a
      // coefficient is 2kT/(s √v √24000) a unit of x; 5 of them.
      const error = (5 * 2) / (noiseWidth(problem.noising, t) * Math.sqrt(v) * Math.sqrt(24_000))
      for (let i = 0; i < 2; i++) {
        expect(Math.abs(groupSlice(label, theta)[i]! - (2 * m * mean[i]!) / v)).toBeLessThan(2 * error)
        expect(Math.abs(groupSlice(stiffness, theta)[i]! - (2 / v - 1))).toBeLessThan(2 * error)
      }
    })
  })

  test('draws its classes in their shares, evenly, and each sample from the mode of its class', () => {
    const classes = rowsOf(directory, 'labels.npy').flat()
    const samples = rowsOf(directory, 'samples.npy')
    const ofOne = classes.filter((each) => each === 1).length / classes.length
    // The data's share has its binomial scatter; the draws follow it within 1/trajectories or two.
    const share = problem.data!.classes!.train.filter((each) => each === 1).length / 6000
    expect(Math.abs(ofOne - share)).toBeLessThan(2 / classes.length)
    for (const which of [0, 1]) {
      const own = samples.filter((_, n) => classes[n] === which)
      const t = problem.noising.knots.at(-1)!
      for (let i = 0; i < 2; i++) {
        const m = signal(problem.noising, t)
        const sign = which === 1 ? 1 : -1
        const v = m * m * width * width + noiseWidth(problem.noising, t) ** 2
        const average = own.reduce((sum, x) => sum + x[i]!, 0) / own.length
        // 4 standard errors, and the finite duration: the start knows nothing of the class, e^-4 of the mode.
        expect(Math.abs(average - sign * m * mean[i]!)).toBeLessThan(4 * Math.sqrt(v / own.length) + Math.exp(-4))
      }
    }
  })

  test('moves nothing of the label: the first law holds with its energy', () => {
    expect(results.checks.map(({ name, pass }) => [name, pass])).toContainEqual([
      expect.stringContaining('first'),
      true,
    ])
  })

  test('left free, the label names the class as Bayes would: with the error of the exact posterior', () => {
    // The noised modes are ±m μ with variance v and weights .8, .2: the error of the best threshold on the axis between them.
    const t = problem.noising.knots.at(-1)!
    const m = signal(problem.noising, t)
    const v = m * m * width * width + noiseWidth(problem.noising, t) ** 2
    const distance = (2 * m * Math.hypot(...mean)) / Math.sqrt(v)
    const threshold = Math.log(0.8 / 0.2) / distance
    const bayes = 0.2 * normalBelow(threshold - distance / 2) + 0.8 * normalBelow(-threshold - distance / 2)
    const { value } = results.metrics.labelError!
    expect(Math.abs(value - bayes)).toBeLessThan(4 * Math.sqrt((bayes * (1 - bayes)) / 3000))
    // Without the trained bias the threshold would be in the middle.
    const middle = normalBelow(-distance / 2)
    expect(middle - bayes).toBeGreaterThan(4 * Math.sqrt((bayes * (1 - bayes)) / 3000))
  })

  test('clamped to a class, it draws that class alone', async () => {
    const clamped = join(folder, 'ones')
    const ones = await defineScenario({ ...scenario, sampling: { ...scenario.sampling, trajectories: 300, label: 1 } })
    const { metrics } = await run(ones, { directory: clamped, parametersFrom: directory })
    expect(new Set(rowsOf(clamped, 'labels.npy').flat())).toEqual(new Set([1]))
    const along = rowsOf(clamped, 'samples.npy').map((x) => (x[0]! * mean[0]! + x[1]! * mean[1]!) / Math.hypot(...mean))
    // The other mode would be at -1.08; this one is at 1.08 with a width of .81.
    const average = along.reduce((sum, x) => sum + x, 0) / along.length
    expect(Math.abs(average - 1.08)).toBeLessThan(4 * (0.81 / Math.sqrt(300)) + Math.exp(-4))
    // Beside data of that class alone. Beside all of them the distance of the means, 4·.8²·|μ|², would be 3.
    expect(metrics.frechetDistance!.value).toBeLessThan(0.1)
    expect(metrics.bridge).toBeUndefined()
    expect(metrics.modeWeightError!.value).toBe(0)
  })
})

/** Φ(z), by the series of Abramowitz and Stegun 26.2.11 (all terms positive). */
function normalBelow(z: number): number {
  let term = z
  let sum = z
  for (let n = 1; n < 200; n++) sum += term *= (z * z) / (2 * n + 1)
  return 0.5 + (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum
}
