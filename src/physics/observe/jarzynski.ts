import { type Bootstrap, type BootstrapOptions, bootstrap } from './bootstrap.js'
import type { Estimate } from './estimate.js'
import { type ExponentialAverage, exponentialAverage } from './exponential-average.js'
import { logMeanExp } from './log-weights.js'

/** A free-energy difference with its bootstrap error (NaN: not known), and a warning when neither can be trusted. */
export interface FreeEnergy extends Estimate {
  /** 95 % of the bootstrap's values, in the unit of the value */
  readonly interval: Pick<Bootstrap, 'low' | 'high'>
  /** what is wrong and what mends it; null when nothing is known to be */
  readonly warning: string | null
}

/** What the Jarzynski average adds. */
export interface JarzynskiEstimate extends FreeEnergy {
  /** by how much the finite number of runs raises the value on average, (kT/2)(1/ESS - 1/n) to first order; NaN where the error is */
  readonly bias: number
  /** of the weights e^(-W/kT), as is the next */
  readonly effectiveSampleSize: number
  /** of the weights' tail: a mean or a variance that does not exist shows in it */
  readonly tailIndex: ExponentialAverage['tailIndex']
}

/** Weights that sum to less than this may have lost some. */
const underflow = 1e-200

/**
 * Free-energy difference of a protocol from the works of runs that start in equilibrium:
 *
 *     ΔF = -kT ln⟨e^(-W/kT)⟩
 *
 * It holds however fast the protocol, but it rests on runs whose work is as small as minus that of the reverse protocol, and
 * is wrong where none was seen. A discrete scheme obeys it up to O(h) only.
 *
 * @param work W, [n] independent runs, energy
 *
 * Cost: `resamples` sums of n.
 * Source: Jarzynski, Phys. Rev. Lett. 78, 2690 (1997); bias: Zuckerman and Woolf, Phys. Rev. Lett. 89, 180602 (2002).
 */
export function jarzynski(work: Float64Array, kT: number, options: BootstrapOptions = {}): JarzynskiEstimate {
  const n = work.length
  const exponents = work.map((w) => -w / kT)
  const { logMean, relativeError, effectiveSampleSize, tailIndex, doubt } = exponentialAverage(exponents)
  const weights = exponents.map((a) => Math.exp(a - logMean))
  const { standardError, low, high } = bootstrap(
    [n],
    (rows) => {
      let sum = 0
      for (const row of rows) sum += weights[row]!
      // Without the run that outweighs all others the sum may underflow.
      if (sum > underflow) return -kT * (logMean + Math.log(sum / n))
      return -kT * logMeanExp(Float64Array.from(rows!, (row) => exponents[row]!))
    },
    options,
  )
  // Where one run outweighs all others, resamples with it and without it are all that the spread shows.
  const known = !Number.isNaN(relativeError)
  return {
    value: -kT * logMean,
    standardError: known ? standardError : Number.NaN,
    interval: known ? { low, high } : { low: Number.NaN, high: Number.NaN },
    bias: known ? (kT / 2) * (1 / effectiveSampleSize - 1 / n) : Number.NaN,
    effectiveSampleSize,
    tailIndex,
    warning:
      doubt === null
        ? null
        : `Jarzynski average: ${doubt}. Use a slower protocol, more runs, or runs of the reverse protocol as well (Bennett).`,
  }
}
