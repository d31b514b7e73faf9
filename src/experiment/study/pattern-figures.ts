import { votedDigits } from '../../learning/evaluation/nearest-training.js'
import type { PointSet } from '../../physics/network/states.js'
import { meanOf } from '../../physics/observe/estimate.js'
import { type Patterns, standardise } from './patterns.js'

/** How samples are beside the patterns that were learned. */
export interface Judged {
  /** of each sample, its largest Pearson correlation with a pattern */
  readonly correlations: Float64Array
  /** share of the samples whose largest is with the pattern that fewest are like */
  readonly leastShare: number
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
  const within = standard.map((_, k) => {
    const own = correlations.filter((_, n) => best[n] === k)
    return own.length === 0 ? 0 : meanOf(own).value
  })
  const { value, standardError } = meanOf(correlations)
  return {
    correlations,
    leastShare: Math.min(...shares),
    figures: {
      correlation: value,
      correlationError: standardError,
      ...Object.fromEntries(shares.map((share, k) => [`patternShare${k}`, share])),
      ...Object.fromEntries(within.map((mean, k) => [`patternCorrelation${k}`, mean])),
      inverted: inverted / count,
      neighbourShare: voted.filter((k, n) => k === best[n]).length / count,
    },
  }
}

/** By how many standard errors samples are nearer to the patterns than others, each to its own. */
export function comparedPatterns(samples: Judged, others: Judged): { readonly z: number } {
  const [a, b] = [meanOf(samples.correlations), meanOf(others.correlations)]
  const error = Math.hypot(a.standardError, b.standardError)
  return { z: error === 0 ? 0 : (a.value - b.value) / error }
}
