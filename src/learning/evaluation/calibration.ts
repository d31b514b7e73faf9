/** How good probabilities of classes are that a model gives to states whose class is known. */
export interface Calibration {
  /** share of states whose most probable class is their own */
  readonly accuracy: number
  /** -⟨log p(own class)⟩, nats */
  readonly logLoss: number
  /** share of the most frequent class: the accuracy of a guess */
  readonly guess: number
  /** Σ_bins share |mean p - share that is right|, of the most probable class, in ten bins of its p */
  readonly calibrationError: number
  /**
   * ⟨p(own class) - Σ_c p_c²⟩: 0 where classes come with the probabilities that are told for them, below it where these are too sure.
   * With its standard error
   */
  readonly surplus: number
  readonly surplusError: number
  /** those of the ten that hold any states, the least sure first */
  readonly bins: readonly ReliabilityBin[]
}

/** States whose most probable class is told with about the same probability. */
export interface ReliabilityBin {
  /** mean of that probability */
  readonly confidence: number
  /** share of them whose class it is */
  readonly frequency: number
  /** of the frequency: that of its probability given r right ones of n, Beta(r + ½, n - r + ½), which is not 0 where all are right */
  readonly standardError: number
  readonly count: number
}

const bins = 10
/** Of a class that has been ruled out. */
const least = 1e-300

/**
 * Judges probabilities.
 *
 * @param probability - of each class of each state, [states, classes]
 * @param own - class of each state, [states]
 * Source: Naeini, Cooper & Hauskrecht, AAAI (2015) for the error in bins.
 */
export function calibrationOf(probability: Float64Array, own: ArrayLike<number>): Calibration {
  const count = own.length
  const classes = probability.length / count
  const of = new Float64Array(classes)
  const [told, right, all] = [new Float64Array(bins), new Float64Array(bins), new Float64Array(bins)]
  let [accuracy, logLoss, surplus, squares] = [0, 0, 0, 0]
  for (let n = 0; n < count; n++) {
    const p = probability.subarray(n * classes, (n + 1) * classes)
    const truth = own[n]!
    const best = p.reduce((top, value, c) => (value > p[top]! ? c : top), 0)
    const bin = Math.min(bins - 1, Math.floor(p[best]! * bins))
    of[truth]! += 1 / count
    told[bin]! += p[best]!
    all[bin]!++
    if (best === truth) right[bin]!++
    accuracy += Number(best === truth) / count
    logLoss -= Math.log(Math.max(p[truth]!, least)) / count
    const one = p[truth]! - p.reduce((sum, value) => sum + value * value, 0)
    surplus += one / count
    squares += one ** 2 / count
  }
  const filled = Array.from(all.keys()).filter((bin) => all[bin]! > 0)
  return {
    accuracy,
    logLoss,
    guess: Math.max(...of),
    calibrationError: told.reduce((sum, value, bin) => sum + Math.abs(value - right[bin]!) / count, 0),
    surplus,
    surplusError: Math.sqrt(Math.max(0, squares - surplus ** 2) / count),
    bins: filled.map((bin) => {
      const [n, r] = [all[bin]!, right[bin]!]
      const standardError = Math.sqrt(((r + 0.5) * (n - r + 0.5)) / ((n + 1) ** 2 * (n + 2)))
      return { confidence: told[bin]! / n, frequency: r / n, standardError, count: n }
    }),
  }
}
