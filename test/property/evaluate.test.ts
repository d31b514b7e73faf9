import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OverdampedError } from '../../src/errors.js'
import { bridgeMass } from '../../src/evaluate/bridge.js'
import { drawWithoutReplacement } from '../../src/evaluate/draw.js'
import { frechetDistance, frechetReference, frechetValue } from '../../src/evaluate/frechet.js'
import { harmonicControl } from '../../src/evaluate/harmonic-control.js'
import { oneNearestNeighbour } from '../../src/evaluate/nearest-neighbour.js'
import { nearestDistance } from '../../src/evaluate/nearest-training.js'
import { modeWeightErrorOfDigits, otherFraction, votedDigits } from '../../src/evaluate/other.js'
import { checkFinite, clipped, type PointSet, selectRows } from '../../src/evaluate/points.js'
import { fillNormals } from '../../src/noise/gaussian.js'
import { stream } from '../../src/noise/streams.js'
import { squaredDistance } from '../../src/observe/distance.js'
import type { Estimate } from '../../src/observe/estimate.js'
import { covariance, meanPoint } from '../../src/observe/moments.js'
import { nearestRows, searchSet } from '../../src/observe/nearest-rows.js'

const set = (...rows: number[][]): PointSet => {
  return { points: Float64Array.from(rows.flat()), count: rows.length, units: rows[0]!.length }
}

/** Independent standard normal points; `draw` tells independent sets apart. */
function normals(count: number, units: number, draw: number): PointSet {
  const points = new Float64Array(count * units)
  fillNormals(3, stream.data, draw, count, 0, units, points)
  return { points, count, units }
}

const shifted = (points: PointSet, by: readonly number[]): PointSet => {
  return { ...points, points: points.points.map((x, n) => x + by[n % points.units]!) }
}

const without = (points: PointSet, gone: (row: number) => boolean) =>
  selectRows(
    points,
    [...Array(points.count).keys()].filter((row) => !gone(row)),
  )

/** Root mean square of the quoted errors over the standard deviation of the values: 1 when the errors are right. */
function errorRatio(estimates: readonly Estimate[]): number {
  const count = estimates.length
  const mean = estimates.reduce((sum, { value }) => sum + value, 0) / count
  const variance = estimates.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (count - 1)
  return Math.sqrt(estimates.reduce((sum, { standardError }) => sum + standardError ** 2, 0) / count / variance)
}

/** Bounds of that ratio: 4 standard errors, 1/√(2R) each, of a standard deviation from R replicates. */
const replicates = 400
const ratioLimit = 4 / Math.sqrt(2 * replicates)

describe('draws without replacement', () => {
  it('are distinct, in range, and permutations when everything is drawn', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.nat(), (a, b, seed) => {
        const drawn = drawWithoutReplacement(seed, 0, Math.min(a, b), Math.max(a, b))
        expect(new Set(drawn).size).toBe(Math.min(a, b))
        expect(drawn.every((n) => n >= 0 && n < Math.max(a, b))).toBe(true)
      }),
    )
  })

  it('take every integer equally often, in every place, within 4 s.e.', () => {
    const seeds = 4000
    const first = new Float64Array(6)
    const any = new Float64Array(6)
    for (let seed = 0; seed < seeds; seed++) {
      const drawn = drawWithoutReplacement(seed, 0, 2, 6)
      first[drawn[0]!]!++
      for (const n of drawn) any[n]!++
    }
    const limit = (p: number) => 4 * Math.sqrt((p * (1 - p)) / seeds)
    for (const hits of first) expect(Math.abs(hits / seeds - 1 / 6)).toBeLessThan(limit(1 / 6))
    for (const hits of any) expect(Math.abs(hits / seeds - 1 / 3)).toBeLessThan(limit(1 / 3))
  })
})

