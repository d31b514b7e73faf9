import type { PointSet } from '../network/states.js'
import { squaredDistance } from './distance.js'
import { leadingAxes } from './leading-axes.js'
import { meanPoint } from './moments.js'

/** Numbers that a row is compared by, at most. */
const coordinatesKept = 32
/** The rows of a leaf at most: their coordinates, and those of the samples, stay in the cache. */
const leafRows = 256
/**
 * Room for rounding in the comparison of squared distances of coordinates with exact ones, times √units. Of points within 2R of
 * the centre, R the radius of the set, |x - centre|² less 31 squares of sums is wrong by at most 12·units·2⁻⁵³·4R²; its root,
 * the remainder, therefore by 7.4e-8·√units·R (half of that for a row), and a squared distance by 2·3R times both: below
 * 7e-7·√units·R². Points beyond 2R are far from all rows: the error is then below 3e-7·√units of the squared distance.
 */
const slack = 1e-6

/** Rows that are near one another, and the box about their coordinates. */
interface Leaf {
  /** in the order of the leaves */
  readonly first: number
  readonly end: number
  /** [kept] of the box, and half its width */
  readonly middle: Float64Array
  readonly half: Float64Array
}

/** A set prepared for searching: its rows in leaves, by their coordinates along the axes in which they differ most. */
export interface SearchSet {
  readonly set: PointSet
  /** [units], what coordinates are measured from */
  readonly centre: Float64Array
  /** [kept, units] row-major, orthonormal but for the first, which is zero, and others beyond the set's dimensions; kept is a
   * multiple of eight */
  readonly axes: Float64Array
  /** numbers of the rows in the order of the leaves, [count] */
  readonly rows: Int32Array
  /** [count, kept] row-major, in that order: the remainder, that is the distance from the space of the axes, and the place there */
  readonly coordinates: Float64Array
  readonly leaves: readonly Leaf[]
  /** the largest squared distance of a row from the centre */
  readonly squaredRadius: number
}

/**
 * Prepares a set for `eachNear` and `nearestRows`, once for any number of searches.
 *
 * @param set at least one point
 * @param like another set of much the same kind, whose centre and axes do for this one too
 * Cost: O(count·units·32).
 * Source of the tree: Friedman, Bentley and Finkel, ACM Trans. Math. Softw. 3, 209 (1977).
 */
export function searchSet(set: PointSet, like?: SearchSet): SearchSet {
  const { centre, axes } = like ?? axesOf(set)
  const kept = axes.length / set.units
  const projected = coordinatesOf(axes, centre, set)
  const rows = Int32Array.from({ length: set.count }, (_, n) => n)
  const cuts = divided(projected, kept, rows, 0, set.count)
  const coordinates = new Float64Array(projected.length)
  rows.forEach((row, place) => {
    coordinates.set(projected.subarray(row * kept, (row + 1) * kept), place * kept)
  })
  const leaves = cuts.map((end, n) => boxed(coordinates, kept, cuts[n - 1] ?? 0, end))
  let squaredRadius = 0
  for (let row = 0; row < set.count; row++)
    squaredRadius = Math.max(squaredRadius, squaredDistance(set.points, row, centre, 0, set.units))
  return { set, centre, axes, rows, coordinates, leaves, squaredRadius }
}

/** The mean of a set, and its leading axes after one that is zero: the place of the remainder. */
function axesOf(set: PointSet): Pick<SearchSet, 'centre' | 'axes'> {
  const centre = meanPoint(set)
  const kept = 8 * Math.ceil(Math.min(set.units + 1, coordinatesKept) / 8)
  const axes = new Float64Array(kept * set.units)
  axes.set(leadingAxes(set, centre, kept - 1), set.units)
  return { centre, axes }
}

/** The remainders of points, and their coordinates along the axes: [count, kept]. */
function coordinatesOf(axes: Float64Array, centre: Float64Array, { points, count, units }: PointSet): Float64Array {
  const kept = axes.length / units
  const out = new Float64Array(count * kept)
  const deviation = new Float64Array(units)
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < units; i++) deviation[i] = points[n * units + i]! - centre[i]!
    // Four sums at a time: independent additions overlap in the processor.
    for (let k = 0; k < kept; k += 4) {
      const [a, b, c, d] = [k * units, (k + 1) * units, (k + 2) * units, (k + 3) * units]
      let [s0, s1, s2, s3] = [0, 0, 0, 0]
      for (let i = 0; i < units; i++) {
        const x = deviation[i]!
        s0 += x * axes[a + i]!
        s1 += x * axes[b + i]!
        s2 += x * axes[c + i]!
        s3 += x * axes[d + i]!
      }
      out[n * kept + k] = s0
      out[n * kept + k + 1] = s1
      out[n * kept + k + 2] = s2
      out[n * kept + k + 3] = s3
    }
    let squared = 0
    for (let i = 0; i < units; i++) squared += deviation[i]! ** 2
    for (let k = 1; k < kept; k++) squared -= out[n * kept + k]! ** 2
    out[n * kept] = Math.sqrt(Math.max(0, squared))
  }
  return out
}

