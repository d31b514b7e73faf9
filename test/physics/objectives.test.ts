import { describe, expect, test } from 'vitest'
import { densities } from '../../src/learning/data/densities.js'
import { chainObjective } from '../../src/learning/objectives/contrastive-divergence.js'
import { exactStates } from '../../src/learning/objectives/exact-states.js'
import {
  minibatch,
  type Transport,
  type WeightedMove,
  weightedByWork,
  weightedLangevin,
} from '../../src/learning/objectives/jarzynski.js'
import { createLandscape, type Landscape } from '../../src/learning/objectives/landscape.js'
import { moveBy } from '../../src/learning/objectives/moves.js'
import { contrast, type Phase } from '../../src/learning/objectives/objective.js'
import { createWalkers, logPartitionRatio } from '../../src/learning/objectives/walkers.js'
import { eulerMaruyama } from '../../src/physics/dynamics/euler-maruyama.js'
import { mala } from '../../src/physics/dynamics/mala.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { stream } from '../../src/physics/noise/streams.js'
import { effectiveSampleSize, normalised } from '../../src/physics/observe/log-weights.js'
import { fourierFeatures, polynomialFeatures } from '../../src/physics/potential/feature-maps.js'
import { featureTerm } from '../../src/physics/potential/features.js'
import { bias, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { forceAndEnergy, potentialOf, statistic } from '../../src/physics/potential/potential.js'
import { wellsTerm } from '../../src/physics/potential/wells.js'
import { stationaryCovariance } from '../../src/physics/truth/harmonic.js'
import { meanStatistics } from '../../src/physics/truth/mean-statistics.js'
import { eachCell, logPartition, meanSquare, modelDensity } from '../../src/physics/truth/partition.js'
import { quarticMoment } from '../../src/physics/truth/quartic.js'

const plain = (units: number) => createNetwork({ visible: { units }, couplings: { visible: { range: 'all' } } })
const bath = { kT: 1.5, mobility: 0.8 }
const limit = 4
const batch = 20_000
const trap = potentialOf(plain(1), [stiffness])

/** log Z ratio and ⟨x²⟩ of a trap that stiffens from kT to 4kT, so that ⟨x²⟩ goes from 1 to ¼, with their standard errors. */
function ramp(moveOf: (landscape: Landscape) => WeightedMove, steps: number) {
  const theta = (n: number) => Float64Array.of(bath.kT * (1 + (3 * n) / steps))
  const key = { seed: 3, stream: stream.initial, step: 0 }
  const walkers = createWalkers(exactStates(trap, theta(0), bath, batch, key).x, batch)
  const landscape = createLandscape(trap, bath)
  const move = moveOf(landscape)
  const energyBefore = totalEnergy(theta(0), walkers.x)
  for (let n = 0; n < steps; n++) move(walkers, theta(n), theta(n + 1), 3, n)
  const weights = normalised(walkers.logWeights)
  const square = walkers.x.reduce((sum, x, n) => sum + weights[n]! * x * x, 0)
  return {
    logZ: logPartitionRatio(walkers),
    logZError: Math.sqrt((batch / effectiveSampleSize(walkers.logWeights) - 1) / batch),
    square,
    squareError: Math.hypot(...walkers.x.map((x, n) => weights[n]! * (x * x - square))),
    cost: landscape.cost,
    energyChange: totalEnergy(theta(steps), walkers.x) - energyBefore,
  }
}

/** Of all walkers, in kT. */
function totalEnergy(theta: Float64Array, x: Float64Array): number {
  const energy = new Float64Array(x.length)
  forceAndEnergy(trap, theta, x, x.length, null, energy)
  return energy.reduce((sum, value) => sum + value / bath.kT, 0)
}

const exactLogZ = -Math.log(4) / 2
const interpolant: Transport = (from, to, { x }, out) => {
  for (let n = 0; n < x.length; n++) out[n] = x[n]! * (Math.sqrt(from[0]! / to[0]!) - 1)
}

/** Steps in units of the first relaxation time: the last trap has a quarter of it. */
describe.each([0.02, 0.2])('a ramp of the stiffness from 1 to 4 in steps of h = %f', (scaled) => {
  const h = scaled / (bath.mobility * bath.kT)
  test.each<[string, (landscape: Landscape) => WeightedMove]>([
    ['Langevin’s own step', (landscape) => weightedLangevin(landscape, h)],
    ['the interpolant', (landscape) => weightedLangevin(landscape, h, interpolant)],
    ['MALA', (landscape) => weightedByWork(landscape, moveBy(mala, landscape, h))],
    ['a minibatch of walkers', (landscape) => minibatch(landscape, weightedLangevin(landscape, h), 0.3)],
  ])('%s, weighted, gives log Z and ⟨x²⟩ within 4 s.e.', (_, moveOf) => {
    const { logZ, logZError, square, squareError } = ramp(moveOf, 20)
    expect(logZError).toBeLessThan(0.02)
    expect(Math.abs(logZ - exactLogZ) / logZError).toBeLessThan(limit)
    expect(Math.abs(square - 0.25) / squareError).toBeLessThan(limit)
  })
})

test('the uncorrected work misses log Z by more than 10 % at h = .2', () => {
  const h = 0.2 / (bath.mobility * bath.kT)
  const { logZ } = ramp((landscape) => weightedByWork(landscape, moveBy(eulerMaruyama, landscape, h)), 40)
  expect(logZ / exactLogZ).toBeGreaterThan(1.1)
})

test('moving by the old potential after the jump is biased by more than 10 standard errors', () => {
  const h = 0.2 / (bath.mobility * bath.kT)
  const { logZ, logZError } = ramp((landscape) => weightedByWork(landscape, moveBy(mala, landscape, h), true), 10)
  expect(Math.abs(logZ - exactLogZ) / logZError).toBeGreaterThan(10)
})

test.each<[string, (landscape: Landscape) => WeightedMove]>([
  ['Langevin', (landscape) => weightedLangevin(landscape, 0.05)],
  ['MALA', (landscape) => weightedByWork(landscape, moveBy(mala, landscape, 0.05))],
])(
  'first law: work less heat is the change of energy of the walkers, by %s, and no less work is done than ΔF',
  (_, moveOf) => {
    const { cost, energyChange, logZ } = ramp(moveOf, 20)
    // Rounding of sums of 20 steps of 20,000 energies of order 1.
    expect(Math.abs(cost.work! - cost.heat! - energyChange)).toBeLessThan(1e-6)
    expect(cost.work! / batch).toBeGreaterThan(-logZ)
  },
)

describe('two wells that nothing crosses between', () => {
  const wells = potentialOf(plain(1), [wellsTerm({ centres: [[-6], [6]], width: 1 }, bath.kT)])
  const start = new Float64Array(1)
  const states = exactStates(wells, Float64Array.of(Math.log(3)), bath, batch, {
    seed: 5,
    stream: stream.data,
    step: 0,
  })
  const data: Phase = { ...states, name: 'data', scale: 1, weights: null }
  const exactGradient = -bath.kT * (0.75 - 0.5)

  test('the normaliser does not depend on their distance', () => {
    const expected = Math.log(Math.sqrt(2 * Math.PI) * (1 + 3))
    expect(logPartition(wells, Float64Array.of(Math.log(3)), bath)).toBeCloseTo(expected, 9)
  })

  test('short runs give no gradient of the weight', () => {
    const objective = chainObjective({
      move: moveBy(eulerMaruyama, createLandscape(wells, bath), 0.05),
      steps: 10,
      seed: 1,
      data: () => data,
    })
    const gradient = contrast(wells, start, objective.phases(start, 0), new Float64Array(1))
    expect(Math.abs(gradient[0]!)).toBeLessThan(1e-3 * Math.abs(exactGradient))
  })

  test('reweighted walkers have the gradient of maximum likelihood after the weight has moved', () => {
    const walkers = createWalkers(
      exactStates(wells, start, bath, batch, { seed: 6, stream: stream.initial, step: 0 }).x,
      batch,
    )
    const move = weightedLangevin(createLandscape(wells, bath), 0.1)
    const theta = (n: number) => Float64Array.of((Math.log(3) * n) / 30)
    for (let n = 0; n < 30; n++) move(walkers, theta(n), theta(n + 1), 6, n)
    const model: Phase = { ...walkers, name: 'model', scale: -1, weights: normalised(walkers.logWeights) }
    const gradient = contrast(wells, theta(30), [data, model], new Float64Array(1))
    // Both means are of an indicator with p = ¾; the walkers began at ½ and are fewer by their effective share.
    const error = bath.kT * Math.sqrt((0.75 * 0.25) / batch + (0.75 * 0.25) / effectiveSampleSize(walkers.logWeights))
    expect(Math.abs(gradient[0]!) / error).toBeLessThan(limit)
    expect(
      Math.abs(contrast(wells, start, [data, { ...model, weights: null }], new Float64Array(1))[0]! - exactGradient) /
        error,
    ).toBeLessThan(limit)
  })
})

describe('truths', () => {
  const ring = potentialOf(plain(4), [stiffness, bias, bilinear])
  const theta = new Float64Array(ring.size)
  theta.set([2, 2.5, 1.5, 2, 0.5, 0, -0.3, 0.2, 0.6, -0.3, 0, 0.5, 0, -0.4])

  test('log Z of a harmonic pair is the same in closed form and by quadrature', () => {
    const pair = potentialOf(plain(2), [stiffness, bias, bilinear])
    const parameters = Float64Array.of(2, 1.5, 0.3, -0.2, 0.7)
    expect(modelDensity(pair, parameters, bath)!.logPartition).toBeCloseTo(logPartition(pair, parameters, bath)!, 8)
  })

  test('exact states have the means of the statistics that log Z says, and the covariance kT K⁻¹', () => {
    const { x } = exactStates(ring, theta, bath, batch, { seed: 4, stream: stream.initial, step: 0 })
    const means = meanStatistics(ring, theta, bath)!
    const found = new Float64Array(ring.size)
    const blocks = 100
    const size = batch / blocks
    const sums = Array.from({ length: ring.size }, () => [0, 0])
    for (let k = 0; k < blocks; k++) {
      const part = new Float64Array(4 * size)
      for (let i = 0; i < 4; i++) part.set(x.subarray(i * batch + k * size, i * batch + (k + 1) * size), i * size)
      statistic(ring, theta, part, size, found)
      sums.forEach((sum, a) => {
        sum[0]! += found[a]! / size / blocks
        sum[1]! += (found[a]! / size) ** 2 / blocks
      })
    }
    sums.forEach(([mean, square], a) => {
      const error = Math.sqrt((square! - mean! ** 2) / (blocks - 1))
      expect(Math.abs(mean! - means[a]!) / error).toBeLessThan(limit)
    })
    const K = [2, 0.6, -0.3, 0, 0.6, 2.5, 0.5, 0, -0.3, 0.5, 1.5, -0.4, 0, 0, -0.4, 2]
    const covariance = stationaryCovariance(Float64Array.from(K), bath)
    const centre = new Float64Array(theta)
    centre.fill(0, 4, 8)
    const trace = [0, 5, 10, 15].reduce((sum, n) => sum + covariance[n]! / 4, 0)
    expect(meanSquare(ring, centre, bath)).toBeCloseTo(trace, 9)
  })

  test('states drawn through a quadrature have its moments: quartic wells, one and two units', () => {
    for (const units of [1, 2]) {
      const well = potentialOf(plain(units), [quartic])
      const parameters = new Float64Array(units).fill(1)
      const { x } = exactStates(well, parameters, bath, batch, { seed: 8, stream: stream.initial, step: 0 })
      const [second, fourth] = [quarticMoment(1, bath.kT, 2), quarticMoment(1, bath.kT, 4)]
      const mean = x.reduce((sum, value) => sum + value * value, 0) / x.length
      expect(Math.abs(mean - second) / Math.sqrt((fourth - second ** 2) / x.length)).toBeLessThan(limit)
    }
  })

  test('a potential that does not confine its unit has no normaliser', () => {
    const open = potentialOf(plain(1), [featureTerm({ name: 'fourier' }, fourierFeatures(1, 4))])
    expect(() => logPartition(open, Float64Array.of(1, 1), bath)).toThrow(/does not confine.*E_INVALID_VALUE/)
    const closed = potentialOf(plain(1), [featureTerm({ name: 'polynomial' }, polynomialFeatures(4))])
    expect(logPartition(closed, Float64Array.of(0, 0, 0, 0.25), bath)).toBeGreaterThan(0)
  })
})

describe.each(Object.entries(densities))('the density %s', (name, make) => {
  const density = make()
  const { units } = density
  // A common grid for a sum over the plane: midpoints, so that the checkerboard's edges lie between them.
  const side = units === 1 ? 4000 : 400
  const reach = name === 'two-modes' ? 3 : 8
  const axis = Float64Array.from({ length: side }, (_, n) => reach * ((2 * n + 1) / side - 1))
  const grid = { units: units as 1 | 2, x: axis, density: new Float64Array(side ** units), logPartition: 0 }
  let cell = 0
  const moments = new Float64Array(units * (units + 1))
  eachCell(grid, (state) => {
    const p = Math.exp(density.logDensity(state)) * (axis[1]! - axis[0]!) ** units
    cell += p
    for (let i = 0; i < units; i++) {
      moments[i]! += p * state[i]!
      for (let j = 0; j < units; j++) moments[units + i * units + j]! += p * state[i]! * state[j]!
    }
  })

  test('is normalised', () => expect(cell).toBeCloseTo(1, 6))

  test('draws what it says: means and second moments within 4 s.e.', () => {
    const { points } = density.sample(batch, 1, 0)
    for (let i = 0; i < units; i++)
      for (const j of [-1, ...Array.from({ length: units }, (_, n) => n)]) {
        const values = Array.from(
          { length: batch },
          (_, n) => points[n * units + i]! * (j < 0 ? 1 : points[n * units + j]!),
        )
        const mean = values.reduce((sum, value) => sum + value, 0) / batch
        const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / batch
        const expected = j < 0 ? moments[i]! : moments[units + i * units + j]!
        expect(Math.abs(mean - expected) / error).toBeLessThan(limit)
      }
  })
})

test('two-modes is standardised: mean 0, variance 1, and two thirds of it on the left', () => {
  const density = densities['two-modes']()
  let [mass, mean, variance, left] = [0, 0, 0, 0]
  for (let n = 0; n < 60_000; n++) {
    const x = -3 + (n + 0.5) * 1e-4
    const p = Math.exp(density.logDensity(Float64Array.of(x))) * 1e-4
    mass += p
    mean += p * x
    variance += p * x * x
    if (x < 0.35) left += p
  }
  expect(mass).toBeCloseTo(1, 8)
  expect(mean).toBeCloseTo(0, 8)
  expect(variance).toBeCloseTo(1, 6)
  expect(left).toBeCloseTo(2 / 3, 8)
})
