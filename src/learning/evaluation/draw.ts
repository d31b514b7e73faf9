import { stream } from '../../physics/noise/streams.js'
import { distinctIntegers } from '../../physics/noise/uniform.js'

/**
 * What a random number of the evaluation is for: the `step` of its key, so that no two uses share numbers.
 * The five subsets of the nearest-neighbour test take `subset` to `subset + 4`, the draws of the floor `floor` to `floor + 9`.
 */
export const drawStep = { subset: 0, harmonicControl: 17, floor: 18, slicesHeldOut: 32, slicesTrain: 33 } as const

/** The draw number `step` (one of `drawStep`) of `count` of the integers 0 … total-1 without replacement; see distinctIntegers. */
export function drawWithoutReplacement(seed: number, step: number, count: number, total: number): Int32Array {
  return distinctIntegers({ seed, stream: stream.evaluation, step }, count, total)
}
