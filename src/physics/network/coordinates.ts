/**
 * Where a coordinate is that would be at x if walls did not reflect it, as often as it takes.
 *
 * @param lower - and `upper`: the walls, ∓Infinity where there is none
 */
export function reflected(x: number, lower: number, upper: number): number {
  if (x >= lower && x <= upper) return x
  const width = upper - lower
  if (width === Infinity) return x < lower ? 2 * lower - x : 2 * upper - x
  const beyond = (((x - lower) % (2 * width)) + 2 * width) % (2 * width)
  return lower + (beyond > width ? 2 * width - beyond : beyond)
}

/** The place of an angle within its period, in [0, period). */
export function wrapped(x: number, period: number): number {
  const rest = x % period
  return rest < 0 ? rest + period : rest
}
