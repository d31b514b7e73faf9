import { type BootstrapOptions, bootstrap } from './bootstrap.js'
import { meanOf } from './estimate.js'
import type { FreeEnergy } from './jarzynski.js'

/** What the acceptance ratio adds. `standardError` is the asymptotic one, NaN (not known) with less than one effective pair. */
export interface BennettEstimate extends FreeEnergy {
  /** standard error by bootstrap of both sets of runs, NaN where the asymptotic one is */
  readonly bootstrapError: number
  /** how far the works of both directions overlap: from 1, where nothing is dissipated, to 0 */
  readonly overlap: number
}

/** With fewer effective pairs than this the asymptotic error (above .3 kT) is not to be trusted. */
const fewestPairs = 10
/** With fewer than this (an error above kT) no run of either direction is likely in the other: no error is known. */
const onePair = 1
/** From so many on, where the error is below .03 kT, one step of Newton's takes a resample's root from that of all, to 2 % of the error. */
const manyPairs = 1000

/**
 * Free-energy difference from the works of a protocol and of its reverse, each started in equilibrium: the root of
 *
 *     Σ_F f(M + W - ΔF) = Σ_R f(-M + W + ΔF),   f(u) = 1/(1 + e^(u/kT)),   M = kT ln(n_F/n_R),
 *
 * which of all estimators from these works has the smallest asymptotic error. With p = f(M + W - ΔF) over all works (W of
 * forward runs, -W of reverse ones)
 *
 *     SE² = kT² [1/Σp(1-p) - 1/n_F - 1/n_R],   overlap = Σp(1-p)·(1/n_F + 1/n_R)
 *
 * With less than one effective pair, Σp(1-p) < 1, the root is a guess between two sets of works that know nothing of each
 * other: its errors are NaN, and the interval is what the second law leaves, -⟨W_R⟩ ≤ ΔF ≤ ⟨W_F⟩, and two standard errors more
 * on either side.
 *
 * @param forward W of the protocol, [n_F] independent runs
 * @param reverse W done on the system by the reverse protocol, [n_R]
 *
 * Cost: some ten sums over both sets for each resample; one of them where more than 1,000 pairs overlap.
 * Source: Bennett, J. Comput. Phys. 22, 245 (1976); Shirts, Bair, Hooker and Pande, Phys. Rev. Lett. 91, 140601 (2003), eq. 10.
 */
export function bennett(
  forward: Float64Array,
  reverse: Float64Array,
  kT: number,
  options: BootstrapOptions = {},
): BennettEstimate {
  const [a, b] = [forward.map((w) => w / kT), reverse.map((w) => -w / kT)]
  const value = acceptanceRatioRoot(a, b)
  const pairs = classified(a, b, value).information
  const counts = 1 / a.length + 1 / b.length
  const known = pairs >= onePair
  const rootOf = pairs >= manyPairs ? nearRoot(a, b, value) : resampledRoot(a, b, value)
  const resampled = () => bootstrap([a.length, b.length], (rowsF, rowsR) => kT * rootOf(rowsF!, rowsR!), options)
  // Of works that do not overlap every resample has nearly the same root, wherever ΔF is.
  const { standardError, low, high } = known ? resampled() : { standardError: Number.NaN, ...secondLaw(a, b, kT) }
  return {
    value: kT * value,
    // At the root Σp(1-p) ≤ 1/(1/n_F + 1/n_R) by Cauchy and Schwarz: only rounding could pass it.
    standardError: known ? kT * Math.sqrt(Math.max(0, 1 / pairs - counts)) : Number.NaN,
    bootstrapError: standardError,
    interval: { low, high },
    overlap: pairs * counts,
    warning:
      pairs >= fewestPairs
        ? null
        : `Bennett acceptance ratio: the works of the two directions overlap in only ${pairs.toPrecision(2)} effective pairs` +
          `${known ? '' : ', so that its error is not known and the interval is that of the second law, from -⟨W_R⟩ to ⟨W_F⟩ and two standard errors of each'}. ` +
          'Use a slower protocol, more runs, or stages in between.',
  }
}

/** The root of the works with the given numbers. */
type RootOfRows = (rowsF: Int32Array, rowsR: Int32Array) => number

function resampledRoot(a: Float64Array, b: Float64Array, guess: number): RootOfRows {
  const [sampleF, sampleR] = [new Float64Array(a.length), new Float64Array(b.length)]
  return (rowsF, rowsR) => {
    for (let n = 0; n < rowsF.length; n++) sampleF[n] = a[rowsF[n]!]!
    for (let n = 0; n < rowsR.length; n++) sampleR[n] = b[rowsR[n]!]!
    return acceptanceRatioRoot(sampleF, sampleR, guess)
  }
}

