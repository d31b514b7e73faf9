import { votedDigits } from '../../learning/evaluation/nearest-training.js'
import type { PointSet } from '../../physics/network/states.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import { type Patterns, standardise } from './patterns.js'

/** How samples are beside the patterns that were learned. */
export interface Judged {
  /** of each sample, its largest Pearson correlation with a pattern */
  readonly correlations: Float64Array
  /** of each pattern, their mean over the samples that belong to it; null where those are fewer than two */
  readonly ofPattern: readonly (Estimate | null)[]
  /** means over the samples, by name */
  readonly figures: Readonly<Record<string, number>>
}

/** Nearest images that vote. */
const neighbours = 5

/**
 * Compares samples with patterns: each belongs to that with which its Pearson correlation is largest.
 *
 * Cost: O(samples·units·images) of the search for neighbours.
 */
export function judgePatterns({ points, count, units }: PointSet, { standard, known, classes }: Patterns): Judged {
  const standardised = points.slice()
  const [correlations, best] = [new Float64Array(count), new Int32Array(count)]
  let inverted = 0
  for (let n = 0; n < count; n++) {
    const x = standardise(standardised.subarray(n * units, (n + 1) * units))
    const each = standard.map((s) => s.reduce((sum, value, i) => sum + value * x[i]!, 0) / units)
    correlations[n] = Math.max(...each)
    best[n] = each.indexOf(correlations[n]!)
    if (-Math.min(...each) > correlations[n]!) inverted++
  }
  const voted = votedDigits({ points: standardised, count, units }, known, classes, { neighbours })
  const shares = standard.map((_, k) => best.filter((own) => own === k).length / count)
  const ofPattern = standard.map((_, k) => {
    const own = correlations.filter((_, n) => best[n] === k)
    return own.length < 2 ? null : meanOf(own)
  })
  const { value, standardError } = meanOf(correlations)
  return {
    correlations,
    ofPattern,
    figures: {
      correlation: value,
      correlationError: standardError,
      ...Object.fromEntries(shares.map((share, k) => [`patternShare${k}`, share])),
      ...Object.fromEntries(ofPattern.map((mean, k) => [`patternCorrelation${k}`, mean?.value ?? 0])),
      inverted: inverted / count,
      neighbourShare: voted.filter((k, n) => k === best[n]).length / count,
    },
  }
}

/** By how many standard errors samples are nearer to the patterns than others: all of them, and those of the pattern that is least so. */
export function comparedPatterns(samples: Judged, others: Judged): { readonly z: number; readonly least: number } {
  const ofPatterns = samples.ofPattern.map((own, k) => errorsBetween(own, others.ofPattern[k]!))
  return { z: errorsBetween(meanOf(samples.correlations), meanOf(others.correlations)), least: Math.min(...ofPatterns) }
}

function errorsBetween(one: Estimate | null, other: Estimate | null): number {
  if (one === null || other === null) return 0
  const error = Math.hypot(one.standardError, other.standardError)
  return error === 0 ? 0 : (one.value - other.value) / error
}
