/** ln⟨e^a⟩ and how many of the values it rests on. */
interface Weighed {
  /** ln (1/n) Σ e^(a_i) */
  readonly logMean: number
  /** (Σw)²/Σw², w = e^a: as many equal weights would give the same error; from 1 to n */
  readonly effectiveSampleSize: number
}

/** Averages of e^a over values a, [n], from the largest on, so that nothing overflows. */
export function weighed(logWeights: Float64Array): Weighed {
  let largest = -Infinity
  for (const a of logWeights) if (a > largest) largest = a
  let sum = 0
  let squares = 0
  for (const a of logWeights) {
    const w = Math.exp(a - largest)
    sum += w
    squares += w * w
  }
  return { logMean: largest + Math.log(sum / logWeights.length), effectiveSampleSize: (sum * sum) / squares }
}
