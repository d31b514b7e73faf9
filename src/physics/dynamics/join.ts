import type { Join, Observer } from './observer.js'
import { countShards, type Span } from './span.js'

/** What was collected of so many trajectories, an observer's or other, and how it is joined. */
export type Collector = Pick<Observer, 'trajectories' | 'memory' | 'joins'>

/**
 * Writes what an observer of some shards collected to where it belongs in the memory of one that was made for the whole ensemble. Once
 * all shards are there, in any order, it holds the bits of one that saw them all.
 *
 * @param whole - has a memory, and joins for all of it
 * @param part - made alike but for the trajectories
 * @param span - of the simulation that `part` looked at
 */
export function joinInto(whole: Collector, part: Omit<Collector, 'joins'>, span: Span): void {
  for (const [name, to] of Object.entries(whole.memory ?? {})) {
    const join = whole.joins?.[name]
    const from = part.memory?.[name]
    if (join === undefined || from === undefined) throw new Error(`nothing says how ${name} is joined`)
    const shards = (trajectories: number) => countShards({ ...span, trajectories })
    const places: Readonly<Record<Join, () => void>> = {
      rows: () => to.set(from, (to.length / whole.trajectories) * span.first),
      columns() {
        const [width, own] = [whole.trajectories, part.trajectories]
        for (let row = 0; row * own < from.length; row++)
          to.set(from.subarray(row * own, (row + 1) * own), row * width + span.first)
      },
      shards: () => to.set(from, (to.length / shards(whole.trajectories)) * (span.first / span.shard)),
      counts() {
        for (let n = 0; n < to.length; n++) to[n]! += from[n]!
      },
      first() {
        if (span.first === 0) to.set(from)
      },
    }
    // Of an observer that looks at the first trajectories a later shard has nothing.
    if (part.trajectories > 0) places[join]()
  }
}
