import type { DescentState } from '../../learning/rules/descent.js'
import type { Descent } from '../backend.js'
import type { MeasuredSums } from './measure.js'
import type { Arena } from './memory.js'
import { type Pool, parameterShards } from './programs.js'
import type { System } from './system.js'

/** Memory of one descent at a time: arrays [parameters + 1], and the record that the kernel reads (kernels/descend.h). */
export interface DescentRoom {
  readonly arrays: readonly number[]
  readonly record: number
}

const words = 12
const numbers = 7
/** The numbers follow the words and one more, aligned to eight bytes. */
const numbersAt = 4 * words + 8

/** Takes room for a descent on so many parameters. */
export function takeDescentRoom(arena: Arena, parameters: number): DescentRoom {
  return {
    arrays: Array.from({ length: 6 }, () => arena.take(8 * (parameters + 1))),
    record: arena.take(numbersAt + 8 * numbers),
  }
}

/**
 * Descent with the kernels: gradient, optimizer, bounds and average of a parameter in one place, ranges of parameters on all
 * threads. The arithmetic is that of learning/rules/descent.ts, bit for bit.
 *
 * @param block - holds the state's parameters, and is kept up to date
 * @param measure - the sums of a minibatch at the parameters in the block
 */
export function startDescent(
  arena: Arena,
  pool: Pool,
  system: System,
  block: number,
  { arrays, record }: DescentRoom,
  state: DescentState,
  bounds: Float64Array,
  scale: Float64Array,
  measure: (t: number, size: number, step: number) => Promise<MeasuredSums>,
): Descent {
  const parameters = state.theta.length
  const given = [state.theta, state.adam.mean, state.adam.square, state.average, bounds, scale]
  for (const [n, values] of given.entries())
    arena
      .f64(arrays[n]!, parameters + 1)
      .fill(0)
      .set(values)
  return {
    async step(t, size, step, { rate, beta1, beta2, average }) {
      const { loss, sums, shards, factor } = await measure(t, size, step)
      state.adam.steps++
      if (average) state.averaged++
      const { first, second, sumOf, sumBytes } = system
      arena.i32(record, words + 1).set([...arrays, sumOf, first, second, block, sums, sumBytes, shards])
      arena
        .f64(record + numbersAt, numbers)
        .set([
          factor,
          rate,
          beta1,
          beta2,
          1 / (1 - beta1 ** state.adam.steps),
          1 / (1 - beta2 ** state.adam.steps),
          average ? state.averaged : 0,
        ])
      await pool.run({ program: 'descend', descent: record, parameters }, parameterShards(parameters))
      return loss
    },
    sync() {
      for (const [n, values] of [state.theta, state.adam.mean, state.adam.square, state.average].entries())
        values.set(arena.f64(arrays[n]!, parameters))
    },
  }
}
