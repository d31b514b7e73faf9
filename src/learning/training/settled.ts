import type { MetricLine } from './losses.js'

/** How the loss still fell when the descent on the less noisy half of the slices ended. */
export interface StillFalling {
  /** mean over these slices of (loss of the third quarter - loss of the last)/loss of the last, of their iterations */
  readonly fall: number
  readonly standardError: number
}

/** Lines of a slice below which its quarters tell nothing. */
const fewest = 16

/**
 * Compares the last two quarters of each slice's descent. Losses of minibatches jump: their scatter within a quarter is the standard error.
 *
 * @param slices - how many there are
 * @returns null where too few losses were recorded
 */
export function stillFalling(lines: readonly MetricLine[], slices: number): StillFalling | null {
  const losses = Array.from({ length: slices }, (): number[] => [])
  for (const line of lines) if (line.kind === 'iteration') losses[line.slice]?.push(line.loss)
  const later = losses.slice(Math.floor(slices / 2)).filter(({ length }) => length >= fewest)
  if (later.length === 0) return null
  let [fall, variance] = [0, 0]
  for (const of of later) {
    const quarter = Math.floor(of.length / 4)
    const [before, last] = [of.slice(-2 * quarter, -quarter), of.slice(-quarter)].map(meanAndVariance)
    fall += (before!.mean - last!.mean) / last!.mean / later.length
    variance += (before!.variance + last!.variance) / quarter / (last!.mean * later.length) ** 2
  }
  return { fall, standardError: Math.sqrt(variance) }
}

function meanAndVariance(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0)
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2 / (values.length - 1), 0) }
}
