import type { DescentState } from '../../learning/rules/descent.js'
import type { Descent } from '../backend.js'
import type { MeasuredSums } from './measure.js'
import { type Arena, writeWords } from './memory.js'
import { descentShards, type Pool, parametersOfStrip } from './programs.js'
import type { System } from './system.js'

/** Memory of one descent at a time, and which parameter stands where in it. */
export interface DescentRoom {
  /** in the order of their sums, whole strips of them: -1 where there is none, [entries] */
  readonly order: Int32Array
  /** words of their sums and of their places in a block, [entries] */
  readonly sumOf: Int32Array
  readonly first: Int32Array
  readonly second: Int32Array
  /** addresses: the record that the kernel reads and what it points to, in its order (kernels/descend.h) */
  readonly record: number
  readonly strips: number
  readonly words: readonly number[]
  readonly arrays: readonly number[]
}

const recordWords = 13
const recordNumbers = 8

/** Takes room for a descent on the parameters of a system. */
export function takeDescentRoom(arena: Arena, system: System): DescentRoom {
  const { sumWords } = system
  const parameters = sumWords.length
  const entries = Math.ceil(parameters / parametersOfStrip) * parametersOfStrip
  const order = new Int32Array(entries).fill(-1)
  order.set(Int32Array.from(sumWords, (_, a) => a).sort((a, b) => sumWords[a]! - sumWords[b]!))
  // One more of each than there are parameters: a word to spare.
  const inOrder = (address: number) => {
    const given = arena.i32(address, parameters + 1).slice()
    return order.map((a) => given[a < 0 ? parameters : a]!)
  }
  const [sumOf, first, second] = [inOrder(system.sumOf), inOrder(system.first), inOrder(system.second)]
  return {
    ...{ order, sumOf, first, second },
    record: arena.take(4 * (recordWords + recordNumbers)),
    strips: arena.take((16 * entries) / parametersOfStrip),
    words: [sumOf, first, second].map((values) => writeWords(arena, values)),
    arrays: Array.from({ length: 5 }, () => arena.take(4 * entries)),
  }
}

/**
 * Descent with the kernels: gradient, optimizer, bounds and average of a parameter in one place, ranges of parameters on all
 * threads. The arithmetic is that of learning/rules/descent.ts in float32: what is carried from one step to the next are float32 numbers,
 * so that a descent that is resumed has the same bits.
 *
 * @param block - holds the state's parameters, and is where they are stepped
 * @param measure - the sums of a minibatch at the parameters in the block
 */
export function startDescent(
  arena: Arena,
  pool: Pool,
  system: System,
  block: number,
  room: DescentRoom,
  state: DescentState,
  bounds: Float64Array,
  scale: Float64Array,
  measure: (t: number, size: number, step: number) => Promise<MeasuredSums>,
): Descent {
  const { order, record, strips, words, arrays } = room
  const given = [bounds, scale, state.adam.mean, state.adam.square, state.average]
  for (const [n, values] of given.entries()) {
    const view = arena.f32(arrays[n]!, order.length)
    for (let e = 0; e < order.length; e++) view[e] = order[e]! < 0 ? 0 : values[order[e]!]!
  }
  writeStrips(arena, room)
  const descend = { program: 'descend', descent: record, strips: order.length / parametersOfStrip } as const
  return {
    async step(t, size, step, { rate, beta1, beta2, average }) {
      const { loss, sums, shards, factor } = await measure(t, size, step)
      state.adam.steps++
      if (average) state.averaged++
      const { steps } = state.adam
      arena.i32(record, recordWords).set([strips, ...words, ...arrays, block, sums, system.sumBytes, shards])
      arena
        .f32(record + 4 * recordWords, recordNumbers)
        .set([
          factor,
          rate / (1 - beta1 ** steps),
          beta1,
          1 - beta1,
          beta2,
          1 - beta2,
          1 / (1 - beta2 ** steps),
          average ? 1 / state.averaged : 0,
        ])
      await pool.run(descend, descentShards(descend.strips))
      return loss
    },
    sync() {
      const theta = arena.f32(block, system.blockBytes / 4)
      const [mean, square, average] = arrays.slice(2).map((address) => arena.f32(address, order.length))
      for (const [e, a] of order.entries()) {
        if (a < 0) continue
        state.theta[a] = theta[room.first[e]!]!
        state.adam.mean[a] = mean![e]!
        state.adam.square[a] = square![e]!
        state.average[a] = average![e]!
      }
    },
  }
}

/** Whether numbers are the same, or each is `step` more than the one before. */
function goesBy(step: number, values: Int32Array | Float32Array): boolean {
  return values.every((value, n) => value === values[0]! + step * n)
}

/** Writes what the kernel knows of each strip: whether its parameters are alike and lie side by side, and then where. */
function writeStrips(arena: Arena, { strips, sumOf, first, second, arrays }: DescentRoom): void {
  const [bounds, scale] = arrays.map((address) => arena.f32(address, sumOf.length))
  for (let from = 0; from < sumOf.length; from += parametersOfStrip) {
    const of = <T extends Int32Array | Float32Array>(values: T) => values.subarray(from, from + parametersOfStrip) as T
    const isPlain =
      goesBy(1, of(sumOf)) &&
      goesBy(1, of(first)) &&
      of(bounds!).every((bound) => bound === bounds![from]) &&
      goesBy(0, of(scale!))
    const address = strips + (16 * from) / parametersOfStrip
    const isTwice = of(second).some((word, n) => word !== first[from + n])
    arena.i32(address, 2).set(isPlain ? [sumOf[from]!, isTwice ? -1 - first[from]! : first[from]!] : [-1, -1])
    arena.f32(address + 8, 2).set([bounds![from]!, scale![from]!])
  }
}
