import type { InitialStates } from '../../physics/dynamics/ensemble.js'
import type { Arena } from './memory.js'
import { groupsOf, lanes } from './shards.js'

/** States of some groups as [units, batch]; the array is reused by the next read. */
interface GroupStates {
  readonly x: Float64Array
  readonly batch: number
  /** index of its first trajectory */
  readonly first: number
}

/** The states of trajectories first … first + size - 1 in memory, [groups][rows][16] float32. */
export interface Groups {
  readonly address: number
  readonly count: number
  /** of all groups */
  readonly words: number
  /** so many of them from one on, or as many as there are */
  read(group: number, groups: number): GroupStates
}

/** Copies so many numbers, four at a time: a frame of a large ensemble is read in two thirds of the time. */
function copyRow(from: Float32Array, start: number, to: Float64Array, at: number, count: number): void {
  let b = 0
  for (; b + 4 <= count; b += 4) {
    to[at + b] = from[start + b]!
    to[at + b + 1] = from[start + b + 1]!
    to[at + b + 2] = from[start + b + 2]!
    to[at + b + 3] = from[start + b + 3]!
  }
  for (; b < count; b++) to[at + b] = from[start + b]!
}

/** Takes room for states and writes where they start; zeros where the caller writes them (`start` null). */
export function createGroups(
  arena: Arena,
  units: number,
  rows: number,
  first: number,
  size: number,
  start: InitialStates | null,
): Groups {
  const count = groupsOf(size)
  const words = rows * lanes
  const address = arena.take(4 * count * words)
  arena.f32(address, count * words).fill(0)
  let states = new Float64Array(units * lanes)
  const batchOf = (group: number) => Math.min(lanes, size - group * lanes)
  const viewOf = (group: number) => arena.f32(address + 4 * group * words, words)
  for (let group = 0; group < count && start !== null; group++) {
    const batch = batchOf(group)
    const x = states.subarray(0, units * batch)
    start(x, first + group * lanes, batch)
    const view = viewOf(group)
    for (let i = 0; i < units; i++) for (let b = 0; b < batch; b++) view[i * lanes + b] = x[i * batch + b]!
  }
  return {
    address,
    count,
    words: count * words,
    read(group, groups) {
      const last = Math.min(group + groups, count) - 1
      const batch = (last - group) * lanes + batchOf(last)
      if (states.length < units * batch) states = new Float64Array(units * batch)
      const x = states.subarray(0, units * batch)
      for (let at = group, from = 0; at <= last; at++, from += lanes) {
        const [view, here] = [viewOf(at), batchOf(at)]
        for (let i = 0; i < units; i++) copyRow(view, i * lanes, x, i * batch + from, here)
      }
      return { x, batch, first: first + group * lanes }
    },
  }
}
