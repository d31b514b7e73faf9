import { usageError } from '../../errors.js'
import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'
import { tidy } from './ranges.js'
import { mostPoints, type SweepPairs } from './sweep-grid.js'

/** A key whose value is drawn at random. */
export interface DrawnKey {
  /** dotted, as for --set */
  readonly path: string
  /** equal shares for equal distances, or for equal ratios */
  readonly law: 'uniform' | 'loguniform'
  /** least value */
  readonly low: number
  /** largest value */
  readonly high: number
}

/** @throws E_USAGE unless there are two finite ends, the first below the second, and both above 0 for `loguniform` */
export function drawnKey(path: string, law: DrawnKey['law'], ends: readonly number[], where = path): DrawnKey {
  const [low, high] = ends
  const example = law === 'uniform' ? 'uniform:0:1' : 'loguniform:1e-4:1e-1'
  if (ends.length !== 2 || !(Number.isFinite(low) && Number.isFinite(high) && low! < high!))
    throw usageError(`expected ${law}:low:high, two numbers, the first the smaller one, for example ${example}.`, where)
  if (law === 'loguniform' && !(low! > 0)) throw usageError(`expected ends above 0, got ${low} and ${high}.`, where)
  return { path, law, low: low!, high: high! }
}

/**
 * Keys that are drawn together, so many times. A value is a function of `seed`, the number of the draw and the place of its key alone:
 * more draws keep those before them, and every shard of a grid has the same.
 *
 *     await sweep({ scenario, axes: [drawn([{ path: 'bath.kT', law: 'uniform', low: 0.5, high: 2 }], 100)], directory })
 *
 * @throws E_USAGE for no keys, a number of draws that is not whole, below 1 or above 10,000, or a seed that is none
 */
export function drawn(keys: readonly DrawnKey[], draws: number, seed = 1): SweepPairs {
  const most = mostPoints.toLocaleString('en')
  if (keys.length === 0)
    throw usageError('no key is drawn at random. Add --over path=uniform:0:1, or leave --draws away.', '--draws')
  if (!Number.isInteger(draws) || draws < 1 || draws > mostPoints)
    throw usageError(`expected a whole number from 1 to ${most}.`, `--draws ${draws}`)
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw usageError('expected a whole number from 0 to 2^53 - 1.', `--draw-seed ${seed}`)
  const row = (_: unknown, draw: number) => {
    const uniform = drawUniform({ seed, stream: stream.grid, step: draw }, keys.length)
    return keys.map(({ law, low, high }, n) =>
      tidy(law === 'uniform' ? low + (high - low) * uniform[n]! : low * (high / low) ** uniform[n]!),
    )
  }
  return { paths: keys.map(({ path }) => path), values: Array.from({ length: draws }, row) }
}
