import type { PointSet } from '../../physics/network/states.js'
import type { Estimate } from '../../physics/observe/estimate.js'
import { eachNear, type SearchSet, searchSet } from '../../physics/observe/search-set.js'
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
 * @param samples - at least 2 points
 * @param heldOut - at least 2 points in the same space
 * @returns value in [0, 1]
 * @throws OverdampedError E_DATA for fewer points, or sets of different units
 * Cost: a search of each set in each.
 * Sources: Lopez-Paz and Oquab, "Revisiting classifier two-sample tests" (2017), for the test; Fafchamps and Gubert,
 * "The formation of risk sharing networks" (2007), for errors of values that belong to pairs.
 */
export function oneNearestNeighbour(samples: PointSet, heldOut: PointSet, seed = 1): Estimate {
  return nearestNeighbourTest(heldOut, seed)(samples)
}

/** The same for any number of sets of samples: what held-out digits are to one another is worked out once for sets of a size. */
export function nearestNeighbourTest(heldOut: PointSet, seed: number): (samples: PointSet) => Estimate {
  const theirs = searchSet(heldOut)
  let amongHeldOut: { readonly key: string; readonly records: readonly Records[] } | null = null
  return (samples) => {
    checkPoints('oneNearestNeighbour', samples, heldOut, [2, 2])
    const draws = drawsOf(samples.count, heldOut.count, seed)
    const size = draws[0]!.heldOut.length
    const key = `${draws.length} ${size}`
    if (amongHeldOut?.key !== key) {
      const records = draws.map(() => emptyRecords(2 * size))
      const places = draws.map(({ heldOut: drawn }) => placesOf(drawn, heldOut.count, size))
      eachNear(theirs, heldOut, (point, other, distance) => offerAll(records, places, point, places, other, distance))
      amongHeldOut = { key, records }
    }
    return pairEstimate(nearestInDraws(samples, theirs, draws, amongHeldOut.records), samples.count)
  }
}

/** Points of each set that are compared, as many of one as of the other, by number. */
interface Draw {
  readonly samples: Int32Array
  readonly heldOut: Int32Array
}

function drawsOf(samples: number, heldOut: number, seed: number): Draw[] {
  const size = Math.min(samples, heldOut)
  return Array.from({ length: samples === heldOut ? 1 : subsets }, (_, draw) => {
    const drawn = (count: number) => drawWithoutReplacement(seed, drawStep.subset + draw, size, count)
    return { samples: drawn(samples), heldOut: drawn(heldOut) }
  })
}

/** The place of each of `count` points in a draw, whose points stand from `first` on; -1 of those that are not drawn. */
function placesOf(drawn: Int32Array, count: number, first: number): Int32Array {
  const places = new Int32Array(count).fill(-1)
  drawn.forEach((point, at) => {
    places[point] = first + at
  })
  return places
}

/**
 * The nearest neighbour of every point of every draw, within the draw: samples first, then held-out digits. Draws share most of
 * their points, so one search of each set in each does for all.
 *
 * @param theirs the held-out digits
 * @param known what they are to one another
 */
function nearestInDraws(
  samples: PointSet,
  theirs: SearchSet,
  draws: readonly Draw[],
  known: readonly Records[],
): Neighbours[] {
  const { set: heldOut } = theirs
  const records = known.map(copied)
  const ours = draws.map((draw) => placesOf(draw.samples, samples.count, 0))
  const others = draws.map((draw) => placesOf(draw.heldOut, heldOut.count, draw.samples.length))
  const own = searchSet(samples, theirs)
  eachNear(own, samples, (a, b, distance) => offerAll(records, ours, a, ours, b, distance))
  eachNear(theirs, samples, (a, b, distance) => offerAll(records, ours, a, others, b, distance))
  eachNear(own, heldOut, (a, b, distance) => offerAll(records, others, a, ours, b, distance))
  return records.flatMap(({ nearest, ties, sameTies }, d) => {
    const draw = draws[d]!
    const points = Int32Array.of(...draw.samples, ...draw.heldOut.map((n) => samples.count + n))
    return Array.from(points, (point, at) => ({
      point,
      nearest: points[nearest[at]!]!,
      same: sameTies[at]! / ties[at]!,
    }))
  })
}

/** Offers a point to another in every draw that has both. @returns the distance beyond which no draw has use for others */
function offerAll(
  records: readonly Records[],
  places: readonly Int32Array[],
  point: number,
  otherPlaces: readonly Int32Array[],
  other: number,
  distance: number,
): number {
  let farthest = 0
  for (let d = 0; d < records.length; d++) {
    const at = places[d]![point]!
    if (at < 0) continue
    const place = otherPlaces[d]![other]!
    if (place >= 0 && place !== at) offer(records[d]!, at, place, distance)
    farthest = Math.max(farthest, records[d]!.best[at]!)
  }
  return farthest
}

/** What is known of the neighbours of each point of a draw, by place in the draw. */
type Records = ReturnType<typeof emptyRecords>

function copied({ best, nearest, ties, sameTies }: Records): Records {
  return { best: best.slice(), nearest: nearest.slice(), ties: ties.slice(), sameTies: sameTies.slice() }
}

function emptyRecords(length: number) {
  return {
    best: new Float64Array(length).fill(Number.POSITIVE_INFINITY),
    nearest: new Int32Array(length),
    ties: new Int32Array(length),
    sameTies: new Int32Array(length),
  }
}

/** Takes note of a point at a distance; of equally near ones the earliest counts as the nearest. */
function offer({ best, nearest, ties, sameTies }: Records, at: number, place: number, distance: number): void {
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
