import { expect, test } from 'vitest'
import { integrate } from '../../src/backend/integrate.js'
import { errorBudget } from '../../src/experiment/measurement/error-budget.js'
import { defineScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { type GaussianMixture, noisedMixture, sampleMixture } from '../../src/learning/data/mixture.js'
import { driveExactScore } from '../../src/learning/data/score-drive.js'
import { energyDistance } from '../../src/learning/evaluation/energy-distance.js'
import { mixtureMeasures } from '../../src/learning/evaluation/mixture.js'
import type { Drive } from '../../src/physics/dynamics/drive.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { eulerMaruyama } from '../../src/physics/dynamics/euler-maruyama.js'
import { refinedHeun } from '../../src/physics/dynamics/refined-heun.js'
import { meanOf } from '../../src/physics/observe/estimate.js'
import { noiseWidth, signal } from '../../src/physics/protocol/noising.js'
import { expectCalibrated, zScores } from '../calibration.js'

/** A single Gaussian: every landscape of generation is harmonic, and every law on the way Gaussian. */
const gaussian = async (interpolation: 'linear' | 'hold', oracle = false) =>
  createProblem(
    await defineScenario({
      name: 'one-mode',
      data: { source: 'gaussian-mixture', means: [[1, -0.5]], width: 0.4, samples: 10 },
      network: { visible: { units: 2 } },
      potential: { onsite: ['stiffness', 'bias'], pair: ['bilinear'] },
      bath: { kT: 1.3, mobility: 0.7 },
      noising: { stiffness: 1.2, slices: 6 },
      learning: { rule: 'least-squares', oracle },
      // Coarse: μ dt k = .1 to .2 at the end, so that the errors stand far above their own.
      sampling: { trajectories: 1000, batch: 1000, dt: 0.012, interpolation },
    }),
  )

type Problem = Awaited<ReturnType<typeof gaussian>>

function mixtureOf({ data }: Problem): GaussianMixture {
  if (data?.source !== 'gaussian-mixture') throw new Error('it is a mixture')
  return data.mixture
}

/** The exact generating force f - k x on a single Gaussian at noise time t: k0 x + 2kT (mμ - x)/(m² width² + s²). */
function exactForce({ bath: { kT }, noising }: Problem, { means, width }: GaussianMixture, t: number) {
  const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
  const stiffness = (2 * kT) / (m * m * width * width + s * s)
  return { f: means[0]!.map((mean) => stiffness * m * mean), k: stiffness - noising.stiffness }
}

/** The same as a network would know it, from the knots around t. */
function forceFromKnots(problem: Problem, mixture: GaussianMixture, t: number, interpolation: 'linear' | 'hold') {
  const { knots } = problem.noising
  const next = knots.findIndex((knot) => knot < t)
  const [before, after] = [knots[next - 1]!, knots[next]!]
  const q = (time: number) => 1 / (1 - Math.exp(-2 * 0.7 * 1.2 * time))
  const w = interpolation === 'hold' ? 1 : (q(t) - q(before)) / (q(after) - q(before))
  const [a, b] = [before, after].map((knot) => exactForce(problem, mixture, knot)) as [Linear, Linear]
  return { f: a.f.map((value, i) => (1 - w) * value + w * b.f[i]!), k: (1 - w) * a.k + w * b.k }
}

type Linear = ReturnType<typeof exactForce>

/** Mean of each unit and variance at the end, from the scheme's own linear map of one step in the force at its middle. */
function recursion({ bath, noising }: Problem, { dt, clock }: Drive, scheme: string, force: (t: number) => Linear) {
  const mean = [0, 0]
  let variance = bath.kT / noising.stiffness
  for (const [step, h] of dt.entries()) {
    const { f, k } = force((clock[step]! + clock[step + 1]!) / 2)
    const a = bath.mobility * h * k
    const [keep, push, kick] = scheme === 'heun' ? [1 - a + (a * a) / 2, 1 - a / 2, 1 - a / 2] : [1 - a, 1, 1]
    for (const i of [0, 1]) mean[i] = keep * mean[i]! + push * bath.mobility * h * f[i]!
    variance = keep * keep * variance + kick * kick * 2 * bath.mobility * bath.kT * h
  }
  return { mean, variance }
}

test.each(['linear', 'hold'] as const)(
  'on one Gaussian every part of the budget is that of the exact recursion of its scheme (%s)',
  async (interpolation) => {
    const problem = await gaussian(interpolation)
    const { noising, bath, scenario } = problem
    const mixture = mixtureOf(problem)
    const options = scenario.sampling
    const stepped = driveExactScore(mixture, noising, 'reverse', options)
    const fine = driveExactScore(mixture, noising, 'reverse', { ...options, substeps: 4 })
    const start = gaussianStart(1, 0, bath.kT / noising.stiffness)
    const nothing = { workAndHeat: null, observers: [] }
    const exact = (await integrate(
      stepped,
      bath,
      eulerMaruyama,
      start,
      { seed: 1, ...scenario.sampling },
      nothing,
      {},
    ))!
    // A "network" that is the exact score on the scenario's steps: what it adds takes the slicing back.
    const budget = (await errorBudget(problem, mixture, exact.final, exact.final, {}))!

    const t = noising.knots.at(-1)!
    const law = noisedMixture(mixture, signal(noising, t), noiseWidth(noising, t))
    const laws = [
      recursion(problem, fine, 'heun', (at) => exactForce(problem, mixture, at)),
      recursion(problem, stepped, 'euler-maruyama', (at) => exactForce(problem, mixture, at)),
      recursion(problem, stepped, 'euler-maruyama', (at) => forceFromKnots(problem, mixture, at, interpolation)),
    ] as const
    const figures = laws.map(({ mean, variance }) => {
      const offsets = mean.map((value, i) => value - law.means[0]![i]!)
      return { 'shift 1': offsets[0]!, 'variance 1': variance + (offsets[0]! ** 2 + offsets[1]! ** 2) / 2 }
    })
    for (const name of ['shift 1', 'variance 1'] as const) {
      const line = budget.measures.find((measure) => measure.name === name)!
      const [ideal, coarse, cut] = figures.map((figure) => figure[name]) as [number, number, number]
      const expected = { finiteTime: ideal - line.truth, integrator: coarse - ideal, slicing: cut - coarse }
      for (const part of ['finiteTime', 'integrator', 'slicing'] as const) {
        const { value, standardError } = line[part]
        expect(Math.abs(value - expected[part]) / standardError, `${name}, ${part}`).toBeLessThan(4)
      }
      expect(line.network.value).toBeCloseTo(-line.slicing.value, 12)
    }
    // What is compared is there to be seen.
    const { integrator, slicing } = budget.measures.find(({ name }) => name === 'variance 1')!
    expect(integrator.value).toBeGreaterThan(8 * integrator.standardError)
    expect(Math.abs(slicing.value)).toBeGreaterThan(4 * slicing.standardError)
  },
  20_000,
)

test('a potential that holds the score at every knot has no error of representability, and parts add up to the total', async () => {
  const problem = await gaussian('hold', true)
  const samples = sampleMixture(mixtureOf(problem), 1000, 1, 5)
  const { measures } = (await errorBudget(problem, mixtureOf(problem), samples, samples, {}))!
  expect(measures.map(({ name }) => name)).toEqual(['shift 1', 'variance 1', 'distance'])
  for (const { finiteTime, integrator, slicing, network, representability, training, total } of measures) {
    // The fit ends when the loss falls by less than 1e-5 of itself; far below that it is at rounding.
    expect(Math.abs(representability!.value)).toBeLessThan(1e-6)
    expect(representability!.value + training!.value).toBeCloseTo(network.value, 12)
    expect(finiteTime.value + integrator.value + slicing.value + network.value).toBeCloseTo(total.value, 12)
  }
})

test('the finer steps follow the Brownian path of the coarse ones', async () => {
  // Without a force both end at the same point.
  const problem = await gaussian('linear')
  const { bath, noising, scenario } = problem
  const flat: Drive = {
    units: 2,
    dt: new Float64Array(7).fill(0.1),
    clock: new Float64Array(8),
    jump: () => true,
    evaluate: (_x, _batch, force) => force?.fill(0),
    harmonicPart: () => ({ stiffness: new Float64Array(4), force: new Float64Array(2), whole: true }),
    curvature: () => 0,
  }
  const fine = { ...flat, dt: new Float64Array(28).fill(0.025), clock: new Float64Array(29) }
  const start = gaussianStart(3, 0, bath.kT / noising.stiffness)
  const free = async (drive: Drive, scheme: typeof eulerMaruyama) =>
    (await integrate(
      drive,
      bath,
      scheme,
      start,
      { seed: 3, ...scenario.sampling },
      { workAndHeat: null, observers: [] },
      {},
    ))!
  const [coarse, refined] = [await free(flat, eulerMaruyama), await free(fine, refinedHeun(4))]
  const apart = coarse.final.points.map((x, n) => Math.abs(x - refined.final.points[n]!))
  expect(Math.max(...apart)).toBeLessThan(1e-12)
  const moved = coarse.final.points.map((x, n) => (x - coarse.initial.points[n]!) ** 2)
  const { value, standardError } = meanOf(moved)
  expect(Math.abs(value - 2 * bath.mobility * bath.kT * 0.7) / standardError).toBeLessThan(4)
})

const overlapping: GaussianMixture = {
  units: 2,
  means: [
    [0.5, 0],
    [-0.4, 0.3],
  ],
  width: 0.6,
  weights: [0.65, 0.35],
}

test('samples of an overlapping mixture have its figures, within honest errors', () => {
  const figures = mixtureMeasures(overlapping, sampleMixture(overlapping, 100, 1, 7), 1).map(({ name }) => name)
  expect(figures).toEqual(['bridge', 'weight 1', 'shift 1', 'shift 2', 'variance 1', 'variance 2', 'distance'])
  // The distance of equal laws is 0 to second order and has no normal error; all else is calibrated.
  const measured = Array.from({ length: 40 }, (_, seed) =>
    mixtureMeasures(overlapping, sampleMixture(overlapping, 1000, seed, 7), 1),
  )
  for (const n of figures.slice(0, -1).keys())
    expectCalibrated(
      zScores(40, (seed) => {
        const { value, truth, influence } = measured[seed]![n]!
        return (value - truth) / meanOf(influence).standardError
      }),
    )
})

test('the energy distance is unbiased at equal laws, and between shifted Gaussians has its closed form and an honest error', () => {
  const values = Float64Array.from(
    { length: 200 },
    (_, seed) => energyDistance(overlapping, sampleMixture(overlapping, 200, seed, 8), 1).value,
  )
  const { value, standardError } = meanOf(values)
  expect(Math.abs(value / standardError)).toBeLessThan(4)

  // One unit: every direction is ±x, and D = 2⟨|δ + √2Z|⟩ - 2·2/√π.
  const law: GaussianMixture = { units: 1, means: [[0]], width: 1, weights: [1] }
  const shifted = { ...law, means: [[0.8]] }
  const [points, h] = [20_000, 1e-3]
  let middle = 0
  for (let n = 0; n < points; n++) {
    const z = -10 + (n + 0.5) * h
    middle += (Math.abs(0.8 + Math.SQRT2 * z) * Math.exp((-z * z) / 2) * h) / Math.sqrt(2 * Math.PI)
  }
  const truth = 2 * middle - 4 / Math.sqrt(Math.PI)
  expectCalibrated(
    zScores(40, (seed) => {
      const found = energyDistance(law, sampleMixture(shifted, 1000, seed, 9), 1)
      return (found.value - truth) / meanOf(found.influence).standardError
    }),
  )
})

test('a bridge without a hit has the error of the law, not none', () => {
  const apart: GaussianMixture = {
    units: 2,
    means: [
      [3, 0],
      [-3, 0],
    ],
    width: 0.5,
    weights: [0.5, 0.5],
  }
  const { value, lawError, truth } = mixtureMeasures(apart, sampleMixture(apart, 200, 1, 7), 1)[0]!
  expect(value).toBe(0)
  expect(lawError).toBeCloseTo(Math.sqrt(truth / 200), 6)
  expect(lawError).toBeGreaterThan(0)
})
