import { describe, expect, test } from 'vitest'
import type { PointSet } from '../../src/physics/network/states.js'
import { integralFluctuation } from '../../src/physics/observe/entropy-production.js'
import { meanOf, zScore } from '../../src/physics/observe/estimate.js'
import { gaussianDensity } from '../../src/physics/observe/gaussian-density.js'
import {
  boundaryEntropy,
  type EntropyEstimate,
  exactDensity,
  gaussianFitDensity,
  nearestNeighbourDensity,
  type StateDensity,
  stateEntropy,
} from '../../src/physics/observe/state-density.js'
import { expectCalibrated, gaussians, uniforms, zScores } from '../calibration.js'

const states = (count: number, units: number, seed: number, variance = 1): PointSet => {
  return { points: gaussians(count * units, seed, units, 0, variance), count, units }
}

/** Entropy of `units` independent Gaussians. */
const gaussianEntropy = (units: number, variance = 1) => (units / 2) * Math.log(2 * Math.PI * Math.E * variance)

describe('the integral fluctuation theorem', () => {
  test('has mean 1 with honest errors for Gaussian entropy production', () => {
    // ⟨e^(-ΔS)⟩ = 1 for a Gaussian of variance twice its mean.
    const measured = Array.from({ length: 200 }, (_, seed) => integralFluctuation(gaussians(2000, seed, 0, 0.18, 0.36)))
    expectCalibrated(Float64Array.from(measured, (m) => zScore(m, 1)))
    expect(measured.every(({ warning }) => warning === null)).toBe(true)
    // ESS/n = ⟨w⟩²/⟨w²⟩ = e^(-.36); its scatter at 2,000 values is a few per cent.
    expect(measured[0]!.effectiveSampleSize / 2000 / Math.exp(-0.36)).toBeCloseTo(1, 1)
  })

  test('warns of entropy production too large for the number of trajectories', () => {
    expect(integralFluctuation(gaussians(1000, 1, 0, 18, 36)).warning).toMatch(/slower protocol or more trajectories/)
  })

  test('rejects entropy production without its boundary part', () => {
    const rejected = integralFluctuation(gaussians(3000, 1, 0, 0.25, 0.36))
    expect(zScore(rejected, 1)).toBeLessThan(-4)
  })
})

/** Mean, standard deviation and quoted errors of the entropy of many sets of states by nearest neighbours, less the truth. */
function neighbourEntropies(sets: PointSet[], truth: number) {
  const estimates = sets.map((set) => stateEntropy(nearestNeighbourDensity(set)))
  const values = Float64Array.from(estimates, ({ value }) => value - truth)
  const { value: offset, standardError } = meanOf(values)
  return {
    offset,
    deviation: standardError * Math.sqrt(sets.length),
    quoted: Math.sqrt(meanOf(Float64Array.from(estimates, (e) => e.standardError ** 2)).value),
    bias: meanOf(Float64Array.from(estimates, (e) => e.bias)).value,
  }
}

