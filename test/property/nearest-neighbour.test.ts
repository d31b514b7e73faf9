import { describe, expect, it } from 'vitest'
import { drawStep, drawWithoutReplacement } from '../../src/learning/evaluation/draw.js'
import { oneNearestNeighbour } from '../../src/learning/evaluation/nearest-neighbour.js'
import { type PointSet, pickRows } from '../../src/physics/network/states.js'
import { squaredDistance } from '../../src/physics/observe/distance.js'
import { nearestRows } from '../../src/physics/observe/nearest-rows.js'
import { searchSet } from '../../src/physics/observe/search-set.js'
import { errorRatio, normals, ratioLimit, replicates, set, shifted } from './point-sets.js'

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
  const neighbours = 7
  /** All distances sorted, the earlier row first; `itself` leaves out the first row that is 0 away. */
  const byBruteForce = (samples: PointSet, rows: PointSet, n: number, itself: boolean) => {
    const all = Array.from({ length: rows.count }, (_, row) =>
      squaredDistance(samples.points, n, rows.points, row, rows.units),
    )
    const order = [...all.keys()].sort((a, b) => all[a]! - all[b]! || a - b)
    const kept = itself && all[order[0]!] === 0 ? order.slice(1) : order
    return kept.slice(0, neighbours).map((row) => ({ row, squared: all[row]! }))
  }
  // Several leaves, and more units than axes.
  const rows = (units: number) => normals(1300, units, 1)
  const moved = (points: PointSet, by: number) => shifted(points, new Array<number>(points.units).fill(by))
  // Rounded to a coarse grid, so that ties and duplicates occur.
  const onGrid = (points: PointSet): PointSet => ({ ...points, points: points.points.map((x) => Math.round(x / 2)) })
  const cases = [1, 3, 40].flatMap((units) => [
    { name: 'others', units, set: rows(units), samples: normals(30, units, 2) },
    { name: 'far from all', units, set: rows(units), samples: moved(normals(3, units, 2), 1000) },
    {
      name: 'of them, with ties',
      units,
      set: onGrid(rows(units)),
      samples: pickRows(onGrid(rows(units)), [5, 50, 999]),
    },
    // Where coordinates about the origin would have lost the distances.
    { name: 'far from the origin', units, set: moved(rows(units), 1e13), samples: moved(normals(10, units, 2), 1e13) },
    {
      name: 'of one point',
      units,
      set: set(...new Array(1300).fill(new Array(units).fill(2))),
      samples: normals(2, units, 2),
    },
  ])

  it.each(cases)('finds what sorting all distances finds, in the same order: $name, $units units', (each) => {
    const search = searchSet(each.set)
    for (const itself of [false, true]) {
      const found = nearestRows(each.samples, search, neighbours, itself)
      for (let n = 0; n < each.samples.count; n++) {
        const expected = byBruteForce(each.samples, each.set, n, itself)
        const own = <T>(values: ArrayLike<T>) => Array.from(values).slice(neighbours * n, neighbours * (n + 1))
        expect(own(found.rows)).toEqual(expected.map(({ row }) => row))
        expect(own(found.squaredDistances)).toEqual(expected.map(({ squared }) => squared))
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

  it('is what a double loop over each draw finds, ties and duplicates included', () => {
    const rounded = (points: PointSet): PointSet => ({ ...points, points: points.points.map(Math.round) })
    const [samples, heldOut] = [rounded(normals(90, 3, 21)), rounded(normals(40, 3, 22))]
    const shares: number[] = []
    for (let draw = 0; draw < 5; draw++) {
      const step = drawStep.subset + draw
      const ours = pickRows(samples, drawWithoutReplacement(1, step, 40, 90))
      const theirs = pickRows(heldOut, drawWithoutReplacement(1, step, 40, 40))
      const points = Float64Array.of(...ours.points, ...theirs.points)
      for (let i = 0; i < 80; i++) {
        const others = [...Array(80).keys()].filter((j) => j !== i)
        const distances = others.map((j) => squaredDistance(points, i, points, j, 3))
        const nearest = others.filter((_, n) => distances[n] === Math.min(...distances))
        shares.push(nearest.filter((j) => i < 40 === j < 40).length / nearest.length)
      }
    }
    // Some points have several neighbours, of both sets.
    expect(shares.some((share) => share > 0 && share < 1)).toBe(true)
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
    expect(oneNearestNeighbour(samples, heldOut, 1).value).toBeCloseTo(mean, 14)
  })

  it('does not depend on the order of the sets, of rows, or on which set is larger', () => {
    const a = normals(40, 3, 5)
    const b = shifted(normals(40, 3, 6), [1, 0, 0])
    const reversed = pickRows(b, [...Array(40).keys()].reverse())
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
    { samples: 200, heldOut: 40, units: 8 },
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
