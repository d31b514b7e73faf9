import type { Entrant } from './contender.js'
import { type Spread, spread } from './statistics.js'

/** What one core of the machine multiplies and adds at most in float32, 10⁹ operations per second: measured by bench/peers/step.c. */
export interface Peak {
  /** multiply-adds that are one operation each */
  readonly fused: Spread
  /** as many multiplications as additions, each an operation of its own */
  readonly unfused: Spread
}

/** Measures both in turn; null where the limit does not run. */
export async function measurePeak(entrants: readonly Entrant[], repeats: number): Promise<Peak | null> {
  const peak = entrants.find(({ session }) => session.peak !== undefined)?.session.peak
  if (peak === undefined) return null
  const [fused, unfused]: [number[], number[]] = [[], []]
  for (let repeat = 0; repeat < repeats; repeat++) {
    fused.push(await peak(true))
    unfused.push(await peak(false))
  }
  return { fused: spread(fused), unfused: spread(unfused) }
}
