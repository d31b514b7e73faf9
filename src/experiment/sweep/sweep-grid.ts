import { usageError } from '../../errors.js'
import { isOfShard, type Shard } from '../executor/shard.js'
import { createNames } from './point-names.js'

/** One key of the scenario and the values that it takes. */
export interface SweepAxis {
  /** dotted, as for --set */
  readonly path: string
  /** what it is set to, one after another */
  readonly values: readonly unknown[]
}

/** Keys of the scenario that change together. */
export interface SweepPairs {
  /** dotted, as for --set */
  readonly paths: readonly string[]
  /** what they are set to, one after another: a list of as many values as there are paths */
  readonly values: readonly (readonly unknown[])[]
}

/** One point of a grid. */
export interface GridPoint {
  /** place in the grid, the last axis running fastest */
  readonly index: number
  /** readable, unique in the grid, and a file name everywhere */
  readonly name: string
  /** one value for each path, in their order */
  readonly values: readonly unknown[]
}

/** A larger grid is a slip of the keyboard. */
export const mostPoints = 10_000

/** The paths of the axes, one after the other. */
export function pathsOf(axes: readonly (SweepAxis | SweepPairs)[]): string[] {
  return axes.flatMap((axis) => ('path' in axis ? [axis.path] : axis.paths))
}

/** Each path with the values that it takes, each once. */
export function gridOf(axes: readonly (SweepAxis | SweepPairs)[]): SweepAxis[] {
  return axes.flatMap((axis) => {
    if ('path' in axis) return [axis]
    return axis.paths.map((path, n) => {
      const values = new Map(axis.values.map((row) => [JSON.stringify(row[n]), row[n]]))
      return { path, values: [...values.values()] }
    })
  })
}

/**
 * The product of the axes, or the shard's part of it: every n-th point from the i-th on, so that the n shards have each
 * point once and like amounts of work. Names do not depend on the shard.
 *
 * @throws E_USAGE for no axis, a path twice, or more than 10,000 points
 */
export function gridPoints(axes: readonly (SweepAxis | SweepPairs)[], shard: Shard | null): GridPoint[] {
  if (axes.length === 0) throw usageError('there is nothing to sweep over. Add --over path=a,b,c.', 'sweep')
  const paths = pathsOf(axes)
  const twice = paths.find((path, index) => paths.indexOf(path) !== index)
  if (twice !== undefined)
    throw usageError('the path is swept twice. Give all its values to one --over.', `--over ${twice}`)
  const size = axes.reduce((product, { values }) => product * values.length, 1)
  if (size > mostPoints) throw usageError(`the grid has ${size} points; expected at most ${mostPoints}.`, '--over')
  const nameOf = createNames(paths, size)
  const points = Array.from({ length: size }, (_, index): GridPoint => {
    let rest = index
    const values = axes.map((): readonly unknown[] => [])
    for (const [place, axis] of [...axes.entries()].reverse()) {
      const choice = rest % axis.values.length
      values[place] = 'path' in axis ? [axis.values[choice]] : axis.values[choice]!
      rest = Math.floor(rest / axis.values.length)
    }
    const all = values.flat(1)
    return { index, name: nameOf(index, all), values: all }
  })
  return points.filter(({ index }) => isOfShard(index, shard))
}