describe('squared distance', () => {
  it('is the sum of squared differences for any number of units, and 0 for equal rows', () => {
    for (const units of [1, 3, 15, 16, 17, 32, 50]) {
      const a = normals(2, units, 1)
      const b = normals(2, units, 2)
      let sum = 0
      for (let unit = 0; unit < units; unit++) sum += (a.points[units + unit]! - b.points[unit]!) ** 2
      // Only the order of ≤ 50 additions differs.
      expect(Math.abs(squaredDistance(a.points, 1, b.points, 0, units) / sum - 1)).toBeLessThan(50 * Number.EPSILON)
      expect(squaredDistance(a.points, 1, a.points, 1, units)).toBe(0)
    }
  })

  it('may stop early only above its limit', () => {
    for (const units of [40, 48]) {
      const a = normals(30, units, 3)
      for (let i = 1; i < 30; i++) {
        const exact = squaredDistance(a.points, 0, a.points, i, units)
        expect(squaredDistance(a.points, 0, a.points, i, units, exact)).toBe(exact)
        expect(squaredDistance(a.points, 0, a.points, i, units, exact / 4)).toBeGreaterThan(exact / 4)
      }
    }
  })
})

describe('the search for nearest rows', () => {
  it('finds what sorting all distances finds, in the same order, however many units', () => {
    for (const units of [1, 3, 40, 70]) {
      const rows = normals(300, units, 1)
      // Rounded to a coarse grid, so that ties and duplicates occur.
      const grid = { ...rows, points: rows.points.map(Math.round) }
      for (const [samples, set] of [
        [normals(40, units, 2), rows],
        [selectRows(grid, [5, 50, 250]), grid],
      ] as const) {
        const { rows: found, squaredDistances } = nearestRows(samples, searchSet(set), 7, false)
        for (let n = 0; n < samples.count; n++) {
          const all = Array.from({ length: 300 }, (_, row) =>
            squaredDistance(samples.points, n, set.points, row, units),
          )
          const order = [...all.keys()].sort((a, b) => all[a]! - all[b]! || a - b).slice(0, 7)
          expect([...found.subarray(7 * n, 7 * n + 7)]).toEqual(order)
          expect([...squaredDistances.subarray(7 * n, 7 * n + 7)]).toEqual(order.map((row) => all[row]))
        }
      }
    }
  })
})

