/** The states of some trajectories at one moment. The array is reused by the next frame: copy what is to be kept. */
export interface Frame {
  /** number of the step just finished, from 0; -1 at the start */
  readonly index: number
  /** the protocol's clock */
  readonly clock: number
  /** index of the first trajectory of the batch */
  readonly first: number
  /** number of trajectories in it */
  readonly batch: number
  /** [units, batch] */
  readonly x: Float64Array
  /** work and heat of each trajectory so far, [batch], where they are measured; reused as x is */
  readonly work?: Float64Array
  /** heat given to the bath so far, in the unit of the energy, [batch], where it is measured */
  readonly heat?: Float64Array
}

/** All that something has collected: arrays of a fixed length by name, saved by copying them and restored by writing into them. */
export type Memory = Readonly<Record<string, Float64Array | Int32Array>>

/**
 * How an array of a memory is made of those of observers that each looked at some trajectories: it has an entry or several of each
 * trajectory, [trajectories, …] (`rows`) or […, trajectories] (`columns`), or of each shard of trajectories, [shards, …] (`shards`); it
 * counts, in whole numbers, which are added (`counts`); or it is alike in all, and taken from who saw trajectory 0 (`first`). No sum of
 * rounded numbers is among them: such are kept for each shard (see Span).
 */
export type Join = 'rows' | 'columns' | 'shards' | 'counts' | 'first'

/** What something has collected, and how that is joined, by the same names. */
export interface Collected {
  /** the arrays, by their names */
  readonly memory: Memory
  /** how each of them is joined with those of other trajectories */
  readonly joins: Readonly<Record<string, Join>>
}

/** The same join of each array of a memory. */
export function allJoined(by: Join, memory: Memory): Collected['joins'] {
  return Object.fromEntries(Object.keys(memory).map((name) => [name, by]))
}

/** The memories of several parts, each under its own name; a part that is not there has none. */
export function memoriesOf(parts: Readonly<Record<string, { readonly memory: Memory } | null>>): Memory {
  return underNames(parts, (part) => part.memory)
}

/** The same with how they are joined. */
export function collectedOf(parts: Readonly<Record<string, Collected | null>>): Collected {
  return { memory: memoriesOf(parts), joins: underNames(parts, (part) => part.joins) }
}

function underNames<Part, Value>(
  parts: Readonly<Record<string, Part | null>>,
  of: (part: Part) => Readonly<Record<string, Value>>,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(parts).flatMap(([name, part]) =>
      Object.entries(part === null ? {} : of(part)).map(([key, value]) => [`${name}.${key}`, value]),
    ),
  )
}

/**
 * Something that looks at the states along the trajectories. It says which frames it wants, so that a backend can run
 * undisturbed between them, and keeps its results as plain arrays: memory is bounded by what it keeps, not by the number of
 * steps. It sees every batch of a wanted frame once, in the order of the trajectories within a frame.
 */
export interface Observer {
  /** it looks at trajectories 0 … trajectories - 1 (batches beyond them may be left out, those across are not cut) */
  readonly trajectories: number
  /** whether it looks after step `index` (-1: at the start) */
  wants(index: number): boolean
  /** looks at the states of a frame, batch after batch */
  see(frame: Frame): void
  /** all that it carries from one frame to the next, so that a run that was killed goes on; without it such a run begins again */
  readonly memory?: Memory
  /** how each array of `memory` is joined with those of other trajectories; without it an ensemble is not cut into shards */
  readonly joins?: Collected['joins']
}
