/** The time steps of a run, as manifest.json and results.json have them. */
export interface Steps {
  readonly count: number
  /** lengths of the shortest and the longest; the same number where all are equal */
  readonly shortest: number
  readonly longest: number
  /** what set them, in words */
  readonly chosenBy: string
}

/** For example `1,000 steps of 0.02, by protocol.dt`. */
export function stepsInWords({ count, shortest, longest, chosenBy }: Steps): string {
  const length = longest - shortest > 1e-9 * longest ? `${short(shortest)} to ${short(longest)}` : short(longest)
  return `${count.toLocaleString('en')} ${count === 1 ? 'step' : 'steps'} of ${length}, ${chosenBy}`
}

/** Three digits, as a power of ten where it is small or large. */
export function short(value: number): string {
  const size = Math.abs(value)
  return size > 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(2) : String(Number(value.toPrecision(3)))
}
