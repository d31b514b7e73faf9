/**
 * The non-decreasing values nearest to some others by least squares: the pool-adjacent-violators algorithm. Neighbours that fall are replaced
 * by their mean, until none do.
 *
 * @param values - in the order in which they should not fall
 * @returns as many, each the mean of the pool that it is in
 *
 * Source: Barlow, Bartholomew, Bremner and Brunk, Statistical Inference under Order Restrictions (1972), §1.2. Cost: linear.
 */
export function isotonic(values: readonly number[]): number[] {
  const pools: { sum: number; count: number }[] = []
  for (const value of values) {
    let pool = { sum: value, count: 1 }
    for (let last = pools.at(-1); last !== undefined && meanOf(last) >= meanOf(pool); last = pools.at(-1)) {
      pool = { sum: last.sum + pool.sum, count: last.count + pool.count }
      pools.pop()
    }
    pools.push(pool)
  }
  return pools.flatMap((pool) => Array.from({ length: pool.count }, () => meanOf(pool)))
}

const meanOf = ({ sum, count }: { readonly sum: number; readonly count: number }) => sum / count

/**
 * Where the piecewise linear curve through points whose values do not fall first exceeds a level.
 *
 * @param places - where the points are: ascending or descending
 * @param values - non-decreasing, as many
 * @returns a place; 'below' where the first value is above the level already, 'above' where none is
 */
export function crossing(
  places: readonly number[],
  values: readonly number[],
  level: number,
): number | 'below' | 'above' {
  const n = values.findIndex((value) => value > level)
  if (n < 0) return 'above'
  if (n === 0) return 'below'
  const [low, high] = [values[n - 1]!, values[n]!]
  return places[n - 1]! + ((level - low) / (high - low)) * (places[n]! - places[n - 1]!)
}
