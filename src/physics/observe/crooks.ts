import { acceptanceRatioRoot } from './bennett.js'
import type { Estimate } from './estimate.js'

/** The straight line that forward and reverse works must lie on. */
export interface CrooksFit {
  /** of ln[P_F(W)/P_R(-W)] against W/kT: 1 by Crooks' relation */
  readonly slope: Estimate
  /** where the line crosses 0, energy */
  readonly freeEnergy: Estimate
}

/**
 * Fits Crooks' relation ln[P_F(W)/P_R(-W)] = s·(W - ΔF)/kT without bins: pooled, a work W (of a forward run, or minus that
 * of a reverse one) comes from the forward set with probability
 *
 *     p = 1/(1 + e^(-z)),   z = ln(n_F/n_R) + s W/kT - c,   ΔF = kT c/s,
 *
 * so that s and c have the largest likelihood when Σ_F(1-p) = Σ_R p and Σ_F(1-p)W = Σ_R pW (logistic regression).
 * Errors from the inverse of its curvature, less 1/n_F + 1/n_R on c, as the sizes of the sets are fixed. With s held at 1
 * this is Bennett's estimator, which has the smaller error on ΔF; what this one adds is the slope, a test.
 *
 * @param forward W of the protocol, [n_F] independent runs
 * @param reverse W done on the system by the reverse protocol, [n_R]
 * @returns null when the works of both directions do not overlap: any steep line then fits; or no line can be told
 *
 * Cost: some ten sums over both sets.
 * Source: Crooks, Phys. Rev. E 60, 2721 (1999); Shirts et al., Phys. Rev. Lett. 91, 140601 (2003) for the likelihood;
 * Prentice and Pyke, Biometrika 66, 403 (1979) for its errors.
 */
export function crooksFit(forward: Float64Array, reverse: Float64Array, kT: number): CrooksFit | null {
  const [a, b] = [forward.map((w) => w / kT), reverse.map((w) => -w / kT)]
  if (!overlapping(a, b) && !overlapping(b, a)) return null
  let [s, c] = [1, acceptanceRatioRoot(a, b)]
  let here = likelihood(a, b, s, c)
  // Far from every work the likelihood of slope 1 is flat to rounding; that of slope 0 is flat nowhere.
  if (!(determinantOf(here.curvature) > 0)) {
    ;[s, c] = [0, 0]
    here = likelihood(a, b, s, c)
  }
  for (let iteration = 0; iteration < 100; iteration++) {
    const { gradient, curvature } = here
    const determinant = determinantOf(curvature)
    const ds = (curvature.cc * gradient.s - curvature.sc * gradient.c) / determinant
    const dc = (curvature.ss * gradient.c - curvature.sc * gradient.s) / determinant
    // The likelihood is concave: half a step, or half of that, raises it until rounding is all that is left.
    const rounding = 1e-12 * Math.abs(here.value)
    let part = 1
    let next = likelihood(a, b, s + ds, c + dc)
    for (; next.value < here.value - rounding; part /= 2)
      next = likelihood(a, b, s + (part / 2) * ds, c + (part / 2) * dc)
    s += part * ds
    c += part * dc
    here = next
    if (Math.abs(ds) + Math.abs(dc) <= 1e-10 * (1 + Math.abs(c))) break
  }
  const { ss, sc, cc } = here.curvature
  const determinant = determinantOf(here.curvature)
  // Nothing is fitted to works so far apart that squares overflow or that rounding is all that is left of them.
  if (!(determinant > 0 && Number.isFinite(c / s))) return null
  const varianceS = cc / determinant
  const varianceC = ss / determinant - 1 / a.length - 1 / b.length
  const covariance = -sc / determinant
  const value = c / s
  const variance = (varianceC - 2 * value * covariance + value ** 2 * varianceS) / s ** 2
  return {
    slope: { value: s, standardError: Math.sqrt(varianceS) },
    freeEnergy: { value: kT * value, standardError: kT * Math.sqrt(Math.max(0, variance)) },
  }
}

/** Whether some value of the second set lies above some of the first and some below: neither separates from the other. */
function overlapping(a: Float64Array, b: Float64Array): boolean {
  const lowest = a.reduce((x, y) => Math.min(x, y))
  const highest = a.reduce((x, y) => Math.max(x, y))
  return b.some((w) => w > lowest && w < highest)
}

const determinantOf = ({ ss, sc, cc }: { ss: number; sc: number; cc: number }) => ss * cc - sc ** 2

/** The log likelihood of both sets, its gradient in (s, c), and minus its second derivatives. */
function likelihood(a: Float64Array, b: Float64Array, s: number, c: number) {
  const offset = Math.log(a.length / b.length) - c
  let value = 0
  const gradient = { s: 0, c: 0 }
  const curvature = { ss: 0, sc: 0, cc: 0 }
  for (const [set, sign] of [
    [a, 1],
    [b, -1],
  ] as const)
    for (const w of set) {
      const z = sign * (offset + s * w)
      // Of the set that the work did not come from; ln p = -ln(1 + e^-z), safely for either sign of z.
      const other = 1 / (1 + Math.exp(z))
      value -= z > 0 ? Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z)) - z
      gradient.s += sign * other * w
      gradient.c -= sign * other
      const weight = other * (1 - other)
      curvature.ss += weight * w * w
      curvature.sc -= weight * w
      curvature.cc += weight
    }
  return { value, gradient, curvature }
}

/** Histograms of both works on common bins, for a plot. */
export interface CrooksHistogram {
  /** middle of each bin, energy, [bins] */
  readonly work: Float64Array
  /** P_F(W), [bins]; `reverse`: P_R(-W), at the same W */
  readonly forward: Float64Array
  readonly reverse: Float64Array
  /** ln[P_F(W)/P_R(-W)], NaN where either bin is empty, and its standard error √(1/count_F + 1/count_R) */
  readonly logRatio: Float64Array
  readonly logRatioError: Float64Array
}

/**
 * Bins forward works and minus the reverse works, over the range of both.
 *
 * @param bins number of bins, at least 1
 */
export function crooksHistogram(forward: Float64Array, reverse: Float64Array, bins: number): CrooksHistogram {
  const negative = reverse.map((w) => -w)
  const lowest = Math.min(...[forward, negative].map((set) => set.reduce((x, y) => Math.min(x, y))))
  const highest = Math.max(...[forward, negative].map((set) => set.reduce((x, y) => Math.max(x, y))))
  const width = (highest - lowest) / bins || 1
  const counts = (set: Float64Array) => {
    const out = new Float64Array(bins)
    for (const w of set) out[Math.min(bins - 1, Math.floor((w - lowest) / width))]!++
    return out
  }
  const [countsF, countsR] = [counts(forward), counts(negative)]
  const density = (count: Float64Array, total: number) => count.map((hits) => hits / (total * width))
  const [densityF, densityR] = [density(countsF, forward.length), density(countsR, reverse.length)]
  const bothFull = (bin: number) => countsF[bin]! > 0 && countsR[bin]! > 0
  return {
    work: Float64Array.from({ length: bins }, (_, bin) => lowest + (bin + 0.5) * width),
    forward: densityF,
    reverse: densityR,
    logRatio: densityF.map((p, bin) => (bothFull(bin) ? Math.log(p / densityR[bin]!) : Number.NaN)),
    logRatioError: countsF.map((hits, bin) => (bothFull(bin) ? Math.sqrt(1 / hits + 1 / countsR[bin]!) : Number.NaN)),
  }
}
