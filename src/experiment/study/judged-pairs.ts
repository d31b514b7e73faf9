import type { PairDensity } from '../../learning/data/pair-law.js'
import { type States, sliceStates } from '../../physics/network/states.js'
import { logSumExp } from '../../physics/observe/log-weights.js'
import type { DrawnCurve } from './study.js'

/** Pairs that each x is to find its own y among. */
const retrieved = 1000

/** l_ij of some x and some y, row by row. */
export type Logits = (first: States, second: States) => Float64Array

/** What pairs are judged by. */
export interface Judging {
  readonly law: PairDensity
  /** pairs that belong together, none of which was learned from */
  readonly heldOut: States
  /** pairs among which each half is to find its own */
  readonly batch: number
}

/**
 * By pairs that were held out: mean -log probability of each one's own partner among those of its batch, both ways; how often the best of many
 * partners is one's own; and the work of carrying a partner to another one's state.
 */
export function judgedPairs({ heldOut, batch, law }: Judging, logits: Logits): Record<string, number> {
  let [loss, work, terms] = [0, 0, 0]
  for (let from = 0; from + batch <= heldOut.batch; from += batch) {
    const some = sliceStates(heldOut, from, batch)
    const l = logits(some, some)
    for (let i = 0; i < batch; i++) {
      const own = l[i * (batch + 1)]!
      const all = (outer: number, inner: number) =>
        logSumExp(Float64Array.from({ length: batch }, (_, n) => l[i * outer + n * inner]!))
      loss += (all(batch, 1) + all(1, batch)) / 2 - own
      for (let j = 0; j < batch; j++) work += (own - l[i * batch + j]!) / (batch - 1)
      terms++
    }
  }
  return { partnerLogLoss: loss / terms, retrieval: retrieval(heldOut, law, logits), mismatchWork: work / terms }
}

/** Nats by which candidates that an energy does not tell apart may differ. */
const alike = 1e-9

/** R@1: how often the best y of all is an x's own; of several that are as good, a share. */
function retrieval(heldOut: States, { units }: PairDensity, logits: Logits): number {
  const all = sliceStates(heldOut, 0, Math.min(retrieved, heldOut.batch))
  const rows = Math.max(1, Math.floor(200_000 / (all.batch * units)))
  let right = 0
  for (let from = 0; from < all.batch; from += rows) {
    const some = sliceStates(all, from, Math.min(rows, all.batch - from))
    const l = logits(some, all)
    for (let i = 0; i < some.batch; i++) {
      const own = l.subarray(i * all.batch, (i + 1) * all.batch)
      const best = own.reduce((most, value) => Math.max(most, value), -Infinity) - alike
      if (own[from + i]! >= best) right += 1 / own.filter((value) => value >= best).length
    }
  }
  return right / all.batch
}

/** Of the pairs that are kept how many belong together, and of those that do how many are kept. */
export function keptFigures(weights: Float64Array, belongs: Float64Array): { precision: number; recall: number } {
  let [both, kept, all] = [0, 0, 0]
  weights.forEach((weight, n) => {
    both += weight * belongs[n]!
    kept += weight
    all += belongs[n]!
  })
  return { precision: kept > 0 ? both / kept : 0, recall: both / all }
}

/** Bars of a histogram. */
const barsAcross = 60

/** Histograms of the scores by which pairs were last told apart, of those that belong together and those that do not. */
export function margins(scores: Float64Array, belongs: Float64Array): DrawnCurve[] {
  const sorted = scores.toSorted()
  // A few pairs that are far out would make all that matters small.
  const low = sorted[Math.floor(0.05 * sorted.length)]!
  const high = sorted[Math.floor(0.999 * sorted.length)]!
  const width = (high - low) / barsAcross
  const x = Float64Array.from({ length: barsAcross }, (_, n) => low + (n + 0.5) * width)
  return (['belong together', 'permuted'] as const).map((name, permuted) => {
    const y = new Float64Array(barsAcross)
    scores.forEach((score, n) => {
      const place = Math.floor((score - low) / width)
      if (belongs[n] === 1 - permuted && place >= 0 && place < barsAcross) y[place]! += 1 / (width * scores.length)
    })
    return { chart: 'margin', name, x, y }
  })
}
