import { expect, test } from 'vitest'
import { createReference } from '../../src/backend/reference.js'
import { boundary, boundaryDetector, withReplay } from '../../src/learning/objectives/continual.js'
import { exactSampler } from '../../src/learning/objectives/exact-states.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { createTrainingState, train } from '../../src/learning/training/train.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { stream } from '../../src/physics/noise/streams.js'
import { meanOf } from '../../src/physics/observe/estimate.js'
import { formulaFeature, radialFeatures } from '../../src/physics/potential/feature-maps.js'
import { featureTerm, fixedTerm } from '../../src/physics/potential/features.js'
import { bias, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import { createNoising } from '../../src/physics/protocol/noising.js'
import { linearLaws, meanStatistics } from '../../src/physics/truth/mean-statistics.js'
import { modelDensity } from '../../src/physics/truth/partition.js'
import { normals } from '../systems.js'

await loadFormulas()

const bath = { kT: 0.7, mobility: 1.5 }
const plane = createNetwork({ visible: { units: 2 }, couplings: { visible: {} } })

test('z of batches of a copy’s own law is standard normal; others are known by it, on their side', () => {
  const units = 8
  const network = createNetwork({ visible: { units }, couplings: { visible: {} } })
  const potential = potentialOf(network, [stiffness, bias, bilinear])
  const theta = Float64Array.from({ length: potential.size }, (_, a) => (a < units ? 2 : a < 2 * units ? 0.5 : 0.1))
  const draw = exactSampler(potential, theta, bath)
  const key = (step: number) => ({ seed: 5, stream: stream.contrastNoise, step })
  const z = boundaryDetector(createLandscape(potential, bath), theta, draw(100_000, key(0)))
  const batches = 2000
  const found = meanOf(Float64Array.from({ length: batches }, (_, n) => z(draw(100, key(1 + n)))))
  // What the copy's own 100,000 draws are off moves all alike, by √(100/100,000); a variance is off by √(2/n).
  const shared = Math.sqrt(100 / 100_000)
  expect(Math.abs(found.value)).toBeLessThan(4 * Math.hypot(1 / Math.sqrt(batches), shared))
  const variance = batches * found.standardError ** 2
  expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / batches) + 4 * shared)
  // U of 8 harmonic units: mean 4 kT, sd 2 kT. At twice the temperature a batch has 8 kT: z = √100·4/2 = 20 ± 2.
  const hot = exactSampler(potential, theta, { ...bath, kT: 2 * bath.kT })(100, key(9999))
  expect(Math.abs(z(hot) - 20)).toBeLessThan(8)
  expect(z(hot)).toBeGreaterThan(boundary)
  const cold = exactSampler(potential, theta, { ...bath, kT: 1e-9 })(100, key(9999))
  expect(Math.abs(z(cold) + 20)).toBeLessThan(0.5)
})

test('each task has the same share of what is learned from, the replay first', () => {
  const fresh = { points: Float64Array.of(1, 2, 3, 4), count: 2, units: 2 }
  const replay = (count: number, task: number) => ({
    points: new Float64Array(count * 2).fill(10 * task),
    count,
    units: 2,
  })
  expect(withReplay(fresh, 0, replay)).toEqual(fresh)
  const third = withReplay(fresh, 2, replay)
  expect(third.count).toBe(6)
  expect([...third.points]).toEqual([...new Array(8).fill(20), 1, 2, 3, 4])
  expect(withReplay(fresh, 2, () => null)).toEqual(fresh)
})

test('laws of a linear potential on one grid are those that are computed anew, at any temperature', () => {
  const centres = [-2, -1, 0, 1, 2].flatMap((x) => [-1, 0, 1].map((y) => [x, y]))
  const potential = potentialOf(plane, [
    fixedTerm('base', formulaFeature('((x^2+y^2)/4)^2')),
    featureTerm({ name: 'radial' }, radialFeatures(centres, 0.6)),
  ])
  const laws = linearLaws(potential, bath, 81)!
  for (const scale of [0, 1, 4]) {
    const theta = normals(potential.size, 3).map((value) => scale * value)
    const means = meanStatistics(potential, theta, bath, 81)!
    laws.means(theta).forEach((value, a) => {
      expect(Math.abs(value - means[a]!)).toBeLessThan(1e-11)
    })
    const known = modelDensity(potential, theta, bath, 81)!
    expect(Math.abs(laws.density(theta).logPartition - known.logPartition)).toBeLessThan(1e-11)
  }
})

test.each([false, true])('training goes on from the parameters that are given (centred: %s)', async (centre) => {
  const potential = potentialOf(plane, [stiffness, bias, bilinear])
  const noising = createNoising({ slices: 3 }, bath)
  const set = { points: normals(400, 5).map((value) => value + 3), count: 200, units: 2 }
  const start = noising.knots.map((_, slice) => Float64Array.of(2 + slice, 3, 0.5, -0.5, 0.2 * slice))
  const state = createTrainingState(new Float64Array(potential.size))
  const optimizer = { rate: 1e-12, finalRate: 1, beta1: 0.9, beta2: 0.99 }
  const options = {
    rule: 'force-matching',
    optimizer,
    iterations: 1,
    batch: 16,
    average: false,
    oracle: false,
  } as const
  const task = { potential, noising, drive: 'reverse', seed: 1, data: { train: set, heldOut: set } } as const
  await train(task, { ...options, start, centre }, state, createReference())
  for (const [slice, theta] of state.finished.entries())
    theta.forEach((value, a) => {
      expect(value).toBeCloseTo(start[slice]![a]!, 8)
    })
})
