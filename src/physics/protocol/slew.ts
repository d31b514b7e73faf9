/**
 * The nearest schedule that changes no faster than a rate. Of all θ̂ with |dθ̂/dt| ≤ L the largest below θ and the smallest above
 * it are
 *
 *     θ₋(t) = min_s [θ(s) + L|t - s|],   θ₊(t) = max_s [θ(s) - L|t - s|],
 *
 * and their mean is as near to θ as any can be: its largest deviation is half of max_(s,t) |θ(s) - θ(t)| - L|t - s|, and whatever
 * changes no faster is at least that far from one of the two values. It looks ahead (it moves before θ does), keeps the
 * duration, leaves alone what is slow enough, and stays within the range of θ.
 * Source: McShane, Bull. Amer. Math. Soc. 40, 837 (1934), for both extensions.
 *
 * @param t - ascending times, [points]
 * @param theta - the schedule at them, [points], with straight lines between
 * @param slew - L, above 0
 *
 * Cost: O(points).
 */
export function slewLimited(t: Float64Array, theta: Float64Array, slew: number): Float64Array {
  const below = theta.slice()
  const above = theta.slice()
  const follow = (n: number, before: number) => {
    const reach = slew * Math.abs(t[n]! - t[before]!)
    below[n] = Math.min(below[n]!, below[before]! + reach)
    above[n] = Math.max(above[n]!, above[before]! - reach)
  }
  for (let n = 1; n < t.length; n++) follow(n, n - 1)
  for (let n = t.length - 2; n >= 0; n--) follow(n, n + 1)
  return below.map((low, n) => (low + above[n]!) / 2)
}

/** The fastest change of a schedule on straight lines between its times, max |dθ/dt|. */
export function fastest(t: Float64Array, theta: Float64Array): number {
  let most = 0
  for (let n = 1; n < t.length; n++) most = Math.max(most, Math.abs(theta[n]! - theta[n - 1]!) / (t[n]! - t[n - 1]!))
  return most
}
