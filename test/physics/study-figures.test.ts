// What the studies compare with, each against a closed form or a sum written out here: no run is in between.
import { expect, test } from 'vitest'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { momentErrors, requireCompositions } from '../../src/experiment/study/feynman-kac.js'
import { dataFigures, modelDensities, modelFigures, wellWeights } from '../../src/experiment/study/figures.js'
import { gaussianInterpolant } from '../../src/experiment/study/jarzynski-ramp.js'
import { compareWithEnergies, composedOf } from '../../src/experiment/study/line-integral.js'
import { createComponentMoments } from '../../src/experiment/study/moment-matching.js'
import { pathFigures, pathTruth } from '../../src/experiment/study/path-figures.js'
import { createStudyProblem, type StudyProblem } from '../../src/experiment/study/problem.js'
import { createRecoveryTruth } from '../../src/experiment/study/recovery-truth.js'
import { binnedDensity, drawnSamples } from '../../src/experiment/study/sample-density.js'
import { prepareStudy } from '../../src/experiment/study/studies.js'
import type { States } from '../../src/physics/network/states.js'
import { normals } from '../systems.js'

const { PI, exp, log, sqrt } = Math

async function problemOf<Problem extends StudyProblem = StudyProblem>(text: string): Promise<Problem> {
  return createStudyProblem(await parseScenario(`name: study\n${text}`, 'study.yaml')) as Problem
}

const gaussian = (x: number, mean: number, variance: number) =>
  exp(-((x - mean) ** 2) / (2 * variance)) / sqrt(2 * PI * variance)

/** Φ(z) by Simpson's rule from -9, to 1e-7. */
function normalBelow(z: number): number {
  const pieces = 400
  const h = (z + 9) / pieces
  let sum = 0
  for (let n = 0; n <= pieces; n++)
    sum += (n === 0 || n === pieces ? 1 : n % 2 === 1 ? 4 : 2) * gaussian(-9 + n * h, 0, 1)
  return (sum * h) / 3
}

/** KL(N(m₁, v₁)‖N(m₂, v₂)) */
const gaussianDivergence = (m1: number, v1: number, m2: number, v2: number) =>
  (v1 / v2 + (m2 - m1) ** 2 / v2 - 1 + log(v2 / v1)) / 2

const line = (mean: number, width: number, more = '') => `
data: { source: gaussian-mixture, means: [[${mean}]], width: ${width}, weights: [1], samples: 100 }
bath: { kT: 0.7 }
network: { visible: { units: 1 } }
potential: { onsite: [stiffness, bias] }
objective: { kind: contrastive-divergence, start: { stiffness: 1 }${more} }`

test('the divergence of a model is that of two Gaussians, on a line and in the plane', async () => {
  const [k, f, kT] = [2, 0.6, 0.7]
  const own = gaussianDivergence(0.5, 0.16, f / k, kT / k)
  const one = modelFigures(await problemOf(line(0.5, 0.4)), Float64Array.of(k, f))
  expect(one.divergence! / own).toBeCloseTo(1, 6)
  const plane = await problemOf(
    line(0.5, 0.4)
      .replace('[[0.5]]', '[[0.5, -0.3]]')
      .replace('units: 1', 'units: 2')
      .replace('bias]', 'bias], pair: [bilinear]'),
  )
  const two = modelFigures(plane, Float64Array.of(k, 1.5, f, -0.2, 0))
  const sum = own + gaussianDivergence(-0.3, 0.16, -0.2 / 1.5, kT / 1.5)
  expect(two.divergence! / sum).toBeCloseTo(1, 6)
})

test('weights of wells are the masses of the model at them', async () => {
  const problem = await problemOf(`
data: { source: gaussian-mixture, means: [[-5], [5]], width: 1, weights: [1, 3], samples: 400 }
network: { visible: { units: 1 } }
potential: { onsite: [], features: { wells: { centres: [[-5], [0], [6]], width: 0.4 } } }
objective: { kind: contrastive-divergence }`)
  const theta = Float64Array.of(0.4, -0.9)
  const [model] = modelDensities({ ...problem, density: null }, [{ name: 'model', theta }])
  const mass = [0, 0, 0]
  const cell = model!.x[1]! - model!.x[0]!
  // The wells do not overlap: between them is nothing.
  model!.density.forEach((p, n) => {
    mass[model!.x[n]! < -2.5 ? 0 : model!.x[n]! < 3 ? 1 : 2]! += p * cell
  })
  wellWeights(problem, theta)!.forEach((weight, k) => {
    expect(weight).toBeCloseTo(mass[k]!, 4)
  })
  // States of one unit, of which 2 of 5 are nearest to the last centre.
  const figures = dataFigures(problem, theta, { x: Float64Array.of(-9, 2.9, 3.1, 5, -1), batch: 5 })
  expect(figures.lastWellWeightOfData).toBeCloseTo(0.4, 12)
  expect(figures.lastWellWeightError).toBeCloseTo(0.4 - figures.lastWellWeight!, 12)
})

