import { meanOf } from './estimate.js'

/** Whether two halves of an ensemble, which began in different places, are alike. */
export interface Agreement {
  readonly agreed: boolean
  /** the largest |z| of all that was compared, and up to which they are alike */
  readonly z: number
  readonly bar: number
  /** what differs most, and its mean in either half */
  readonly of: string
  readonly means: readonly [number, number]
}

/** Probability that halves of one law are told apart, at most. */
const falseAlarm = 1e-3

/**
 * Compares the even and the odd trajectories of an ensemble by the means of quantities,
 *
 *     z = (m₁ - m₂)/√(SE₁² + SE₂²),
 *
 * with the errors of independent trajectories. Of c comparisons the largest |z| stays below √(2 ln(c/p)) but for a probability p, as
 * P(|z| > b) ≤ e^(-b²/2). Means that are alike may still differ by as much as their errors: what cannot be seen here is no larger than
 * what would be seen of it elsewhere.
 *
 * @param quantities - a value for each trajectory, by name, at least 4
 */
export function compareHalves(quantities: Iterable<readonly [string, Float64Array]>): Agreement {
  let [count, worst] = [0, { z: -1, of: '', means: [Number.NaN, Number.NaN] as [number, number] }]
  for (const [of, values] of quantities) {
    count++
    const [even, odd] = [0, 1].map((half) => meanOf(values.filter((_, n) => n % 2 === half)))
    const error = Math.hypot(even!.standardError, odd!.standardError)
    const difference = Math.abs(even!.value - odd!.value)
    // Where nothing moves halves are alike that stand at one place; what is no number differs from everything.
    const z = difference === 0 ? 0 : error > 0 ? difference / error : Infinity
    if (z > worst.z) worst = { z, of, means: [even!.value, odd!.value] }
  }
  const bar = Math.sqrt(2 * Math.log(count / falseAlarm))
  return { ...worst, bar, agreed: worst.z <= bar }
}