describe('1-nearest-neighbour accuracy', () => {
  it('is .5 within 4 s.e. for two draws from one distribution', () => {
    const { value, standardError } = oneNearestNeighbour(normals(500, 8, 1), normals(200, 8, 2), 1)
    // A point leaves n-1 of its own set and n of the other: the expectation is (n-1)/(2n-1).
    expect(Math.abs(value - 199 / 399)).toBeLessThan(4 * standardError)
    expect(standardError).toBeLessThan(0.04)
  })

  it('is 1 for sets far apart and 0 for samples that copy held-out digits, without error', () => {
    const a = normals(60, 4, 3)
    expect(oneNearestNeighbour(shifted(a, [99, 0, 0, 0]), normals(50, 4, 4), 1)).toEqual({ value: 1, standardError: 0 })
    expect(oneNearestNeighbour(a, a, 1)).toEqual({ value: 0, standardError: 0 })
  })

  it('counts equally near neighbours by the fraction from the own set', () => {
    // Samples 0, 0; digits 0, 10. Each sample: the other sample or the digit, ½. Digit 0: two samples, 0.
    // Digit 10: two samples and digit 0 at the same distance, ⅓.
    expect(oneNearestNeighbour(set([0], [0]), set([0], [10]), 1).value).toBeCloseTo((0.5 + 0.5 + 0 + 1 / 3) / 4, 14)
  })

  it('does not depend on the order of the sets, of rows, or on which set is larger', () => {
    const a = normals(40, 3, 5)
    const b = shifted(normals(40, 3, 6), [1, 0, 0])
    const reversed = selectRows(b, [...Array(40).keys()].reverse())
    const { value, standardError } = oneNearestNeighbour(a, b, 1)
    for (const same of [oneNearestNeighbour(b, a, 1), oneNearestNeighbour(a, reversed, 2)]) {
      expect(same.value).toBeCloseTo(value, 14)
      expect(same.standardError).toBeCloseTo(standardError, 14)
    }
    const large = shifted(normals(90, 3, 7), [1, 0, 0])
    expect(oneNearestNeighbour(large, a, 1).value).toBe(oneNearestNeighbour(a, large, 1).value)
  })

  // In one dimension two thirds of the points are mutual neighbours, so that the binomial error is .77 of the truth;
  // five subsets of a large set give errors far below it (1.4).
  it.each([
    { samples: 40, heldOut: 40, units: 1 },
    { samples: 400, heldOut: 40, units: 8 },
    { samples: 40, heldOut: 160, units: 2 },
  ])('has the standard error of independent replicates: $samples against $heldOut', ({ samples, heldOut, units }) => {
    const estimates = Array.from({ length: replicates }, (_, r) =>
      oneNearestNeighbour(normals(samples, units, 1000 + 2 * r), normals(heldOut, units, 1001 + 2 * r), r),
    )
    expect(Math.abs(errorRatio(estimates) - 1)).toBeLessThan(ratioLimit)
  })

  it('has no error when each set is certain: samples collapsed amid digits far from one another', () => {
    const digits = set([10, 0], [-5, 8.66], [-5, -8.66])
    expect(oneNearestNeighbour(set([0, 0], [0, 0.1], [0.1, 0]), digits, 1)).toEqual({ value: 0.5, standardError: 0 })
  })

  it('has the standard error of the double sum over pairs with a common point', () => {
    const samples = normals(30, 6, 11)
    samples.points.forEach((x, n) => {
      samples.points[n] = 0.5 * x
    })
    const heldOut = normals(30, 6, 12)
    const pool = Float64Array.from([...samples.points, ...heldOut.points])
    const isSample = (point: number) => point < 30
    const pairs = Array.from({ length: 60 }, (_, point) => {
      const distance = (other: number) =>
        other === point ? Number.POSITIVE_INFINITY : squaredDistance(pool, point, pool, other, 6)
      const nearest = [...Array(60).keys()].reduce((best, other) => (distance(other) < distance(best) ? other : best))
      return { point, nearest, same: isSample(point) === isSample(nearest) ? 1 : 0 }
    })
    const meanOf = (own: boolean) =>
      pairs.filter(({ point }) => isSample(point) === own).reduce((sum, { same }) => sum + same / 30, 0)
    // The sets' accuracies must differ, or it would not matter which mean is taken off.
    expect(meanOf(true) - meanOf(false)).toBeGreaterThan(0.2)
    let sum = 0
    for (const a of pairs) {
      for (const b of pairs) {
        if (![a.point, a.nearest].some((p) => p === b.point || p === b.nearest)) continue
        sum += (a.same - meanOf(isSample(a.point))) * (b.same - meanOf(isSample(b.point)))
      }
    }
    const { value, standardError } = oneNearestNeighbour(samples, heldOut, 1)
    expect(value).toBeCloseTo((meanOf(true) + meanOf(false)) / 2, 12)
    expect(standardError).toBeCloseTo(Math.sqrt(sum) / 60, 12)
  })

  it('averages five draws from the larger set: errors are well below those of one draw', () => {
    const squares = (rows: number) =>
      Array.from({ length: 30 }, (_, r) => oneNearestNeighbour(normals(rows, 6, r), normals(40, 6, 100 + r), r))
        .map(({ standardError }) => standardError ** 2)
        .reduce((sum, square) => sum + square)
    // A fifth would be left if all points were drawn anew; the 40 digits are the same in every draw, so about a half is.
    expect(squares(400) / squares(40)).toBeLessThan(0.7)
  })

  it('has a standard error at most 15 % off, and not too small, for sets that differ', () => {
    const estimates = Array.from({ length: replicates }, (_, r) =>
      oneNearestNeighbour(shifted(normals(80, 2, 1000 + 2 * r), [2, 0]), normals(60, 2, 1001 + 2 * r), r),
    )
    // The estimate ignores most of what fixing the sets' sizes takes off: up to 12 % too large in trials of such cases.
    expect(errorRatio(estimates)).toBeGreaterThan(1 - ratioLimit)
    expect(errorRatio(estimates)).toBeLessThan(1.15 + ratioLimit)
  })

  it('refuses sets of different units or of one point', () => {
    expect(() => oneNearestNeighbour(normals(5, 3, 1), normals(5, 4, 1), 1)).toThrow(/3 units.*points of 4.*E_DATA/)
    expect(() => oneNearestNeighbour(normals(1, 3, 1), normals(5, 3, 1), 1)).toThrow(/at least 2.*E_DATA/)
  })
})