test('the error of a statistic is the largest z of the means of what was learned, by hand', async () => {
  const problem = await problemOf(line(0.5, 0.4, ', frozen: []'))
  const [k, f, kT, count] = [2, 0.6, 0.7, 500]
  const x = normals(count, 3).map((z) => 0.2 + 0.6 * z)
  // ⟨x²/2⟩ and ⟨-x⟩ of the model, and of fifty blocks of ten.
  const truths = [(kT / k + (f / k) ** 2) / 2, -f / k]
  const z = [(at: number) => at ** 2 / 2, (at: number) => -at].map((statistic, a) => {
    const means = Array.from({ length: 50 }, (_, block) =>
      x.slice(10 * block, 10 * block + 10).reduce((sum, at) => sum + statistic(at) / 10, 0),
    )
    const mean = means.reduce((sum, value) => sum + value / 50, 0)
    const variance = means.reduce((sum, value) => sum + (value - mean) ** 2 / 49, 0)
    return Math.abs(mean - truths[a]!) / sqrt(variance / 50)
  })
  const theta = Float64Array.of(k, f)
  expect(dataFigures(problem, theta, { x, batch: count }).statisticError).toBeCloseTo(Math.max(...z), 6)
  const smaller = z[0]! > z[1]! ? 1 : 0
  const frozen = Uint8Array.from([0, 1], (a) => (a === smaller ? 0 : 1))
  expect(dataFigures({ ...problem, frozen }, theta, { x, batch: count }).statisticError).toBeCloseTo(z[smaller]!, 6)
})

test('densities for the report are those of the data and of the model at the points that are drawn, rows first', async () => {
  const problem = await problemOf(
    line(0.5, 0.4)
      .replace('[[0.5]]', '[[0.5, -0.3]]')
      .replace('units: 1', 'units: 2')
      .replace('bias]', 'bias], pair: [bilinear]'),
  )
  const [data, model] = modelDensities(problem, [{ name: 'model', theta: Float64Array.of(2, 1.5, 0.6, -0.2, 0) }])
  const { x } = model!
  expect(data!.x).toEqual(x)
  const [i, j] = [Math.floor(0.3 * x.length), Math.floor(0.6 * x.length)]
  expect(data!.density[i * x.length + j]!).toBeCloseTo(gaussian(x[i]!, 0.5, 0.16) * gaussian(x[j]!, -0.3, 0.16), 10)
  const exact = gaussian(x[i]!, 0.3, 0.7 / 2) * gaussian(x[j]!, -0.2 / 1.5, 0.7 / 1.5)
  expect(model!.density[i * x.length + j]! / exact).toBeCloseTo(1, 6)
})

/** Two modes that overlap, on one unit, noised along a path of three knots. */
const modes = { means: [-1.2, 1.5], width: 0.7, weights: [0.3, 0.7] }
const alongPath = `
data: { source: gaussian-mixture, means: [[-1.2], [1.5]], width: 0.7, weights: [0.3, 0.7], samples: 100 }
bath: { kT: 0.7 }
network: { visible: { units: 1 } }
potential: { onsite: [stiffness, bias] }
objective: { kind: diffclf }`

