import { inverse, Matrix } from 'ml-matrix'
import { expect, test } from 'vitest'
import { createReference } from '../../src/backend/reference.js'
import { deviceOf } from '../../src/learning/rules/device.js'
import { forceMatching } from '../../src/learning/rules/force-matching.js'
import { leastSquares } from '../../src/learning/rules/least-squares.js'
import { createNoiser } from '../../src/learning/rules/noised-batch.js'
import { lowerBounds, startParameters } from '../../src/learning/rules/parameter-scales.js'
import type { NoisedBatch } from '../../src/learning/rules/rule.js'
import { createTrainingState, train } from '../../src/learning/training/train.js'
import { createNetwork } from '../../src/physics/network/network.js'
import type { PointSet } from '../../src/physics/network/states.js'
import { stream } from '../../src/physics/noise/streams.js'
import { stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { forceAndEnergy, hessian, potentialOf } from '../../src/physics/potential/potential.js'
import { createNoising, noiseWidth, signal } from '../../src/physics/protocol/noising.js'
import { everyTerm, lattice, normals } from '../systems.js'

const bath = { kT: 0.8, mobility: 1.2 }
const noising = createNoising({ stiffness: 1.5, duration: 2, tMin: 0.02, slices: 10, spacing: 'geometric' }, bath)

/** Correlated Gaussian data, and its covariance as the sample has it (what training can see). */
function gaussianData(count: number): { data: PointSet; covariance: Matrix } {
  const z = normals(2 * count, 20)
  const points = new Float64Array(2 * count)
  for (let n = 0; n < count; n++) {
    points[2 * n] = 0.6 * z[2 * n]!
    points[2 * n + 1] = 0.3 * z[2 * n]! + 0.35 * z[2 * n + 1]!
  }
  const table = new Matrix(count, 2)
  for (let n = 0; n < count; n++) table.setRow(n, [points[2 * n]!, points[2 * n + 1]!])
  // Second moments about zero: the potential below has no bias.
  return { data: { points, count, units: 2 }, covariance: table.transpose().mmul(table).div(count) }
}

test.each(['reverse', 'quasi-static'] as const)(
  'Gaussian data, drive %s: at every knot K = scale·Σ_t⁻¹ - trap within 2 %',
  async (drive) => {
    const { data, covariance } = gaussianData(2000)
    const network = createNetwork({ visible: { units: 2 }, couplings: { visible: { range: 'all' } } })
    const potential = potentialOf(network, [stiffness, bilinear])
    const state = createTrainingState(startParameters(potential, noising, 1))
    await train(
      { potential, noising, drive, seed: 1, data: { train: data, heldOut: data } },
      {
        rule: 'force-matching',
        optimizer: { rate: 0.02, finalRate: 0.02, beta1: 0.9, beta2: 0.99 },
        iterations: 400,
        // What descent leaves falls as 1/√batch: .0055 rms over the knots at 400, .0032 at 1000. Four times that of 500 is 2 %.
        batch: 500,
        average: true,
        oracle: false,
      },
      state,
      createReference(),
    )
    expect(state.finished).toHaveLength(11)
    state.finished.forEach((theta, n) => {
      const t = noising.knots[n]!
      const noised = covariance
        .clone()
        .mul(signal(noising, t) ** 2)
        .add(Matrix.eye(2).mul(noiseWidth(noising, t) ** 2))
      const [scale, trap] = drive === 'reverse' ? [2 * bath.kT, 1.5] : [bath.kT, 0]
      const exact = inverse(noised).mul(scale).sub(Matrix.eye(2).mul(trap))
      const learned = Matrix.from1DArray(2, 2, [...hessian(potential, theta, new Float64Array(2))])
      expect(learned.sub(exact).norm() / exact.norm()).toBeLessThan(0.02)
    })
  },
)

function batchOf(units: number, count: number): NoisedBatch {
  const data = { points: normals(units * count, 21), count, units }
  return createNoiser(data, noising, 'reverse', 4).sweep(0.3, 0, stream.lossNoise)
}

test('the force-matching gradient is the derivative of ½⟨w|F - F̂|²⟩, by central differences to 1e-7', () => {
  const { potential, theta } = everyTerm(lattice(2, 3, 'all'))
  const batch = batchOf(6, 50)
  const loss = (parameters: Float64Array) => {
    const force = new Float64Array(batch.x.length)
    forceAndEnergy(potential, parameters, batch.x, batch.batch, force, null)
    return (batch.weight / 2) * (force.reduce((sum, f, n) => sum + (f - batch.target[n]!) ** 2, 0) / batch.batch)
  }
  const gradient = new Float64Array(potential.size)
  forceMatching().gradient(deviceOf(potential, theta, bath), batch, gradient)
  const scale = Math.max(...gradient.map(Math.abs))
  theta.forEach((_, a) => {
    // The loss is quadratic in θ: central differences are exact but for rounding, about 1e-16·|L|/h.
    const h = 1e-4
    const at = (by: number) => loss(theta.map((value, b) => (a === b ? value + by : value)))
    expect(Math.abs((at(h) - at(-h)) / (2 * h) - gradient[a]!) / scale).toBeLessThan(1e-7)
  })
})

test('force matching is local: states of other units leave the gradient of an edge unchanged, given the forces', () => {
  const network = lattice(2, 3, 'all')
  const { potential, theta } = everyTerm(network)
  const batch = batchOf(6, 20)
  const gradientWith = (x: Float64Array) => {
    // The residual is held at what was measured: the target moves with the force.
    const measured = new Float64Array(batch.x.length)
    forceAndEnergy(potential, theta, batch.x, batch.batch, measured, null)
    const force = new Float64Array(batch.x.length)
    forceAndEnergy(potential, theta, x, batch.batch, force, null)
    const out = new Float64Array(potential.size)
    forceMatching().gradient(
      deviceOf(potential, theta, bath),
      { ...batch, x, target: batch.target.map((f, n) => f + force[n]! - measured[n]!) },
      out,
    )
    return out
  }
  const before = gradientWith(batch.x)
  const after = gradientWith(batch.x.map((value, n) => (n < batch.batch ? value + 0.5 : value)))
  const scale = Math.max(...before.map(Math.abs))
  for (let e = 0; e < network.edges.count; e++) {
    const touched = network.edges.a[e] === 0 || network.edges.b[e] === 0
    const change = Math.abs(after[potential.offsets[4]! + e]! - before[potential.offsets[4]! + e]!) / scale
    if (touched) expect(change).toBeGreaterThan(1e-4)
    else expect(change).toBeLessThan(1e-12)
  }
})

test('the oracle finds the same minimum from anywhere, with a vanishing gradient and its bounds kept', () => {
  const { potential, theta } = everyTerm(lattice(2, 3, 'all'))
  const batch = batchOf(6, 400)
  const bounds = lowerBounds(potential, noising, 0.3)
  const solutions = [new Float64Array(potential.size), theta].map((start) =>
    leastSquares(potential, start, bounds, [batch]),
  )
  const gradient = new Float64Array(potential.size)
  const losses = solutions.map(({ theta: at, converged }) => {
    expect(converged).toBe(true)
    const loss = forceMatching().gradient(deviceOf(potential, at, bath), batch, gradient)!
    at.forEach((value, a) => {
      expect(value).toBeGreaterThanOrEqual(bounds[a]!)
    })
    return loss
  })
  // Conjugate gradients stop when an iteration gains less than 1e-5 of the loss; ten such are 1e-4.
  expect(Math.abs(losses[0]! - losses[1]!) / losses[0]!).toBeLessThan(1e-4)
  const better = forceMatching().gradient(
    deviceOf(
      potential,
      solutions[0]!.theta.map((value, a) => Math.max(bounds[a]!, value + 0.01 * Math.sin(a))),
      bath,
    ),
    batch,
    gradient,
  )
  expect(better).toBeGreaterThan(losses[0]!)
})

test('the lower bound on a quartic coefficient beside a cubic one keeps it positive and grows as the noise recedes', () => {
  const { potential } = everyTerm(lattice(1, 2, 'all'))
  const quarticAt = (t: number) => lowerBounds(potential, noising, t)[potential.offsets[2]!]!
  expect(quarticAt(2)).toBeGreaterThan(0)
  expect(quarticAt(0.02)).toBeGreaterThan(10 * quarticAt(0.5))
})