/**
 * Puts the rows `first` … `end` - 1 in an order of leaves: divided at the mean along the axis of largest variance, again and
 * again. @returns the end of each leaf
 */
function divided(coordinates: Float64Array, kept: number, rows: Int32Array, first: number, end: number): number[] {
  if (end - first <= leafRows) return [end]
  const { axis, mean } = widest(coordinates, kept, rows, first, end)
  const own = rows.slice(first, end)
  const lower = own.filter((row) => coordinates[row * kept + axis]! < mean)
  // Equal rows cannot be divided.
  if (lower.length === 0 || lower.length === own.length) return [end]
  const cut = first + lower.length
  rows.set(lower, first)
  rows.set(
    own.filter((row) => !(coordinates[row * kept + axis]! < mean)),
    cut,
  )
  return [...divided(coordinates, kept, rows, first, cut), ...divided(coordinates, kept, rows, cut, end)]
}

function boxed(coordinates: Float64Array, kept: number, first: number, end: number): Leaf {
  const least = new Float64Array(kept).fill(Number.POSITIVE_INFINITY)
  const most = new Float64Array(kept).fill(Number.NEGATIVE_INFINITY)
  for (let n = first; n < end; n++)
    for (let k = 0; k < kept; k++) {
      const x = coordinates[n * kept + k]!
      least[k] = Math.min(least[k]!, x)
      most[k] = Math.max(most[k]!, x)
    }
  return {
    first,
    end,
    middle: least.map((x, k) => (x + most[k]!) / 2),
    half: least.map((x, k) => (most[k]! - x) / 2),
  }
}

/** The axis along which rows vary most, and their mean there. */
function widest(coordinates: Float64Array, kept: number, rows: Int32Array, first: number, end: number) {
  const sums = new Float64Array(kept)
  const squares = new Float64Array(kept)
  for (let n = first; n < end; n++) {
    const from = rows[n]! * kept
    for (let k = 0; k < kept; k++) {
      const x = coordinates[from + k]!
      sums[k]! += x
      squares[k]! += x * x
    }
  }
  const count = end - first
  const variances = squares.map((square, k) => square - sums[k]! ** 2 / count)
  const axis = variances.indexOf(Math.max(...variances))
  return { axis, mean: sums[axis]! / count }
}

/**
 * Offers the rows of a set that are near a sample, those of the nearest leaf first, until none is left within the limit.
 *
 * A projection on orthonormal axes never lengthens a difference, nor does the remainder r(x) = |x - AAᵀx|:
 *
 *     |Aᵀ(x - y)|² + (r(x) - r(y))² ≤ |x - y|²,
 *
 * so a row whose coordinates, or a leaf whose box, is beyond the limit is out; few rows need their distance in full. All
 * samples go through a leaf together, while it is in the cache.
 *
 * @param samples points in the space of the set
 * @param offer called with the number of the sample, that of a row and |x - row|², which is at most the limit; returns the
 * limit of that sample from then on, which never rises. The first limit is ∞
 * Cost: O(count·rows·5) usually, with leaves a part of that; O(count·rows·units) at worst.
 */