test('the figures of a path are the closed forms of mixtures and of Gaussian normalisers', async () => {
  const problem = await problemOf(alongPath)
  const path = { knots: [0.1, 0.5, 2], signal: () => 0.9, width: () => 0.4 }
  const energy = { potential: problem.potential, path, kT: 0.7 }
  // log Z_k of k x²/2 - f x; F = -log Z_k, but for the last knot, which is .3 off.
  const thetas = [
    [0.5, 0.1],
    [0.8, -0.2],
    [1, 0],
  ] as const
  const logZ = thetas.map(([k, f]) => log((2 * PI * 0.7) / k) / 2 + f ** 2 / (2 * k * 0.7))
  const theta = Float64Array.from(thetas.flatMap(([k, f], n) => [k, f, -logZ[n]! + (n === 2 ? 0.3 : 0)]))
  const found = pathFigures(problem, energy, theta, pathTruth(problem, path), 1)
  // F + log Z is 0, 0, .3: at most .2 from its mean.
  expect(found.offsetError).toBeCloseTo(0.2, 6)
  // The noised mixture: m times the means, variance m²w² + s².
  const variance = (0.9 * modes.width) ** 2 + 0.4 ** 2
  const means = modes.means.map((mean) => 0.9 * mean)
  const tilt = modes.weights.reduce((sum, w, n) => sum + w * exp(-0.5 * means[n]! + 0.125 * variance), 0)
  expect(found.exactTiltFreeEnergy).toBeCloseTo(-log(tilt), 6)
  // Draws of p weighed by p/q of another model q tell the tilt of p²/q, to the error of a ratio of 20,000 of them.
  const p = (x: number) => modes.weights.reduce((sum, w, n) => sum + w * gaussian(x, means[n]!, variance), 0)
  const grid = Array.from({ length: 4001 }, (_, n) => (n - 2000) / 200)
  const average = (f: (x: number, weight: number) => number) =>
    grid.reduce((sum, x) => sum + (p(x) * f(x, p(x) / gaussian(x, 0.1 / 0.5, 0.7 / 0.5))) / 200, 0)
  const [tilted, plain] = [average((x, w) => w * exp(-0.5 * x)), average((_, w) => w)]
  const scatter = average((x, w) => (w * exp(-0.5 * x)) / tilted - w / plain) ** 2
  const square = average((x, w) => ((w * exp(-0.5 * x)) / tilted - w / plain) ** 2)
  expect(Math.abs(found.tiltFreeEnergy! - log(plain / tilted))).toBeLessThan(4 * sqrt((square - scatter) / 20_000))
  const middle = (means[0]! + means[1]!) / 2
  const below = (mean: number, v: number) => normalBelow((middle - mean) / sqrt(v))
  const share = modes.weights.reduce((sum, w, n) => sum + w * below(means[n]!, variance), 0)
  // The cell of the quadrature in the middle counts as a whole.
  expect(Math.abs(found.firstModeWeightOfData! - share)).toBeLessThan(0.003)
  expect(Math.abs(found.firstModeWeight! - below(0.1 / 0.5, 0.7 / 0.5))).toBeLessThan(0.003)
})

test('reweighting from the exact energies has equal weights and the exact free energy of a tilt', async () => {
  const problem = await problemOf(alongPath.replace('[[-1.2], [1.5]]', '[[0.5]]').replace('[0.3, 0.7]', '[1]'))
  const path = { knots: [0.1, 1], signal: () => 0.9, width: () => 0.4 }
  const variance = 0.63 ** 2 + 0.16
  const k = 0.7 / variance
  const theta = Float64Array.of(k, k * 0.45, 0, k, k * 0.45, 0)
  const energy = { potential: problem.potential, path, kT: 0.7 }
  const found = pathFigures(problem, energy, theta, pathTruth(problem, path), 1)
  expect(found.reweightingShare).toBeCloseTo(1, 9)
  expect(found.divergence).toBeCloseTo(0, 9)
  const exact = 0.5 * 0.45 - 0.125 * variance
  expect(Math.abs(found.tiltFreeEnergy! - exact)).toBeLessThan((5 * 0.5 * sqrt(variance)) / sqrt(20_000))
})

