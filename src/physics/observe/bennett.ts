import { type BootstrapOptions, bootstrap } from './bootstrap.js'
import type { FreeEnergy } from './jarzynski.js'

/** What the acceptance ratio adds. `standardError` is the asymptotic one. */
export interface BennettEstimate extends FreeEnergy {
  /** standard error by bootstrap of both sets of runs */
  readonly bootstrapError: number
  /** how far the works of both directions overlap: from 1, where nothing is dissipated, to 0 */
  readonly overlap: number
}

/** With fewer effective pairs than this the asymptotic error (above .3 kT) is not to be trusted. */
const fewestPairs = 10

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
 * @param forward W of the protocol, [n_F] independent runs
 * @param reverse W done on the system by the reverse protocol, [n_R]
 *
 * Cost: some ten sums over both sets for each resample.
 * Source: Bennett, J. Comput. Phys. 22, 245 (1976); Shirts, Bair, Hooker and Pande, Phys. Rev. Lett. 91, 140601 (2003), eq. 10.
 */
export function bennett(
  forward: Float64Array,
  reverse: Float64Array,
  kT: number,
  options: BootstrapOptions,
): BennettEstimate {
  const [a, b] = [forward.map((w) => w / kT), reverse.map((w) => -w / kT)]
  const value = acceptanceRatioRoot(a, b)
  const pairs = classified(a, b, value).information
  const [sampleF, sampleR] = [new Float64Array(a.length), new Float64Array(b.length)]
  const { standardError, low, high } = bootstrap(
    [a.length, b.length],
    (rowsF, rowsR) => {
      rowsF!.forEach((row, n) => {
        sampleF[n] = a[row]!
      })
      rowsR!.forEach((row, n) => {
        sampleR[n] = b[row]!
      })
      return kT * acceptanceRatioRoot(sampleF, sampleR, value)
    },
    options,
  )
  const counts = 1 / a.length + 1 / b.length
  return {
    value: kT * value,
    // At the root Σp(1-p) ≤ 1/(1/n_F + 1/n_R) by Cauchy and Schwarz: only rounding could pass it.
    standardError: kT * Math.sqrt(Math.max(0, 1 / pairs - counts)),
    bootstrapError: standardError,
    interval: { low, high },
    overlap: pairs * counts,
    warning:
      pairs >= fewestPairs
        ? null
        : `Bennett acceptance ratio: the works of the two directions overlap in only ${pairs.toPrecision(2)} effective pairs. ` +
          'Use a slower protocol, more runs, or stages in between.',
  }
}

/** The root, in units of kT; `b` holds the negative works of the reverse runs. */
export function acceptanceRatioRoot(a: Float64Array, b: Float64Array, guess = 0): number {
  // The sum of p less the reverse works' share rises with ΔF from -n_R to n_F. Newton's step is taken where it stays in
  // the bracket known so far, a bisection otherwise.
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const shift = Math.abs(Math.log(a.length / b.length)) + 1
  for (const set of [a, b])
    for (const w of set) {
      low = Math.min(low, w - shift)
      high = Math.max(high, w + shift)
    }
  let root = Math.min(high, Math.max(low, guess))
  for (let iteration = 0; iteration < 200; iteration++) {
    const { excess, information } = classified(a, b, root)
    if (excess > 0) high = root
    else low = root
    const newton = root - excess / information
    const next = newton > low && newton < high ? newton : (low + high) / 2
    if (Math.abs(next - root) <= 1e-12 * (1 + Math.abs(root))) return next
    root = next
  }
  return root
}

/**
 * With p = 1/(1 + e^(M + w - ΔF)), the probability that a work w comes from the reverse set: Σ_F p - Σ_R (1-p) and its
 * derivative Σ p(1-p), both in units of kT.
 */
function classified(a: Float64Array, b: Float64Array, freeEnergy: number): { excess: number; information: number } {
  const offset = Math.log(a.length / b.length) - freeEnergy
  let excess = 0
  let information = 0
  for (const w of a) {
    const p = 1 / (1 + Math.exp(offset + w))
    excess += p
    information += p * (1 - p)
  }
  for (const w of b) {
    const q = 1 / (1 + Math.exp(-offset - w))
    excess -= q
    information += q * (1 - q)
  }
  return { excess, information }
}