export function eachNear(
  search: SearchSet,
  samples: PointSet,
  offer: (sample: number, row: number, squared: number) => number,
): void {
  const { set, centre, axes, rows, coordinates, leaves, squaredRadius } = search
  const { units } = set
  const kept = axes.length / units
  /** The squared distance of coordinates beyond which the distance itself is certainly beyond the limit. */
  const reachOf = (limit: number) => limit + slack * Math.sqrt(units) * (limit + squaredRadius)
  const projected = coordinatesOf(axes, centre, samples)
  const limits = new Float64Array(samples.count).fill(Number.POSITIVE_INFINITY)
  const compare = (n: number, { first, end }: Leaf) => {
    let limit = limits[n]!
    let reach = reachOf(limit)
    for (let place = first - 1; ; ) {
      place = nextWithin(projected, n * kept, coordinates, place + 1, end, kept, reach)
      if (place === end) break
      const squared = squaredDistance(samples.points, n, set.points, rows[place]!, units, limit)
      if (squared > limit) continue
      limit = offer(n, rows[place]!, squared)
      reach = reachOf(limit)
    }
    limits[n] = limit
  }
  const home = Int32Array.from({ length: samples.count }, (_, n) => nearestLeaf(leaves, projected, n * kept))
  home.forEach((leaf, n) => {
    compare(n, leaves[leaf]!)
  })
  leaves.forEach((leaf, number) => {
    for (let n = 0; n < samples.count; n++) {
      const reach = reachOf(limits[n]!)
      if (number !== home[n] && squaredGap(leaf, projected, n * kept, reach) <= reach) compare(n, leaf)
    }
  })
}

/** The number of the leaf whose box is nearest. */
function nearestLeaf(leaves: readonly Leaf[], coordinates: Float64Array, from: number): number {
  let nearest = 0
  let least = Number.POSITIVE_INFINITY
  leaves.forEach((leaf, number) => {
    const gap = squaredGap(leaf, coordinates, from, least)
    if (gap >= least) return
    nearest = number
    least = gap
  })
  return nearest
}

/** Squared distance from a row of coordinates to the box of a leaf. @param limit a sum that passes it need not be finished */
function squaredGap({ middle, half }: Leaf, coordinates: Float64Array, from: number, limit: number): number {
  let sum = 0
  for (let k = 0; k < middle.length && sum <= limit; k += 4) {
    const g0 = Math.max(0, Math.abs(coordinates[from + k]! - middle[k]!) - half[k]!)
    const g1 = Math.max(0, Math.abs(coordinates[from + k + 1]! - middle[k + 1]!) - half[k + 1]!)
    const g2 = Math.max(0, Math.abs(coordinates[from + k + 2]! - middle[k + 2]!) - half[k + 2]!)
    const g3 = Math.max(0, Math.abs(coordinates[from + k + 3]! - middle[k + 3]!) - half[k + 3]!)
    sum += g0 * g0 + g1 * g1 + (g2 * g2 + g3 * g3)
  }
  return sum
}

/**
 * The first of the places from `next` on, up to `end`, whose coordinates are within the reach of a sample's; `end` where none is.
 * Nothing but this loop runs for most rows, so it stands alone: arrays and the sample's first coordinates stay in registers.
 */
function nextWithin(
  a: Float64Array,
  from: number,
  b: Float64Array,
  next: number,
  end: number,
  kept: number,
  reach: number,
): number {
  const [a0, a1, a2, a3] = [a[from]!, a[from + 1]!, a[from + 2]!, a[from + 3]!]
  const [a4, a5, a6, a7] = [a[from + 4]!, a[from + 5]!, a[from + 6]!, a[from + 7]!]
  for (let place = next, start = next * kept; place < end; place++, start += kept) {
    const d0 = a0 - b[start]!
    const d1 = a1 - b[start + 1]!
    const d2 = a2 - b[start + 2]!
    const d3 = a3 - b[start + 3]!
    const d4 = a4 - b[start + 4]!
    const d5 = a5 - b[start + 5]!
    const d6 = a6 - b[start + 6]!
    const d7 = a7 - b[start + 7]!
    let sum = d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3) + (d4 * d4 + d5 * d5 + (d6 * d6 + d7 * d7))
    if (sum > reach) continue
    for (let k = 8; k < kept && sum <= reach; k += 8) sum += eightSquares(a, from + k, b, start + k)
    if (sum <= reach) return place
  }
  return end
}

/** Σ(a - b)² over the next eight coordinates of each. */
function eightSquares(a: Float64Array, p: number, b: Float64Array, q: number): number {
  const d0 = a[p]! - b[q]!
  const d1 = a[p + 1]! - b[q + 1]!
  const d2 = a[p + 2]! - b[q + 2]!
  const d3 = a[p + 3]! - b[q + 3]!
  const d4 = a[p + 4]! - b[q + 4]!
  const d5 = a[p + 5]! - b[q + 5]!
  const d6 = a[p + 6]! - b[q + 6]!
  const d7 = a[p + 7]! - b[q + 7]!
  return d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3) + (d4 * d4 + d5 * d5 + (d6 * d6 + d7 * d7))
}