describe('Fréchet distance', () => {
  it('is |Δm|² + Σ(σ_a - σ_b)² for sets with these moments and a common frame', () => {
    // The corners (±p, ±q) have the covariance diag(4p²/3, 4q²/3).
    const corners = (p: number, q: number) => set([p, q], [p, -q], [-p, q], [-p, -q])
    const { value } = frechetDistance(shifted(corners(3, 1), [0.5, -2]), corners(1.5, 2))
    expect(value).toBeCloseTo(0.25 + 4 + (4 / 3) * (1.5 ** 2 + 1), 12)
  })

  it('agrees in two dimensions with tr(Σ_aΣ_b)^½ = √(tr Σ_aΣ_b + 2√(det Σ_a det Σ_b))', () => {
    for (let draw = 0; draw < 20; draw++) {
      const a = normals(9, 2, 2 * draw)
      const b = shifted(normals(7, 2, 2 * draw + 1), [1, 2])
      const [a00, a01, , a11] = covariance(a) as unknown as [number, number, number, number]
      const [b00, b01, , b11] = covariance(b) as unknown as [number, number, number, number]
      const traceOfProduct = a00 * b00 + 2 * a01 * b01 + a11 * b11
      const root = Math.sqrt(traceOfProduct + 2 * Math.sqrt((a00 * a11 - a01 ** 2) * (b00 * b11 - b01 ** 2)))
      const [m, n] = [meanPoint(a), meanPoint(b)]
      const truth = (m[0]! - n[0]!) ** 2 + (m[1]! - n[1]!) ** 2 + a00 + a11 + b00 + b11 - 2 * root
      expect(frechetDistance(a, b).value).toBeCloseTo(truth, 10)
    }
  })

  it('is 0 from a set to itself, also where the covariance is singular', () => {
    // Directions with an eigenvalue near 0 are known to √(2⁻⁵²): 1.5e-8 each.
    const flat = normals(30, 20, 1)
    const embedded = { points: new Float64Array(30 * 40), count: 30, units: 40 }
    for (let n = 0; n < 600; n++) embedded.points[40 * Math.floor(n / 20) + (n % 20)] = flat.points[n]!
    for (const points of [normals(100, 10, 2), embedded, normals(10, 30, 3)]) {
      expect(frechetValue(points, frechetReference(points))).toBeLessThan(1e-6)
    }
  })

  it('is |Δm|² + tr Σ_a when the other set is a single point, repeated', () => {
    const a = normals(50, 3, 4)
    const sigma = covariance(a)
    const between = meanPoint(a).reduce((sum, m) => sum + (m - 2) ** 2, 0)
    const truth = between + sigma[0]! + sigma[4]! + sigma[8]!
    expect(frechetDistance(a, set([2, 2, 2], [2, 2, 2])).value).toBeCloseTo(truth, 12)
  })

  it('comes close to the truth for large draws from Gaussians with known moments', () => {
    const a = shifted(normals(20_000, 3, 5), [1, 0, -1])
    const b = normals(20_000, 3, 6)
    const doubled = { ...b, points: b.points.map((x) => 2 * x) }
    const { value, standardError } = frechetDistance(a, doubled)
    // 2 + 3·(1-2)²; b's own error is √(2²+1) of a's at most (its deviations are twice as large).
    expect(Math.abs(value - 5)).toBeLessThan(4 * Math.sqrt(5) * standardError)
    expect(standardError).toBeLessThan(0.05)
  })

  it('has the jackknife error of the distances without each block, worked out one by one', () => {
    const a = normals(57, 5, 7)
    const reference = frechetReference(shifted(normals(40, 5, 8), [1, 0, 0, 0, 2]))
    const deleted = Array.from({ length: 10 }, (_, k) =>
      frechetValue(
        without(a, (row) => row % 10 === k),
        reference,
      ),
    )
    const mean = deleted.reduce((sum, d) => sum + d, 0) / 10
    const truth = Math.sqrt(0.9 * deleted.reduce((sum, d) => sum + (d - mean) ** 2, 0))
    expect(frechetDistance(a, reference).standardError).toBeCloseTo(truth, 10)
  })

  it('has the standard error of independent replicates', () => {
    const reference = frechetReference(shifted(normals(100, 4, 9), [1, 0, 0, 0]))
    const estimates = Array.from({ length: replicates }, (_, r) => frechetDistance(normals(80, 4, 1000 + r), reference))
    // The jackknife's variance is a little too large in expectation (Efron and Stein 1981): 5 % of room above.
    expect(errorRatio(estimates)).toBeGreaterThan(1 - ratioLimit)
    expect(errorRatio(estimates)).toBeLessThan(1.05 + ratioLimit)
  })
})

