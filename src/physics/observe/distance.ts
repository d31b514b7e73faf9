/**
 * |a_i - b_j|² between row i of a and row j of b.
 *
 * Differences, not |a|² + |b|² - 2a·b: equal rows are then exactly 0 apart and equal distances compare equal, which
 * the treatment of duplicates and ties relies on.
 *
 * @param a,b row-major, `units` per row
 * @param limit a sum known to pass it need not be finished: a result > limit is only a lower bound
 * Cost: O(units), often half of it with a tight limit.
 */
export function squaredDistance(
  a: Float64Array,
  i: number,
  b: Float64Array,
  j: number,
  units: number,
  limit = Number.POSITIVE_INFINITY,
): number {
  let p = i * units
  let q = j * units
  const end = p + units
  let sum = 0
  // Pieces of 16 with four sums each: independent additions overlap in the processor.
  while (p + 16 <= end) {
    let s0 = 0
    let s1 = 0
    let s2 = 0
    let s3 = 0
    for (const stop = p + 16; p < stop; p += 4, q += 4) {
      const d0 = a[p]! - b[q]!
      const d1 = a[p + 1]! - b[q + 1]!
      const d2 = a[p + 2]! - b[q + 2]!
      const d3 = a[p + 3]! - b[q + 3]!
      s0 += d0 * d0
      s1 += d1 * d1
      s2 += d2 * d2
      s3 += d3 * d3
    }
    sum += s0 + s1 + (s2 + s3)
    if (sum > limit) return sum
  }
  for (; p < end; p++, q++) {
    const d = a[p]! - b[q]!
    sum += d * d
  }
  return sum
}