test('histograms are densities: of bins, of states of a line, and of states of a plane, rows first', () => {
  const law = { units: 2 as const, x: Float64Array.of(0, 0.5), probability: Float64Array.of(0.1, 0.2, 0.3, 0.4) }
  expect([...binnedDensity('bins', law, law.probability).density]).toEqual([0.4, 0.8, 1.2, 1.6])

  // Of 100 states from -1 to 1 the reach is 1.3 times that of the 99th.
  const x = Float64Array.from({ length: 100 }, (_, n) => (2 * n) / 99 - 1)
  const [data, own] = drawnSamples((at) => -at[0]!, [{ name: 'line', states: { x, batch: 100 } }])
  const width = own!.x[1]! - own!.x[0]!
  expect(80 * width).toBeCloseTo(2 * 1.3, 6)
  expect(own!.density.reduce((sum, p) => sum + p * width, 0)).toBeCloseTo(1, 12)
  expect(data!.density[7]).toBeCloseTo(exp(-own!.x[7]!), 12)

  // One state of a plane at (.9, -.2), beside others on the diagonal far below.
  const plane = { x: Float64Array.of(0.9, -0.9, -0.2, -0.9), batch: 2 }
  const [truth, drawn] = drawnSamples((at) => at[0]! + 10 * at[1]!, [{ name: 'plane', states: plane }])
  const { x: axis, density } = drawn!
  const cell = axis[1]! - axis[0]!
  const place = (value: number) => axis.findIndex((middle) => Math.abs(value - middle) <= cell / 2)
  expect(density[place(0.9) * axis.length + place(-0.2)]).toBeCloseTo(1 / (2 * cell ** 2), 9)
  expect(density.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1 / cell ** 2, 9)
  expect(truth!.density[3 * axis.length + 5]! / exp(axis[3]! + 10 * axis[5]!)).toBeCloseTo(1, 12)
})

