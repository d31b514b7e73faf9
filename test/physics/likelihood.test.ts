import { describe, expect, test } from 'vitest'
import { barsAndStripes } from '../../src/learning/data/bars-and-stripes.js'
import {
  logPseudoLikelihoods,
  negativeLogLikelihood,
  visibleLogWeights,
} from '../../src/learning/evaluation/likelihood.js'
import { columnsOf, rowsOf } from '../../src/physics/network/states.js'
import { restrictedEquilibrium } from '../../src/physics/truth/restricted-boltzmann.js'
import { randomMachine } from '../restricted-boltzmann.js'

const machine = randomMachine(5, 4, 3)
const batch = 32
/** Every state of the visible units. */
const all = {
  x: Float64Array.from({ length: 5 * batch }, (_, n) => (((n % batch) >> Math.floor(n / batch)) & 1 ? 1 : -1)),
  batch,
}

describe('the likelihood of a restricted Boltzmann machine', () => {
  const { logPartition } = restrictedEquilibrium(machine)
  const probability = visibleLogWeights(machine, all).map((weight) => Math.exp(weight - logPartition))

  test('sums to 1 over all states of the visible units', () => {
    expect(probability.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 13)
  })

  test('gives each unit the law given the others that the joint law has', () => {
    const found = logPseudoLikelihoods(machine, all)
    for (let b = 0; b < batch; b++) {
      let truth = 0
      for (let i = 0; i < 5; i++) truth += Math.log(probability[b]! / (probability[b]! + probability[b ^ (1 << i)]!))
      expect(found[b]!).toBeCloseTo(truth, 11)
    }
  })

  test('is a mean over data, whose error is that of log Z', () => {
    const data = { x: Float64Array.from([1, -1, 1, -1, 1, -1, 1, -1, 1, -1]), batch: 2 }
    const truth = -(Math.log(probability[0b11111]!) + Math.log(probability[0]!)) / 2
    const found = negativeLogLikelihood(machine, { value: logPartition, standardError: 0.25 }, data)
    expect(found.value).toBeCloseTo(truth, 11)
    expect(found.standardError).toBe(0.25)
  })

  test('of units far from any doubt has no overflow', () => {
    const certain = { ...machine, visibleBias: new Float64Array(5).fill(900) }
    const found = logPseudoLikelihoods(certain, all)
    expect(found[31]!).toBeCloseTo(0, 12)
    // Against biases of 900 each unit costs 1800, but for its couplings.
    expect(found[0]!).toBeLessThan(-8900)
    expect(Number.isFinite(found[0]!)).toBe(true)
  })
})

describe('bars and stripes', () => {
  test.each([
    [2, 6],
    [3, 14],
    [4, 30],
  ])('of %i × %i are all different and as many as there should be', (side, count) => {
    const { average, entropy, units } = barsAndStripes(side)
    const { points } = rowsOf(average)
    const images = Array.from({ length: average.batch }, (_, n) => points.slice(n * units, (n + 1) * units))
    expect(average.batch).toBe(count)
    expect([...average.weights]).toEqual(new Array(count).fill(1 / count))
    expect(new Set(images.map(String)).size).toBe(count)
    expect(entropy).toBe(Math.log(count))
    for (const image of images) {
      const isStripes = image.every((value, i) => value === image[side * Math.floor(i / side)])
      const isBars = image.every((value, i) => value === image[i % side])
      expect(isStripes || isBars).toBe(true)
      expect(image.every((value) => Math.abs(value) === 1)).toBe(true)
    }
  })

  test('come each equally often, in other draws others', () => {
    const law = barsAndStripes(3)
    const drawn = law.sample(28_000, 1, 0)
    const counts = new Map<string, number>()
    const rows = rowsOf(columnsOf(drawn))
    for (let n = 0; n < rows.count; n++) {
      const key = rows.points.slice(9 * n, 9 * n + 9).join()
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    expect(counts.size).toBe(14)
    // χ² of 13 degrees of freedom is above 40 once in 8,000 times.
    expect([...counts.values()].reduce((sum, c) => sum + (c - 2000) ** 2 / 2000, 0)).toBeLessThan(40)
    expect(law.sample(50, 1, 1).points).not.toEqual(law.sample(50, 1, 0).points)
  })
})
