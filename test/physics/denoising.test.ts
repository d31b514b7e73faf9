import { inverse, Matrix } from 'ml-matrix'
import { expect, test } from 'vitest'
import { createReference } from '../../src/backend/reference.js'
import { simulationOf } from '../../src/backend/simulation.js'
import { generationProtocol } from '../../src/physics/protocol/generation-protocol.js'
import { betweenKnots, noiseWidth, signal, stiffnessClock, timeOfWidth } from '../../src/physics/protocol/noising.js'
import { fromTime } from '../../src/physics/protocol/protocol.js'
import { covariance, exactNetwork, largestZ, mean, units } from './conditional-gaussian.js'

const width = 0.6
const noised = [1.1, -0.9, 0.3, 1.4, -0.8, 0.2]
const count = 3000
const { noising, whole, knots } = exactNetwork({ duration: 4, tMin: 0.0005, slices: 48 }, 'reverse')
const t = timeOfWidth(noising, width)

/** Clean units of samples that begin at m·z at time `from`, and the width of the noise left in them. */
async function denoised(from: number) {
  const protocol = fromTime(generationProtocol(noising, knots, { substeps: 6 }), from)
  const m = signal(noising, from)
  const start = (x: Float64Array, _first: number, batch: number) => {
    for (let n = 0; n < x.length; n++) x[n] = m * noised[Math.floor(n / batch)]!
  }
  const simulation = simulationOf({ potential: whole, protocol, trajectories: count, start, seed: 3 })
  const { final } = await createReference().simulate(simulation)
  const end = noising.knots.at(-1)!
  return { ...final, points: final.points.map((x) => x / signal(noising, end)) }
}

/** The law of Gaussian data given that they are z under noise of that width. */
function posterior() {
  const gain = covariance.mmul(inverse(Matrix.add(covariance, Matrix.eye(units, units, width ** 2))))
  const apart = Matrix.columnVector(noised.map((z, i) => z - mean[i]!))
  return {
    mean: gain
      .mmul(apart)
      .to1DArray()
      .map((x, i) => x + mean[i]!),
    covariance: Matrix.sub(covariance, gain.mmul(covariance)),
  }
}

test('the time of a noise of width σ is where s/m = σ, between its knots', () => {
  expect(noiseWidth(noising, t) / signal(noising, t)).toBeCloseTo(width, 12)
  const { slice, weight } = betweenKnots(noising, t)
  expect(noising.knots[slice]).toBeGreaterThan(t)
  expect(noising.knots[slice + 1]).toBeLessThanOrEqual(t)
  const [from, to] = [slice, slice + 1].map((n) => stiffnessClock(noising, noising.knots[n]!))
  expect((1 - weight) * from! + weight * to!).toBeCloseTo(stiffnessClock(noising, t), 10)
})

test('from a noised state on, the drive draws the exact posterior of Gaussian data: mean and covariance within 4 s.e.', async () => {
  const law = posterior()
  const samples = await denoised(t)
  const all = Array.from({ length: units }, (_, i) => i)
  expect(largestZ(samples, all, law)).toBeLessThan(4)
}, 60_000)

test('from another time on it draws another law: the same test rejects it', async () => {
  const all = Array.from({ length: units }, (_, i) => i)
  expect(largestZ(await denoised(1.5 * t), all, posterior())).toBeGreaterThan(8)
}, 60_000)
