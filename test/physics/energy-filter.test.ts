import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { expect, test } from 'vitest'
import { mixtureDensity } from '../../src/learning/data/density.js'
import { pairDensity } from '../../src/learning/data/pair-law.js'
import { higherOfTwo, pairScores, scorePairs } from '../../src/learning/objectives/energy-filter.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { contrast } from '../../src/learning/objectives/objective.js'
import { type PairObjectiveOptions, pairLogits, pairObjective } from '../../src/learning/objectives/pair-energy.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { columnsOf, copyState, sliceStates } from '../../src/physics/network/states.js'
import { drawNormals } from '../../src/physics/noise/gaussian.js'
import { stream } from '../../src/physics/noise/streams.js'
import { distinctIntegers } from '../../src/physics/noise/uniform.js'
import { bias, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import { normals } from '../systems.js'

const bath = { kT: 1.5, mobility: 0.8 }
const halves = (units: number) => {
  const edges = Array.from({ length: units * units }, (_, e): [number, number] => [
    Math.floor(e / units),
    units + (e % units),
  ])
  const network = createNetwork({ visible: { units: 2 * units }, couplings: { visible: { edges } } })
  return createLandscape(potentialOf(network, [stiffness, bias, bilinear]), bath)
}

test.each<[string, Partial<PairObjectiveOptions>, number]>([
  ['the pair loss', {}, 0],
  ['complementary learning', { complementary: 1 }, 0.4],
])('the gradient of %s is the finite difference of its loss, at kT ≠ 1 and any weights', (_, own, least) => {
  const landscape = halves(2)
  const { potential } = landscape
  const pairs = { x: normals(4 * 7, 1), batch: 7 }
  const weights = Float64Array.from({ length: 7 }, (_, n) => (n % 3 === 0 ? least : 1))
  const data = () => ({ ...pairs, name: 'pairs', scale: 1, weights })
  const objective = pairObjective({ landscape, split: 2, data, ...own })
  const theta = normals(potential.size, 2).map((value) => value / 2)
  const lossAt = (at: Float64Array) => {
    objective.phases(at, 0)
    return objective.loss()
  }
  const gradient = contrast(potential, theta, objective.phases(theta, 0), new Float64Array(potential.size))
  // Central differences of step 1e-5 are off by 1e-10, and by 1e-11 of rounding.
  theta.forEach((_, a) => {
    const moved = (by: number) => lossAt(theta.map((value, b) => value + (a === b ? by : 0)))
    expect(gradient[a]! / bath.kT).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 8)
  })
})

test('the log ratios of pairs are those of the mixture and of its two halves', () => {
  const law = pairDensity({ units: 2, clusters: 3, correlation: 0.7, world: 5 })
  const half = (from: number) =>
    mixtureDensity(
      law.components!.map(({ weight, mean, root }) => {
        const L = new Matrix(root.slice(from, from + 2).map((row) => [...row]))
        const own = new CholeskyDecomposition(L.mmul(L.transpose())).lowerTriangularMatrix.to2DArray()
        return { weight, mean: mean.slice(from, from + 2), root: own }
      }),
    )
  const pairs = columnsOf(law.sample(5, 1, 0))
  const [x, y] = [half(0), half(2)]
  const [first, second] = [new Float64Array(4), new Float64Array(4)]
  law.logRatios(pairs, pairs).forEach((ratio, n) => {
    copyState(pairs, Math.floor(n / 5), first)
    copyState(pairs, n % 5, second)
    const both = Float64Array.of(first[0]!, first[1]!, second[2]!, second[3]!)
    const expected = law.logDensity(both) - x.logDensity(first.subarray(0, 2)) - y.logDensity(second.subarray(2))
    expect(ratio).toBeCloseTo(expected, 10)
  })
})