describe('the entropy of states', () => {
  test.each([1, 2, 3])('in %i dimensions is that of a Gaussian, by all three densities, with safe errors', (units) => {
    const truth = gaussianEntropy(units, 0.4)
    const sets = Array.from({ length: 100 }, (_, seed) => states(250, units, seed, 0.4))
    const z = (density: (set: PointSet) => StateDensity) =>
      zScores(150, (seed) => {
        const set = states(600, units, seed, 0.4)
        const { value, bias, standardError } = stateEntropy(density(set))
        return zScore({ value: value - bias, standardError }, truth)
      })
    expectCalibrated(z((set) => exactDensity(set, gaussianDensity(0, 0.4))))
    expectCalibrated(z((set) => gaussianFitDensity(set)!))
    const { offset, deviation, quoted } = neighbourEntropies(sets, truth)
    // Of 100 sets a deviation is good to 7.1 %; the jackknife's error is up to 1.8 times too large, never too small.
    expect(quoted / deviation).toBeGreaterThan(1 - 4 * 0.071)
    expect(quoted / deviation).toBeLessThan(1.8 + 4 * 0.071)
    expect(Math.abs(offset)).toBeLessThan(quoted)
  })

  test.each([1, 2, 3])('of a uniform density in %i dimensions is 0 by nearest neighbours but for the bias', (units) => {
    const sets = Array.from({ length: 100 }, (_, seed) => {
      return { points: uniforms(200 * units, seed, units), count: 200, units }
    })
    const { offset, deviation, quoted, bias } = neighbourEntropies(sets, 0)
    // The bias is the mean of differences of halves, each of which scatters by 2 deviations/(2^(1/d) - 1).
    const scatter = (2 * deviation) / (2 ** (1 / units) - 1) / Math.sqrt(sets.length)
    expect(Math.abs(offset - bias)).toBeLessThan(4 * scatter + 0.1 * bias)
    expect(quoted / deviation).toBeGreaterThan(1 - 4 * 0.071)
    if (units === 3) expect(bias).toBeGreaterThan(0.15)
  })

  test('of a Gaussian fit is d(d + 3)/4n too small in few states, which its bias says', () => {
    const estimates = Array.from({ length: 300 }, (_, seed) => stateEntropy(gaussianFitDensity(states(50, 3, seed))!))
    const mean = (f: (e: EntropyEstimate) => number) =>
      zScore(meanOf(Float64Array.from(estimates, f)), gaussianEntropy(3))
    expect(mean(({ value }) => value)).toBeLessThan(-4)
    expect(Math.abs(mean(({ value, bias }) => value - bias))).toBeLessThan(4)
  })

  test('of a uniform density is .18 too large by the Gaussian fit', () => {
    const set = { points: uniforms(4000, 1, 0), count: 4000, units: 1 }
    const { value, standardError } = stateEntropy(gaussianFitDensity(set)!)
    expect(Math.abs(zScore({ value, standardError }, Math.log((2 * Math.PI * Math.E) / 12) / 2))).toBeLessThan(4)
  })

  test('moves with the scale of the states by ln of it in each dimension', () => {
    const set = states(300, 2, 5)
    const wider = { ...set, points: set.points.map((x) => 3 * x) }
    for (const density of [nearestNeighbourDensity, (s: PointSet) => gaussianFitDensity(s)!])
      expect(stateEntropy(density(wider)).value - stateEntropy(density(set)).value).toBeCloseTo(2 * Math.log(3), 9)
  })

  test('has no neighbour density where states are equal or too few, and no Gaussian one either', () => {
    const equal = { points: new Float64Array(20), count: 20, units: 1 }
    expect(() => nearestNeighbourDensity(equal)).toThrow(/state 0 stands 5 times.*E_DATA/)
    expect(() => nearestNeighbourDensity(states(11, 1, 1))).toThrow(/11 states; expected more than 11/)
    expect(gaussianFitDensity(equal)).toBeNull()
  })
})

test('the boundary part is the change of entropy, labelled, with the error of paired trajectories', () => {
  const before = states(3000, 1, 1)
  // Each state shrunk in place: the two logarithms move together and the difference is exactly ln ½.
  const after = { ...before, points: before.points.map((x) => x / 2) }
  const paired = boundaryEntropy(
    exactDensity(before, gaussianDensity(0, 1)),
    exactDensity(after, gaussianDensity(0, 0.25)),
  )
  expect(paired.value).toBeCloseTo(Math.log(0.5), 12)
  expect(paired.standardError).toBeLessThan(1e-12)
  const mixed = boundaryEntropy(
    exactDensity(before, gaussianDensity(0, 1)),
    nearestNeighbourDensity(states(3000, 1, 2, 4)),
  )
  expect(mixed.sources).toEqual({ initial: 'exact', final: 'nearest-neighbour' })
  expect(Math.abs(zScore(mixed, Math.log(2)))).toBeLessThan(4)
  expect(mixed.perTrajectory.length).toBe(3000)
})