/** The same by one step of Newton's from the root of all works, at which each has its p and p(1-p) once and for all. */
function nearRoot(a: Float64Array, b: Float64Array, root: number): RootOfRows {
  const offset = Math.log(a.length / b.length) - root
  const f = a.map((w) => 1 / (1 + Math.exp(offset + w)))
  const r = b.map((w) => 1 / (1 + Math.exp(-offset - w)))
  const sums = (p: Float64Array, rows: Int32Array) => {
    let [sum, slopes] = [0, 0]
    for (let n = 0; n < rows.length; n++) {
      const own = p[rows[n]!]!
      sum += own
      slopes += own * (1 - own)
    }
    return { sum, slopes }
  }
  return (rowsF, rowsR) => {
    const [forward, reverse] = [sums(f, rowsF), sums(r, rowsR)]
    const slope = forward.slopes / forward.sum + reverse.slopes / reverse.sum
    return root - Math.log(forward.sum / reverse.sum) / slope
  }
}

/** -⟨W_R⟩ ≤ ΔF ≤ ⟨W_F⟩, each with two standard errors; NaN where a direction has a single run, or where the works break it. */
function secondLaw(a: Float64Array, b: Float64Array, kT: number): { low: number; high: number } {
  const [above, below] = [meanOf(a), meanOf(b)]
  const low = kT * (below.value - 2 * below.standardError)
  const high = kT * (above.value + 2 * above.standardError)
  return low <= high ? { low, high } : { low: Number.NaN, high: Number.NaN }
}

/**
 * The root, in units of kT; `b` holds the negative works of the reverse runs.
 *
 * It is that of ln Σ_F p - ln Σ_R (1-p), which rises with ΔF and, unlike the sums, underflows nowhere. Newton's step is
 * taken where it stays in the bracket known so far and is at most half as long as the one before, a bisection otherwise.
 */
export function acceptanceRatioRoot(a: Float64Array, b: Float64Array, guess = 0): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const shift = Math.abs(Math.log(a.length / b.length)) + 1
  for (const set of [a, b])
    for (const w of set) {
      low = Math.min(low, w - shift)
      high = Math.max(high, w + shift)
    }
  let root = Math.min(high, Math.max(low, guess))
  let step = high - low
  for (let iteration = 0; iteration < 200; iteration++) {
    const { logRatio, slope } = classified(a, b, root)
    if (logRatio > 0) high = root
    else low = root
    const newton = root - logRatio / slope
    const next =
      newton >= low && newton <= high && Math.abs(newton - root) <= step / 2 ? newton : low + (high - low) / 2
    step = Math.abs(next - root)
    if (step <= 1e-12 * (1 + Math.abs(root))) return next
    root = next
  }
  return root
}

/**
 * With p = 1/(1 + e^(M + w - ΔF)), the probability that a work w comes from the reverse set: ln Σ_F p - ln Σ_R (1-p), its
 * derivative, and the information Σ p(1-p), in units of kT.
 */
function classified(
  a: Float64Array,
  b: Float64Array,
  freeEnergy: number,
): { logRatio: number; slope: number; information: number } {
  const offset = Math.log(a.length / b.length) - freeEnergy
  const [f, r] = [logisticSums(a, offset, 1), logisticSums(b, offset, -1)]
  return {
    logRatio: Math.log(f.sum) - f.scale - (Math.log(r.sum) - r.scale),
    slope: f.slopes / f.sum + r.slopes / r.sum,
    information: f.slopes * Math.exp(-f.scale) + r.slopes * Math.exp(-r.scale),
  }
}

/** e^scale times Σf and Σf(1-f), f = 1/(1 + e^u), u = sign·(offset + w): the largest f is neither tiny nor 0 with that scale. */
function logisticSums(works: Float64Array, offset: number, sign: 1 | -1) {
  const nearest = works.reduce((least, w) => Math.min(least, sign * (offset + w)), Number.POSITIVE_INFINITY)
  const scale = Math.max(0, nearest)
  const unit = Math.exp(-scale)
  let [sum, slopes] = [0, 0]
  for (const w of works) {
    const scaled = 1 / (unit + Math.exp(sign * (offset + w) - scale))
    sum += scaled
    slopes += scaled * (1 - scaled * unit)
  }
  return { sum, slopes, scale }
}