describe('bridge mass', () => {
  const square = (x: number, y: number) => set([x - 1, y - 1], [x - 1, y + 1], [x + 1, y - 1], [x + 1, y + 1])

  it('counts the samples between .3 and .7 of the way, whatever they do across it', () => {
    const coordinates = [-1, 0, 0.29, 0.31, 0.5, 0.69, 0.71, 1]
    const samples = set(...coordinates.map((c, n) => [10 + 20 * c, n - 4]))
    const { value, standardError } = bridgeMass(samples, square(10, 5), square(30, 5))
    expect(value).toBe(3 / 8)
    expect(standardError).toBeCloseTo(Math.sqrt((3 * 5) / 8 ** 3), 14)
  })

  it('measures along (Σ_0 + Σ_1 + ridge·I)⁻¹(m_1 - m_0)', () => {
    // Σ_0 = diag(4/3, 0) and Σ_1 = 0; with ridge 2/3 and m_1 - m_0 = (2, 2): w ∝ (1, 3).
    const class0 = set([-1, 0], [-1, 0], [1, 0], [1, 0])
    const class1 = set([2, 2], [2, 2])
    const onTheWay = (c: number) => [8 * c, 0] // w·x / w·(2, 2) = 8c/8
    const samples = set(...[0.29, 0.31, 0.69, 0.71].map(onTheWay))
    expect(bridgeMass(samples, class0, class1, 2 / 3).value).toBe(0.5)
    expect(bridgeMass(set([0, 0.8 / 3], [0, 2 / 3], [0, 1.8]), class0, class1, 2 / 3).value).toBe(1 / 3)
  })
})

describe('fraction given to other digits', () => {
  const cluster = (x: number, count: number) => Array.from({ length: count }, (_, n) => [x + n / 100, 0])
  const train = set(...cluster(0, 6), ...cluster(10, 6), ...cluster(20, 6))
  const labels = Int32Array.from([...Array(6).fill(0), ...Array(6).fill(1), ...Array(6).fill(7)])

  it('is 0 for copies of the run’s digits, 1 for copies of others', () => {
    expect(otherFraction(votedDigits(selectRows(train, [0, 3, 8]), train, labels), [0, 1]).value).toBe(0)
    expect(otherFraction(votedDigits(selectRows(train, [12, 17]), train, labels), [0, 1]).value).toBe(1)
    const voted = votedDigits(selectRows(train, [12, 0, 1, 6]), train, labels)
    expect([...voted]).toEqual([7, 0, 0, 1])
    const { value, standardError } = otherFraction(voted, [0, 1])
    expect(value).toBe(0.25)
    expect(standardError).toBeCloseTo(Math.sqrt((0.25 * 0.75) / 4), 14)
  })

  it('gives a tie to the lower digit, by plurality', () => {
    const rows = set([1], [-1], [2], [-2], [3], [9])
    const of = (...votes: number[]) => otherFraction(votedDigits(set([0]), rows, Int32Array.from(votes)), [2]).value
    expect(of(5, 2, 5, 2, 9, 5)).toBe(0) // 2 and 5 twice each: 2
    expect(of(1, 2, 1, 2, 9, 2)).toBe(1) // 1 and 2 twice each: 1
    expect(of(2, 9, 8, 2, 7, 9)).toBe(0) // 2 of 5 votes suffice
    expect(of(9, 8, 7, 6, 5, 2)).toBe(1) // the sixth has no vote
  })

  it('leaves out one copy of the sample itself when told to', () => {
    const rows = set([0], [1], [2], [3])
    const mine = Int32Array.from([4, 0, 0, 4])
    const vote = (leaveOut: boolean) =>
      otherFraction(votedDigits(set([0]), rows, mine, { neighbours: 1, leaveOut }), [0]).value
    expect(vote(false)).toBe(1)
    expect(vote(true)).toBe(0)
    // A twin is not the sample: it votes.
    const twins = set([0], [0], [2], [3])
    const twinLabels = Int32Array.from([4, 4, 0, 0])
    expect(votedDigits(set([0]), twins, twinLabels, { neighbours: 1, leaveOut: true })[0]).toBe(4)
  })
})

