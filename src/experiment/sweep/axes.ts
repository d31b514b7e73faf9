import { shortened, usageError } from '../../errors.js'
import { parseOptionValue } from '../scenario/overrides.js'
import { type DrawnKey, drawn, drawnKey } from './draws.js'
import { evenly, geometrically } from './ranges.js'
import { mostPoints, type SweepAxis, type SweepPairs } from './sweep-grid.js'

/** A number as YAML takes it. */
const number = '[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?'
/** `a:b` and `a:b:c` of numbers */
const numbers = new RegExp(`^${number}(?::${number})+$`)

/**
 * The axes of a grid, as words give them: those of `--over` in their order, then the keys that are drawn, all of them together.
 *
 * @param draws - how many times, where there are such keys
 * @param seed - of the draws
 * @throws E_USAGE as `parseOver` and `drawn` do
 */
export function parseGrid(over: readonly string[], draws?: number, seed?: number): (SweepAxis | SweepPairs)[] {
  const axes: (SweepAxis | SweepPairs)[] = []
  const keys: DrawnKey[] = []
  for (const axis of over.map(parseOver))
    if ('law' in axis) keys.push(axis)
    else axes.push(axis)
  const [first] = keys
  if (first !== undefined && draws === undefined)
    throw usageError('it is drawn at random. Add --draws N, how many times.', `--over ${first.path}`)
  if (first === undefined && seed !== undefined && draws === undefined)
    throw usageError('no key is drawn at random. Add --over path=uniform:0:1, or leave it away.', `--draw-seed ${seed}`)
  return draws === undefined ? axes : [...axes, drawn(keys, draws, seed)]
}

/**
 * Reads `--over`:
 *
 * - `path=a,b,c`: values, YAML between commas, so that `data.digits=[0,1],[3,8]` has two;
 * - `path=0.1:1:10`: so many numbers evenly from one to another; `path=log:1e-3:1:7` with a constant ratio;
 * - `a.b,c.d=[1,2],[3,4]`: keys that change together, a list of values for each point;
 * - `path=uniform:0:1`, `path=loguniform:1e-4:1e-1`: drawn at random.
 *
 * @throws E_USAGE with its place for what is none of these, or makes no sense: see `evenly`, `geometrically` and `drawnKey`; a value twice, one that is not
 *   finite, or more than 10,000 values
 */
function parseOver(text: string): SweepAxis | SweepPairs | DrawnKey {
  const where = `--over ${shortened(text)}`
  const equals = text.indexOf('=')
  const paths = text.slice(0, Math.max(equals, 0)).split(',')
  const [path = '', ...others] = paths.map((one) => one.trim())
  const given = text.slice(equals + 1).trim()
  if (path === '' || others.includes(''))
    throw usageError('expected path=a,b,c, for example --over learning.optimizer.rate=0.01,0.02.', where)
  const [law = '', ...ends] = given.split(':')
  if (others.length === 0) {
    if (numbers.test(given)) return { path, values: evenly(...three(given.split(':'), 'from:to:count', where), where) }
    if (law === 'log' && ends.length > 0)
      return { path, values: geometrically(...three(ends, 'log:from:to:count', where), where) }
    if ((law === 'uniform' || law === 'loguniform') && ends.length > 0)
      return drawnKey(path, law, ends.map(Number), where)
  }
  const values = listed(given, where)
  return others.length === 0
    ? { path, values }
    : { paths: [path, ...others], values: rows(values, paths.length, where) }
}

function three(parts: readonly string[], form: string, where: string): [number, number, number] {
  const [from, to, count] = parts.map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  if (parts.length === 3 && [from, to, count].every(Number.isFinite)) return [from!, to!, count!]
  throw usageError(
    `expected ${form}, three numbers, for example ${form.startsWith('log') ? 'log:1e-3:1:7' : '0.1:1:10'}.`,
    where,
  )
}

/** Values between commas. */
function listed(text: string, where: string): unknown[] {
  const values = parseOptionValue(`[${text}]`, where, 'the values are', 'them')
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
  return values
}

/** Lists of one value for each of some keys. */
function rows(values: readonly unknown[], keys: number, where: string): unknown[][] {
  return values.map((row) => {
    if (!Array.isArray(row) || row.length !== keys)
      throw usageError(
        `expected lists of ${keys} values, one for each key, such as a.b,c.d=[1,2],[3,4]; got ${shortened(JSON.stringify(row))}.`,
        where,
      )
    return row
  })
}
