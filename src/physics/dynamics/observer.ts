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

/** The memories of several parts, each under its own name; a part that is not there has none. */
export function memoriesOf(parts: Readonly<Record<string, { readonly memory: Memory } | null>>): Memory {
  return Object.fromEntries(
    Object.entries(parts).flatMap(([name, part]) =>
      Object.entries(part?.memory ?? {}).map(([key, values]) => [`${name}.${key}`, values]),
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
}
