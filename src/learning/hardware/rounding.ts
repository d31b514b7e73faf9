/** How values between two levels are rounded. */
export const roundings = ['nearest', 'stochastic'] as const

/** Numbers that are held in so many bits. */
export interface Rounding {
  /** 2 to 16, of which one is the sign: 2^bits - 1 levels, 0 among them */
  readonly bits: number
  /** to the nearest level, or up as often as a value is near the level above it, so that the mean stays */
  readonly rounding: (typeof roundings)[number]
}

/** Distance of two levels on [-full, full]: full/(2^(bits-1) - 1). */
export function levelWidth(bits: number, full: number): number {
  return full / (2 ** (bits - 1) - 1)
}

/**
 * A value on the levels of [-full, full], what is beyond at its end:
 *
 *     Δ ⌊x/Δ + u⌋,   u = ½ (nearest) or uniform in [0, 1) (stochastic),   Δ = full/(2^(bits-1) - 1)
 *
 * @param full - the largest value that can be held, ≥ 0; at 0 all is 0
 * @param u - ½, or a uniform number: then the mean of what comes is x
 */
export function rounded(x: number, bits: number, full: number, u = 0.5): number {
  const width = levelWidth(bits, full)
  if (width === 0) return 0
  const most = 2 ** (bits - 1) - 1
  return width * Math.max(-most, Math.min(most, Math.floor(x / width + u)))
}