test('at the energy whose -U/kT is the log ratio the gradient vanishes within 4 s.e., and away from it it does not', () => {
  const [units, correlation, batch, batches] = [2, 0.8, 40, 60]
  const law = pairDensity({ units, clusters: 1, correlation, world: 3 })
  const landscape = halves(units)
  const { potential } = landscape
  const { mean, root } = law.components![0]!
  const v = 1 - correlation ** 2
  // y alone is N(m, c); root's lower left block is .7ρA.
  const c = 0.49 * correlation ** 2 + v
  const couplings = Array.from({ length: units }, (_, i) =>
    Array.from({ length: units }, (_, j) => (-bath.kT * root[units + j]![i]!) / 0.7 / v),
  ).flat()
  const each = (value: number) => Array.from({ length: units }, () => value)
  const theta = Float64Array.from([
    ...each((bath.kT * correlation ** 2) / v),
    ...each(bath.kT * (1 / v - 1 / c)),
    ...each(0),
    ...mean.slice(units).map((m) => (-bath.kT * m) / c),
    ...couplings,
  ])
  const pairs = columnsOf(law.sample(batch * batches, 4, 0))
  const some = sliceStates(pairs, 0, batch)
  const [found, exact] = [pairLogits(landscape, theta, some, some, units), law.logRatios(some, some)]
  const constant = found[0]! - exact[0]!
  found.forEach((value, n) => {
    expect(value - exact[n]!).toBeCloseTo(constant, 9)
  })
  const scores = (at: Float64Array) => {
    const rows = Array.from({ length: batches }, (_, k) => {
      const data = () => ({ ...sliceStates(pairs, k * batch, batch), name: 'pairs', scale: 1, weights: null })
      const { phases } = pairObjective({ landscape, split: units, data })
      return contrast(potential, at, phases(at, 0), new Float64Array(potential.size))
    })
    return Array.from(at, (_, a) => {
      const mean = rows.reduce((sum, row) => sum + row[a]!, 0) / batches
      const spread = Math.sqrt(rows.reduce((sum, row) => sum + (row[a]! - mean) ** 2, 0) / (batches - 1))
      return Math.abs(mean) / (spread / Math.sqrt(batches))
    })
  }
  expect(Math.max(...scores(theta))).toBeLessThan(4)
  expect(Math.max(...scores(theta.map((value) => value / 2)))).toBeGreaterThan(8)
})

test('two Gaussians are told apart as their own law does, and a permuted pair has the lower score', () => {
  const count = 4000
  const z = drawNormals({ seed: 1, stream: stream.data, step: 0 }, 1, count)
  // A third is N(3, .5²), the rest N(0, 1).
  const values = z.map((value, n) => (n % 3 === 0 ? 3 + value / 2 : value))
  const share = higherOfTwo(values)
  const own = (value: number) => {
    const [high, low] = [Math.exp(-2 * (value - 3) ** 2) * 2, Math.exp(-(value ** 2) / 2) * 2]
    return high / (high + low)
  }
  // Weights, means and widths are known to 1/sqrt(1300) = .03 of a width; a probability to a third of that.
  const off = values.reduce((sum, value, n) => sum + Math.abs(share[n]! - own(value)), 0) / count
  expect(off).toBeLessThan(0.01)
  expect(share[0]!).toBeGreaterThan(0.5)

  const law = pairDensity({ units: 4, clusters: 2, correlation: 0.9, world: 1 })
  const pairs = columnsOf(law.sample(200, 2, 0))
  for (let unit = 4; unit < 8; unit++) pairs.x.copyWithin(unit * 200, unit * 200 + 1, unit * 200 + 50)
  const order = distinctIntegers({ seed: 1, stream: stream.pairs, step: 0 }, 200, 200)
  const scored = scorePairs((some) => law.logRatios(some, some), pairScores.difference, pairs, [order], 60)
  const mean = (from: number, to: number) => scored.slice(from, to).reduce((sum, s) => sum + s, 0) / (to - from)
  expect(scored.every(Number.isFinite)).toBe(true)
  expect(mean(50, 200) - mean(0, 49)).toBeGreaterThan(3)
})
