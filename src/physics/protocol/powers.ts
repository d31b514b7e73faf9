// Positive functions of the noise time that are known at the knots, descending, and are powers of it between two.

/** ∫ f ds between two times, later > earlier > 0, at which f > 0 is `atLater` and `atEarlier`, and a power of s between. */
export function powerIntegral(later: number, atLater: number, earlier: number, atEarlier: number): number {
  const ratio = Math.log(later / earlier)
  const exponent = Math.log((later * atLater) / (earlier * atEarlier))
  const mean = Math.abs(exponent) < 1e-9 ? 1 + exponent / 2 : Math.expm1(exponent) / exponent
  return earlier * atEarlier * ratio * mean
}

/** The integral over s of a function known at the knots, in each slice: [K]. */
export function sliceIntegrals(knots: readonly number[], values: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: knots.length - 1 }, (_, n) =>
    powerIntegral(knots[n]!, values[n]!, knots[n + 1]!, values[n + 1]!),
  )
}

/** The same in all of them. */
export function knotIntegral(knots: readonly number[], values: ArrayLike<number>): number {
  return sliceIntegrals(knots, values).reduce((sum, part) => sum + part, 0)
}

/** A function known at the knots, at a time between two of them. */
export function atTime(knots: readonly number[], values: ArrayLike<number>, t: number): number {
  const later = knots.findIndex((knot) => knot <= t)
  const n = Math.max(1, later < 0 ? knots.length - 1 : later)
  const weight = Math.log(knots[n - 1]! / t) / Math.log(knots[n - 1]! / knots[n]!)
  return values[n - 1]! ** (1 - weight) * values[n]! ** weight
}
