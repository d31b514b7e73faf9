import { usageError } from '../../errors.js'
import { isOfShard, type Shard } from '../executor/shard.js'
import { parseOptionValue } from '../scenario/overrides.js'

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
const mostPoints = 10_000
/** Names of directories: what fits beside the files inside, on every file system. */
const longestName = 100

/**
 * Reads `--over path=a,b,c`: the values are YAML between commas, so that `data.digits=[0,1],[3,8]` has two.
 *
 * @throws E_USAGE when there is no `=`, no value, a value twice, one that is not finite, more than 10,000, or the values are not YAML
 */
export function parseAxis(text: string): SweepAxis {
  const where = `--over ${shortened(text)}`
  const equals = text.indexOf('=')
  const path = text.slice(0, Math.max(equals, 0)).trim()
  if (path === '') throw usageError('expected path=a,b,c, for example --over learning.optimizer.rate=0.01,0.02.', where)
  const values = parseOptionValue(`[${text.slice(equals + 1)}]`, where, 'the values are', 'them')
  if (!Array.isArray(values) || values.length === 0)
    throw usageError('expected values behind the "=", separated by commas.', where)
  if (values.length > mostPoints)
    throw usageError(`${values.length} values; expected at most ${mostPoints.toLocaleString('en')}.`, where)
  const known = new Set<string>()
  for (const value of values) {
    // JSON, which carries the values on, has no such numbers.
    if (typeof value === 'number' && !Number.isFinite(value))
      throw usageError(`expected finite numbers, got ${value}.`, where)
    const written = JSON.stringify(value)
    if (known.has(written)) throw usageError(`the value ${shortened(written)} stands twice. Remove one.`, where)
    known.add(written)
  }
  return { path, values }
}

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
  const keys = shortKeys(paths)
  const taken = new Set<string>()
  const points = Array.from({ length: size }, (_, index): GridPoint => {
    let rest = index
    const values = axes.map((): readonly unknown[] => [])
    for (const [place, axis] of [...axes.entries()].reverse()) {
      const choice = rest % axis.values.length
      values[place] = 'path' in axis ? [axis.values[choice]] : axis.values[choice]!
      rest = Math.floor(rest / axis.values.length)
    }
    return namedPoint(index, values.flat(1), keys, taken, size)
  })
  return points.filter(({ index }) => isOfShard(index, shard))
}

/** A point under a name that none before it has. */
function namedPoint(
  index: number,
  values: readonly unknown[],
  keys: readonly string[],
  taken: Set<string>,
  size: number,
): GridPoint {
  const plain = values
    .map((value, n) => `${keys[n]}=${word(value)}`)
    .join('_')
    .slice(0, longestName)
  // File systems that ignore case would take two such names for one.
  let name = plain
  for (let again = index + 1; taken.has(name.toLowerCase()); again += size) name = `${plain}_${again}`
  taken.add(name.toLowerCase())
  return { index, name, values }
}

/** The last keys of the paths, as few as tell them apart. */
function shortKeys(paths: readonly string[]): string[] {
  const keys = paths.map((path) => path.split('.'))
  const deepest = Math.max(...keys.map(({ length }) => length))
  for (let depth = 1; depth < deepest; depth++) {
    const short = keys.map((path) => path.slice(-depth).join('.'))
    if (new Set(short).size === short.length) return short.map(fileName)
  }
  return paths.map(fileName)
}

/** A text in a message. */
function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

/** A value in a name: text as it is, lists and mappings without their punctuation. */
function word(value: unknown): string {
  return fileName(typeof value === 'string' ? value : JSON.stringify(value).replace(/[[\]{}"]/g, ''))
}

function fileName(text: string): string {
  return text.replace(/[^\w.+-]+/g, '-').replace(/^-(?!\d)|-$/g, '')
}