test('the moments of a component, weighed by responsibilities, are its own however much components overlap', () => {
  // 200 quantiles of a mixture of N(-1, 1) and N(1.5, .25), which no cut separates.
  const components = [
    { weight: 0.4, mean: [-1], root: [[1]] },
    { weight: 0.6, mean: [1.5], root: [[0.5]] },
  ]
  const moments = createComponentMoments(components)
  const below = (x: number) => 0.4 * normalBelow(x + 1) + 0.6 * normalBelow((x - 1.5) / 0.5)
  const count = 200
  const x = Float64Array.from({ length: count }, (_, n) => {
    let [low, high] = [-8, 8]
    for (let halving = 0; halving < 30; halving++) {
      const middle = (low + high) / 2
      if (below(middle) < (n + 0.5) / count) low = middle
      else high = middle
    }
    return low
  })
  moments.add({ x, batch: count })
  expect(moments.errors().covarianceError).toBeLessThan(0.02)

  // Two units: against the sums written out, of states that are none of the mixture's.
  const plane = [
    {
      weight: 0.5,
      mean: [-1, 0],
      root: [
        [0.8, 0],
        [0.3, 0.5],
      ],
    },
    {
      weight: 0.5,
      mean: [1, 0.5],
      root: [
        [0.6, 0],
        [-0.4, 0.7],
      ],
    },
  ]
  const points = normals(40, 5)
  const states = { x: points, batch: 20 }
  const other = createComponentMoments(plane)
  other.add(states)
  const covariances = plane.map(({ root }) => {
    const [[a], [b, c]] = root as [number[], number[]]
    return [a! * a!, a! * b!, b! * b! + c! * c!] as const
  })
  const densityOf = (k: number, p: number, q: number) => {
    const [xx, xy, yy] = covariances[k]!
    const [dx, dy] = [p - plane[k]!.mean[0]!, q - plane[k]!.mean[1]!]
    const determinant = xx * yy - xy * xy
    return exp(-(yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / (2 * determinant)) / sqrt(determinant)
  }
  let [worst, squares] = [0, 0]
  covariances.forEach(([xx, xy, yy], k) => {
    let [w, p1, q1, pp, pq, qq] = [0, 0, 0, 0, 0, 0]
    for (let b = 0; b < 20; b++) {
      const [p, q] = [points[b]!, points[20 + b]!]
      const r = densityOf(k, p, q) / (densityOf(0, p, q) + densityOf(1, p, q))
      w += r
      p1 += r * p
      q1 += r * q
      pp += r * p * p
      pq += r * p * q
      qq += r * q * q
    }
    const [a, b, c] = [pp / w - (p1 / w) ** 2 - xx, pq / w - (p1 * q1) / w ** 2 - xy, qq / w - (q1 / w) ** 2 - yy]
    worst = Math.max(worst, sqrt((a * a + 2 * b * b + c * c) / (xx * xx + 2 * xy * xy + yy * yy)))
    squares += 2 * b * b
  })
  const { covarianceError, offDiagonalError } = other.errors()
  expect(covarianceError).toBeCloseTo(worst, 10)
  expect(offDiagonalError).toBeCloseTo(sqrt(squares / 4), 10)
})

test('errors of moments are in units of the law: weighted means and covariances written out', () => {
  const law = { mean: Float64Array.of(1, -2), covariance: Float64Array.of(4, 0.5, 0.5, 9) }
  // Three walkers of weights ½, ¼, ¼: means 0 and -2, covariance [3, .5; .5, 2] about them.
  const walkers = { x: Float64Array.of(-1, 3, -1, -2, -1, -3), batch: 3, logWeights: new Float64Array(3) }
  const found = momentErrors(law, walkers as never, Float64Array.of(0.5, 0.25, 0.25))
  expect(found.meanError).toBeCloseTo(0.5, 12)
  // |3 - 4|/4 = .25, |.5 - 9|/9: the largest.
  expect(found.covarianceError).toBeCloseTo((9 - 0.5) / 9, 12)
  expect(found.momentError).toBeCloseTo((9 - 0.5) / 9, 12)
  const even = momentErrors(law, walkers as never, null)
  expect(even.meanError).toBeCloseTo(2 / 3 / 2, 12)
})

/** The mass of N(mean, variance) in each bin of a law, by differences of Φ. */
function expectGaussianBins({ x, probability }: { x: Float64Array; probability: Float64Array }, m: number, v: number) {
  const half = (x[1]! - x[0]!) / 2
  x.forEach((middle, n) => {
    const exact = normalBelow((middle + half - m) / sqrt(v)) - normalBelow((middle - half - m) / sqrt(v))
    expect(Math.abs(probability[n]! - exact)).toBeLessThan(3e-6)
  })
}

test('a composition of Gaussians is the Gaussian of the products of their powers', async () => {
  const problem = await problemOf<StudyProblem & { settings: never }>(`
network: { visible: { units: 1 } }
potential: { onsite: [stiffness, bias] }
bath: { kT: 0.7 }
objective:
  kind: feynman-kac
  networks: [{ stiffness: 2, bias: 1 }, { stiffness: 0.8, bias: -0.5 }]
  compositions: [{ kind: geometric, share: 0.3 }, { kind: product }]`)
  const arms = requireCompositions(problem)
  for (const { settings, truth } of arms) {
    const [b, c] = settings.kind === 'geometric' ? [0.7, 0.3] : [1, 1]
    // The share is that of the second law or of the first: the arm says which by its moments.
    const own = [
      [b, c],
      [c, b],
    ].map(([p, q]) => {
      const k = p! * 2 + q! * 0.8
      return { mean: (p! * 1 - q! * 0.5) / k, variance: 0.7 / k }
    })
    const { mean, variance } = own.find((law) => Math.abs(law.mean - truth.moments!.mean[0]!) < 1e-9)!
    expect(truth.moments!.covariance[0]).toBeCloseTo(variance, 9)
    expectGaussianBins(truth.law!, mean, variance)
  }
})

test('networks that pull on the same unit have the law of the sum of their energies', async () => {
  const problem = await problemOf<never>(`
network: { visible: { units: 1 } }
potential: { onsite: [stiffness, bias] }
bath: { kT: 0.7 }
objective: { kind: line-integral, start: { stiffness: 2, bias: 1 }, composedWith: [{ stiffness: 0.8, bias: -0.5 }] }`)
  const { law, potential, theta } = composedOf(problem)
  expectGaussianBins(law, 0.5 / 2.8, 0.7 / 2.8)
  // A ratio that is .1 off at each of two proposals, of energies that are known.
  const { watch, figures, energies } = compareWithEnergies(potential, theta, 0.7)
  const [x, next] = [Float64Array.of(0, 1), Float64Array.of(1, 0)]
  const energy = (x: number) => (2.8 * x * x) / 2 - 0.5 * x
  const exact = [-energy(1) / 0.7, energy(1) / 0.7]
  watch({
    x,
    next,
    logRatio: Float64Array.from(exact, (value) => value + 0.1),
    ratio: new Float64Array(2),
    taken: new Uint8Array(2),
  })
  const chances = [exp(exact[0]! + 0.1), 1]
  expect(figures().ratioError).toBeCloseTo(0.1, 12)
  expect(figures().acceptance).toBeCloseTo((chances[0]! + 1) / 2, 12)
  expect(figures().acceptanceError).toBeCloseTo((chances[0]! - exp(exact[0]!)) / (chances[0]! + 1), 12)
  expect(energies()).toBeCloseTo(energy(1) / 0.7, 12)
})

test('the interpolant carries one trap’s equilibrium exactly to another’s, unit by unit', () => {
  const [from, to] = [Float64Array.of(1, 3), Float64Array.of(4, 0.5)]
  const x = normals(6, 2)
  const out = new Float64Array(6)
  gaussianInterpolant(from, to, { x, batch: 3 }, out)
  // x sqrt(k) is the same normal before and after.
  x.forEach((at, n) => {
    const unit = n < 3 ? 0 : 1
    expect((at + out[n]!) * sqrt(to[unit]!)).toBeCloseTo(at * sqrt(from[unit]!), 12)
  })
})

test('a network’s states of the exact covariance and level have no error, others have that of the Frobenius norm', async () => {
  const problem = await problemOf<never>(`
data: { source: boltzmann, parameters: { stiffness: [2, 1.5], bilinear: [0.6] }, samples: 100 }
network: { visible: { units: 2 } }
potential: { onsite: [stiffness], pair: [bilinear] }
bath: { kT: 0.7 }
objective: { kind: recovery-likelihood, start: { stiffness: 1 } }`)
  const { logDensity, judge } = createRecoveryTruth(problem)
  const determinant = 2 * 1.5 - 0.36
  const covariance = [1.5, -0.6, 2].map((value) => (0.7 * value) / determinant)
  const at = Float64Array.of(0.4, -0.3)
  const energy = 0.16 + (1.5 * 0.09) / 2 - 0.6 * 0.12
  expect(logDensity!(at)).toBeCloseTo(-energy / 0.7 - log((2 * PI * 0.7) / sqrt(determinant)), 9)
  // Four states ±(a, b), ±(c, d) with that covariance, n - 1 in the denominator: columns of a root, times sqrt(3/2).
  const root = sqrt(covariance[0]!)
  const [b, d] = [covariance[1]! / root, sqrt(covariance[2]! - covariance[1]! ** 2 / covariance[0]!)]
  const s = sqrt(1.5)
  const states = (stretch: number): States => ({
    x: Float64Array.of(root, -root, 0, 0, b, -b, d, -d).map((value) => stretch * s * value),
    batch: 4,
  })
  const decay = 0.8
  const theta = Float64Array.of(2, 1.5, 0.6).map((value) => value / decay ** 2)
  const judged = (samples: States, off: number) =>
    judge({
      name: 'arm',
      expected: 'succeeds',
      seed: 1,
      samples,
      first: { level: { decay }, theta: theta.map((v) => v * off) },
    } as never)
  const exact = judged(states(1), 1)
  expect(exact.figures.covarianceError).toBeCloseTo(0, 12)
  expect(exact.figures.stiffnessError).toBeCloseTo(0, 12)
  // Twice the covariance and 1.3 times the stiffness are off by 1 and .3 of the norm.
  const other = judged(states(sqrt(2)), 1.3)
  expect(other.figures.covarianceError).toBeCloseTo(1, 12)
  expect(other.figures.stiffnessError).toBeCloseTo(0.3, 12)
})

test('masses of cells are those of the density, and states where the data have none count as elsewhere', async () => {
  const problem = prepareStudy(
    await parseScenario(
      `name: study
data: { source: density, name: checkerboard, samples: 200 }
network: { visible: { units: 2 } }
potential: { onsite: [stiffness, quartic] }
objective: { kind: recovery-likelihood, start: { stiffness: 1, quartic: 1 }, cells: 2 }`,
      'study.yaml',
    ),
  ) as never
  // One state in each of the eight squares of the board's colour, and two more of eight in one of the other's.
  const squares = [-3, -1, 1, 3].flatMap((p) => [-3, -1, 1, 3].map((q) => [p, q] as const))
  const dark = squares.filter(([p, q]) => (Math.floor(p / 2) + Math.floor(q / 2)) % 2 === 0)
  const light = squares.find(([p, q]) => (Math.floor(p / 2) + Math.floor(q / 2)) % 2 !== 0)!
  const chosen = [...dark, light, light]
  const samples = { x: Float64Array.from([...chosen.map(([p]) => p), ...chosen.map(([, q]) => q)]), batch: 10 }
  const { figures } = createRecoveryTruth(problem).judge({
    name: 'arm',
    expected: 'succeeds',
    seed: 1,
    samples,
  } as never)
  expect(figures.elsewhere).toBeCloseTo(0.2, 9)
  expect(figures.massError).toBeCloseTo(0.2, 9)
})
