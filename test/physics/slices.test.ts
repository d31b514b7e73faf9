import { inverse, Matrix } from 'ml-matrix'
import { expect, test } from 'vitest'
import { integrate } from '../../src/backend/integrate.js'
import { withLabels } from '../../src/learning/data/classes.js'
import { type PosteriorScore, posteriorScore } from '../../src/learning/data/posterior.js'
import { observeBandVariances } from '../../src/learning/evaluation/band-variances.js'
import { principalBands } from '../../src/learning/evaluation/principal-bands.js'
import { sliceDiagnostics } from '../../src/learning/evaluation/slices.js'
import { float64 } from '../../src/learning/objectives/arithmetic.js'
import { driveNetwork } from '../../src/physics/dynamics/drive.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { eulerMaruyama } from '../../src/physics/dynamics/euler-maruyama.js'
import { createNetwork } from '../../src/physics/network/network.js'
import type { PointSet } from '../../src/physics/network/states.js'
import { meanOf, zScore } from '../../src/physics/observe/estimate.js'
import { gaussianFit } from '../../src/physics/observe/moments.js'
import { bias, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import { generationProtocol } from '../../src/physics/protocol/generation-protocol.js'
import { createNoising, noiseWidth, signal } from '../../src/physics/protocol/noising.js'
import { normals } from '../systems.js'

const units = 5
const bath = { kT: 1.3, mobility: 0.7 }
const noising = createNoising({ stiffness: 1.2, duration: 4, slices: 40 }, bath)
const network = createNetwork({ visible: { units }, couplings: { visible: { range: 'all' } } })
const potential = potentialOf(network, [stiffness, bias, bilinear])

/** Rows μ + L z with standard normals z. */
function gaussianRows(count: number, step: number): PointSet {
  const root = Matrix.from1DArray(units, units, normals(units * units, 1))
  const z = normals(count * units, step)
  const points = new Float64Array(count * units)
  for (let n = 0; n < count; n++)
    for (let i = 0; i < units; i++) {
      points[n * units + i] = i - 1
      for (let j = 0; j < units; j++) points[n * units + i]! += root.get(i, j) * z[n * units + j]!
    }
  return { points, count, units }
}

const train = gaussianRows(8000, 2)
const heldOut = gaussianRows(4000, 3)
const law = gaussianFit(train)
const components = principalBands(train)

/** The network whose force is k0 x + 2kT Σ_t⁻¹(mμ - x), Σ_t = m² Σ + s²: K = 2kT Σ_t⁻¹ - k0, f = 2kT Σ_t⁻¹ mμ. */
const exact = noising.knots.map((t) => {
  const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
  const sigma = Matrix.from1DArray(units, units, law.covariance)
    .mul(m * m)
    .add(Matrix.eye(units).mul(s * s))
  const inverted = inverse(sigma).mul(2 * bath.kT)
  const theta = new Float64Array(potential.size)
  const [diagonal, force, couplings] = [0, 1, 2].map((term) => theta.subarray(potential.offsets[term]!)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  for (let i = 0; i < units; i++) {
    diagonal[i] = inverted.get(i, i) - noising.stiffness
    for (let j = 0; j < units; j++) force[i]! += inverted.get(i, j) * m * law.mean[j]!
  }
  for (let e = 0; e < network.edges.count; e++) couplings[e] = inverted.get(network.edges.a[e]!, network.edges.b[e]!)
  return theta
})

const diagnosed = (posterior: PosteriorScore | null = null, held = heldOut, seed = 5) =>
  sliceDiagnostics(
    {
      ...{ potential, noising, drive: 'reverse', seed, components, posterior },
      data: { train, heldOut: held },
      states: { losses: 500, moments: 4000 },
    },
    float64(potential),
  )

test('components are orthonormal, widest first, with the variances that the data have along them', () => {
  const { axes, variances, bands } = components
  expect(bands).toEqual([
    { from: 1, to: 2 },
    { from: 3, to: 5 },
  ])
  const U = Matrix.from1DArray(units, units, axes)
  const projected = U.mmul(Matrix.from1DArray(units, units, law.covariance)).mmul(U.transpose())
  for (let a = 0; a < units; a++)
    for (let b = 0; b < units; b++) expect(projected.get(a, b)).toBeCloseTo(a === b ? variances[a]! : 0, 10)
  expect([...variances]).toEqual([...variances].sort((a, b) => b - a))
  const identity = U.mmul(U.transpose()).sub(Matrix.eye(units))
  for (const entry of identity.to1DArray()) expect(entry).toBeCloseTo(0, 12)
})

test('on Gaussian data the exact harmonic network has moments of 0, within 4 standard errors at every knot', () => {
  const at = diagnosed()
  for (const [n, theta] of exact.entries())
    for (const moment of at(n, theta).moments) expect(Math.abs(zScore(moment, 0))).toBeLessThan(4)
})

test('a coupling that is off is told from the exact network by the limit of the moments', () => {
  const at = diagnosed()
  const n = 25
  const broken = exact[n]!.slice()
  const first = potential.offsets[2]!
  const strongest = [...broken.keys()].slice(first).sort((a, b) => Math.abs(broken[b]!) - Math.abs(broken[a]!))[0]!
  broken[strongest] = 0
  const [right, wrong] = [at(n, exact[n]!), at(n, broken)]
  const largest = (of: typeof right) => Math.max(...of.moments.map((moment) => Math.abs(zScore(moment, 0))))
  expect([largest(right) < 4, largest(wrong) > 4]).toEqual([true, true])
  expect(wrong.heldOutLoss).toBeGreaterThan(right.heldOutLoss)
})

test('the loss of the exact network on Gaussian data is tr(1 - s²/Σ_t)/units, which the posterior of few points is above', () => {
  const n = 30
  const [m, s] = [signal(noising, noising.knots[n]!), noiseWidth(noising, noising.knots[n]!)]
  // r = scale·(∇log p + ε/s), and ⟨|s ∇log p + ε|²⟩ = units - s² tr Σ_t⁻¹.
  let expected = 0
  for (const variance of components.variances) expected += (m * m * variance) / (m * m * variance + s * s) / units
  const { heldOutLoss, posteriorLoss, posteriorRatio } = diagnosed(posteriorScore(gaussianRows(200, 4), units))(
    n,
    exact[n]!,
  )
  // |ε_c|² of 500 states and 5 units scatters by √(2/2500), and more than the loss does.
  expect(Math.abs(heldOutLoss / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / 2500))
  expect(posteriorLoss!).toBeGreaterThan(heldOutLoss)
  expect(posteriorRatio!.value).toBeCloseTo(heldOutLoss / posteriorLoss!, 12)
})

test('the error of the ratio to the posterior is its scatter from draw to draw', () => {
  const n = 20
  const score = posteriorScore(gaussianRows(200, 4), units)
  const seeds = 40
  const ratios = Array.from(
    { length: seeds },
    (_, seed) => diagnosed(score, undefined, seed)(n, exact[n]!).posteriorRatio!,
  )
  const { value, standardError } = meanOf(Float64Array.from(ratios, (ratio) => ratio.value))
  const scatter = standardError * Math.sqrt(seeds)
  const claimed = Math.sqrt(ratios.reduce((sum, ratio) => sum + ratio.standardError ** 2, 0) / seeds)
  // A standard deviation of 40 scatters by 1/√78; the held-out set is the same 500 of 4,000 in other order.
  expect(Math.abs(scatter / claimed - 1)).toBeLessThan(4 / Math.sqrt(2 * (seeds - 1)))
  expect(value).toBeLessThan(1)
})

test('states that the exact network generates have the variance of the data at every knot', async () => {
  const trajectories = 2000
  // Steps of a tenth of the usual, whose bias of a variance, μhk/2 < .3 %, is far below its error of 2 %.
  const protocol = generationProtocol(noising, exact, { dt: 0.002 })
  const watch = (seen: number) => observeBandVariances(components, noising, protocol.clock, seen)
  const whole = watch(trajectories)
  const part = watch(700)
  const again = watch(700)
  const generate = (observers: ReturnType<typeof watch>[], of: number, batch: number) =>
    integrate(
      driveNetwork(potential, protocol),
      bath,
      eulerMaruyama,
      gaussianStart(3, 0, bath.kT / noising.stiffness),
      { seed: 3, trajectories: of, batch },
      { workAndHeat: null, observers },
      {},
    )
  await generate([whole, part], trajectories, 256)
  const found = whole.estimates()
  expect(found).toHaveLength(noising.knots.length)
  for (const bands of found) for (const estimate of bands) expect(Math.abs(zScore(estimate, 1))).toBeLessThan(4)
  for (const { standardError } of found.at(-1)!) expect(standardError).toBeLessThan(0.04)
  // Neither how trajectories are cut into batches nor those beyond the ones that are seen change a bit.
  await generate([again], 700, 100)
  expect(again.estimates()).toEqual(part.estimates())
})

test('the posterior score is that of every point weighed by hand, within the class of the state', () => {
  const few = gaussianRows(90, 7)
  const of = Int32Array.from({ length: few.count }, (_, n) => (n % 3 === 0 ? 1 : 0))
  const labelled = withLabels(few, of, 2)
  const batch = 70
  const states = normals((units + 1) * batch, 8)
  for (let b = 0; b < batch; b++) states[units * batch + b] = b % 2 === 0 ? -1 : 1
  for (const [m, s] of [
    [0.3, 0.95],
    [0.95, 0.2],
    [0.999, 0.01],
  ] as const) {
    const score = new Float64Array(units * batch)
    posteriorScore(labelled, units)(states, batch, m, s, score)
    for (let b = 0; b < batch; b++) {
      const own = [...of.keys()].filter((n) => of[n] === b % 2)
      const exponents = own.map((n) => {
        let square = 0
        for (let i = 0; i < units; i++) square += (states[i * batch + b]! - m * few.points[n * units + i]!) ** 2
        return -square / (2 * s * s)
      })
      const largest = Math.max(...exponents)
      const weights = exponents.map((exponent) => Math.exp(exponent - largest))
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      for (let i = 0; i < units; i++) {
        const mean = own.reduce((sum, n, k) => sum + (weights[k]! / total) * few.points[n * units + i]!, 0)
        const expected = (m * mean - states[i * batch + b]!) / (s * s)
        // Squares of some 10² over 2s² are rounded at 2⁻⁵³, and with them the weights.
        expect(Math.abs(score[i * batch + b]! / expected - 1)).toBeLessThan((1e-12 * 10) / s ** 2)
      }
    }
  }
})

test('the posterior loss is |s ∇log p + ε|²/units, computed by hand for a state whose datum is known', () => {
  const datum = gaussianRows(1, 9)
  const few = gaussianRows(50, 10)
  for (const n of [5, 20, 35]) {
    const t = noising.knots[n]!
    const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
    const inner = posteriorScore(few, units)
    const states: Float64Array[] = []
    const watched: PosteriorScore = (x, batch, ...rest) => {
      states.push(x.slice())
      inner(x, batch, ...rest)
    }
    const { posteriorLoss } = diagnosed(watched, datum)(n, exact[n]!)
    const [x] = states as [Float64Array]
    const weights = Array.from({ length: few.count }, (_, row) => {
      let square = 0
      for (let i = 0; i < units; i++) square += (x[i]! - m * few.points[row * units + i]!) ** 2
      return Math.exp(-square / (2 * s * s))
    })
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    let squares = 0
    for (let i = 0; i < units; i++) {
      const mean = weights.reduce((sum, weight, row) => sum + weight * few.points[row * units + i]!, 0) / total
      squares += ((m * mean - x[i]!) / s + (x[i]! - m * datum.points[i]!) / s) ** 2
    }
    expect(posteriorLoss! / (squares / units)).toBeCloseTo(1, 9)
  }
})