describe('mode weight error of digits', () => {
  it('is half the summed difference of the shares; samples of other digits are missing from all', () => {
    const data = Int32Array.from([0, 0, 0, 1])
    expect(modeWeightErrorOfDigits(Int32Array.from([0, 0, 0, 1]), data, [0, 1]).value).toBe(0)
    expect(modeWeightErrorOfDigits(Int32Array.from([1, 1, 0, 1]), data, [0, 1]).value).toBe(0.5)
    const { value, standardError } = modeWeightErrorOfDigits(Int32Array.from([0, 0, 7, 1]), data, [0, 1])
    expect(value).toBeCloseTo(0.125, 14)
    expect(standardError).toBeCloseTo(Math.sqrt((0.25 + 0.1875) / 4 / 4), 14)
  })
})

describe('distance to the nearest training digit', () => {
  const train = set([0, 0], [3, 4], [100, 0])

  it('is the mean of Euclidean distances, with the error of a mean', () => {
    // Distances 0, 5 (from (-3, -4)) and 1.
    const { value, standardError } = nearestDistance(set([3, 4], [-3, -4], [100, 1]), train)
    expect(value).toBeCloseTo(2, 14)
    expect(standardError).toBeCloseTo(Math.sqrt((4 + 9 + 1) / 6), 14)
  })

  it('leaves out the sample itself when told to, but not its twin', () => {
    expect(nearestDistance(selectRows(train, [0, 1]), train, true).value).toBeCloseTo(5, 14)
    expect(nearestDistance(set([0, 0], [0, 0]), set([0, 0], [0, 0], [3, 4]), true).value).toBe(0)
  })
})

describe('harmonic control', () => {
  const base = normals(60, 3, 1)
  // A unit that never changes and one that copies another: a singular covariance.
  const rows = Array.from({ length: 60 }, (_, n) => [...base.points.subarray(3 * n, 3 * n + 3)])
  const train = set(...rows.map(([x, y, z]) => [x! + 5, 2 * y! + z!, z!, -0.7, x! + 5]))

  it('has the mean and the covariance of the training digits within 5 s.e.', () => {
    const count = 20_000
    const control = harmonicControl(train, count, 1)
    const [mean, sigma] = [meanPoint(train), covariance(train)]
    const [drawnMean, drawnSigma] = [meanPoint(control), covariance(control)]
    const rounding = 1e-12 // for the unit without variance
    for (let i = 0; i < 5; i++) {
      const variance = sigma[6 * i]!
      expect(Math.abs(drawnMean[i]! - mean[i]!)).toBeLessThan(5 * Math.sqrt(variance / count) + rounding)
      for (let j = 0; j < 5; j++) {
        const error = Math.sqrt((variance * sigma[6 * j]! + sigma[5 * i + j]! ** 2) / count)
        expect(Math.abs(drawnSigma[5 * i + j]! - sigma[5 * i + j]!)).toBeLessThan(5 * error + rounding)
      }
    }
  })

  it('stays where the training digits are: constant and copied units', () => {
    const { points } = harmonicControl(train, 50, 2)
    for (let n = 0; n < 50; n++) {
      expect(points[5 * n + 3]).toBeCloseTo(-0.7, 12)
      expect(points[5 * n + 4]).toBeCloseTo(points[5 * n]!, 10)
    }
  })

  it('repeats with its seed, starts the same for any count, and changes with the seed', () => {
    const ten = harmonicControl(train, 10, 3).points
    expect(harmonicControl(train, 25, 3).points.subarray(0, 50)).toEqual(ten)
    expect(harmonicControl(train, 10, 4).points).not.toEqual(ten)
  })
})

describe('clipping', () => {
  it('keeps what lies in [-1, 1], and refuses what is not finite, naming the sample', () => {
    expect([...clipped(set([-3, 0.5], [1, 7])).points]).toEqual([-1, 0.5, 1, 1])
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => checkFinite(set([0, 0], [0, bad]))).toThrow(OverdampedError)
      expect(() => checkFinite(set([0, 0], [0, bad]))).toThrow(/^sample 1: .*E_DIVERGED/)
    }
  })
})
