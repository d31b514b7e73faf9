import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'

/**
 * What a random number of the evaluation is for: the `step` of its key, so that no two uses share numbers.
 * The five subsets of the nearest-neighbour test take `subset` to `subset + 4`, the draws of the floor `floor` to `floor + 9`.
 */
export const drawStep = { subset: 0, harmonicControl: 17, floor: 18, slicesHeldOut: 32, slicesTrain: 33 } as const

/**
 * A seeded draw of `count` of the integers 0 … total-1 without replacement, every ordered choice equally likely.
 * Fisher–Yates, stopped after `count` places; with count = total a permutation.
 *
 * @param step one of `drawStep`
 * @param count integer in [0, total]
 */
export function drawWithoutReplacement(seed: number, step: number, count: number, total: number): Int32Array {
  const uniform = drawUniform({ seed, stream: stream.evaluation, step }, count)
  const order = Int32Array.from({ length: total }, (_, n) => n)
  for (let n = 0; n < count; n++) {
    const other = n + Math.floor(uniform[n]! * (total - n))
    const chosen = order[other]!
    order[other] = order[n]!
    order[n] = chosen
  }
  return order.slice(0, count)
}
