import { type PointSet, pickRows, together } from '../../physics/network/states.js'
import type { Estimate } from '../../physics/observe/estimate.js'
import { eachNear, searchSet } from '../../physics/observe/search-set.js'
import { drawStep, drawWithoutReplacement } from './draw.js'
import { checkPoints } from './points.js'

const subsets = 5

/**
 * One point of a pooled set and its nearest neighbour: the two ends and whether they come from the same set.
 * Points are named once for all subsets: sample n is n, held-out digit n is samples.count + n.
 */
interface Neighbours {
  point: number
  nearest: number
  /** 1 same set, 0 other set; a fraction when several are equally near */
  same: number
}

/**
 * Leave-one-out accuracy of the 1-nearest-neighbour classifier that tells samples from held-out digits: .5 when the
 * two cannot be told apart, 1 when samples are recognisable, below .5 when samples copy held-out digits.
 *
 * The larger set is cut to the smaller one's size by five seeded draws; the value is the mean over the draws. Where
 * several points are equally near (duplicates), a point counts by the fraction of them that are of its own set.
 *
 * **Standard error.** Value = Σ_d I_d/D over the pairs d = {i, nearest(i)}, one for each point and draw, D in all.
 * Indicators are not independent: mutual neighbours share theirs (half of all points, in many dimensions), and so
 * does a point with itself in several draws. Two indicators count as correlated when their pairs have a point in
 * common,
 *
 *     SE² = D⁻² Σ_(d,d' share a point) u_d u_d' = D⁻² [ Σ_p (Σ_(d∋p) u_d)² - Σ_(p,q) (Σ_(d={p,q}) u_d)² ],
 *
 * with u_d = I_d less the mean of its own set, whose size is fixed. (Pairs with both points in common are counted
 * twice by the first sum; the second takes them off once.) It is right where the sets are alike, and about a tenth too
 * large where they differ. Points are never resampled: a bootstrap's duplicates would be each other's neighbours.
 *
 * @param samples,heldOut at least 2 points each, in one space
 * @returns value in [0, 1]
 * @throws OverdampedError E_DATA for fewer points, or sets of different units
 * Cost: a search of the drawn points among themselves: at most 10 times the smaller count.
 * Sources: Lopez-Paz and Oquab, "Revisiting classifier two-sample tests" (2017), for the test; Fafchamps and Gubert,
 * "The formation of risk sharing networks" (2007), for errors of values that belong to pairs.
 */
export function oneNearestNeighbour(samples: PointSet, heldOut: PointSet, seed: number): Estimate {
  checkPoints('oneNearestNeighbour', samples, heldOut, [2, 2])
  const size = Math.min(samples.count, heldOut.count)
  const draws = Array.from({ length: samples.count === heldOut.count ? 1 : subsets }, (_, draw) => {
    const step = drawStep.subset + draw
    const ours = drawWithoutReplacement(seed, step, size, samples.count)
    const theirs = drawWithoutReplacement(seed, step, size, heldOut.count)
    return Int32Array.from([...ours, ...theirs.map((n) => samples.count + n)])
  })
  return pairEstimate(nearestInDraws(together(samples, heldOut), draws), samples.count)
}

/**
 * The nearest neighbour of every point of every draw, within the draw. Draws share most of their points, so one search does
 * for all. @param draws points by number; the first half of each are samples
 */
function nearestInDraws(all: PointSet, draws: readonly Int32Array[]): Neighbours[] {
  const drawn = Int32Array.from(new Set(draws.flatMap((points) => [...points])))
  const pool = pickRows(all, drawn)
  const searches = draws.map((points) => {
    const place = new Int32Array(all.count).fill(-1)
    points.forEach((point, at) => {
      place[point] = at
    })
    return { points, placeOf: drawn.map((point) => place[point]!), ...emptyRecords(points.length) }
  })
  eachNear(searchSet(pool), pool, (point, other, distance) => {
    let farthest = 0
    for (const search of searches) {
      const at = search.placeOf[point]!
      if (at < 0) continue
      const place = search.placeOf[other]!
      if (place >= 0 && place !== at) offer(search, at, place, distance)
      farthest = Math.max(farthest, search.best[at]!)
    }
    return farthest
  })
  return searches.flatMap(({ points, nearest, ties, sameTies }) =>
    Array.from(points, (point, at) => ({ point, nearest: points[nearest[at]!]!, same: sameTies[at]! / ties[at]! })),
  )
}

/** What is known so far of the neighbours of each point of a draw, by place in the draw. */
function emptyRecords(length: number) {
  return {
    best: new Float64Array(length).fill(Number.POSITIVE_INFINITY),
    nearest: new Int32Array(length),
    ties: new Int32Array(length),
    sameTies: new Int32Array(length),
  }
}

/** Takes note of a point at a distance; of equally near ones the earliest counts as the nearest. */
function offer(
  { best, nearest, ties, sameTies }: ReturnType<typeof emptyRecords>,
  at: number,
  place: number,
  distance: number,
): void {
  if (distance > best[at]!) return
  if (distance < best[at]!) {
    best[at] = distance
    nearest[at] = place
    ties[at] = 0
    sameTies[at] = 0
  }
  nearest[at] = Math.min(nearest[at]!, place)
  ties[at]!++
  const half = best.length / 2
  if (at < half === place < half) sameTies[at]!++
}

/** Mean of the indicators and its standard error (the formula of `oneNearestNeighbour`). */
function pairEstimate(found: readonly Neighbours[], sampleCount: number): Estimate {
  const isSample = (point: number) => point < sampleCount
  const total = found.reduce((sum, { same }) => sum + same, 0)
  const ofSamples = found.reduce((sum, { point, same }) => sum + (isSample(point) ? same : 0), 0)
  // Both sets have the same number of entries, one a point and draw.
  const half = found.length / 2
  const meanOfSamples = ofSamples / half
  const meanOfDigits = (total - ofSamples) / half
  const byPoint = new Map<number, number>()
  const byPair = new Map<string, number>()
  for (const { point, nearest, same } of found) {
    const residual = same - (isSample(point) ? meanOfSamples : meanOfDigits)
    const pair = point < nearest ? `${point} ${nearest}` : `${nearest} ${point}`
    byPoint.set(point, (byPoint.get(point) ?? 0) + residual)
    byPoint.set(nearest, (byPoint.get(nearest) ?? 0) + residual)
    byPair.set(pair, (byPair.get(pair) ?? 0) + residual)
  }
  const squares = (sums: Iterable<number>) => {
    let sum = 0
    for (const value of sums) sum += value * value
    return sum
  }
  // The difference can come out below 0 only by chance in tiny sets.
  const variance = Math.max(0, squares(byPoint.values()) - squares(byPair.values()))
  return { value: total / found.length, standardError: Math.sqrt(variance) / found.length }
}
