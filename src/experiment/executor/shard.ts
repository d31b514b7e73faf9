import { usageError } from '../../errors.js'
import type { Environment } from '../engines/engine.js'
import { arrayTask } from '../engines/engines.js'

/** Part `part` (from 1) of `of` parts of a list of jobs: every `of`-th, so that the parts have like amounts of work. */
export interface Shard {
  /** which, from 1 */
  readonly part: number
  /** how many there are */
  readonly of: number
}

/** More parts than a grid has points, or an array job tasks, are a slip of the keyboard. */
export const mostShards = 10_000

/** Whether the job at a place of the list is the shard's; without one all are. */
export function isOfShard(place: number, shard: Shard | null): boolean {
  return shard === null || place % shard.of === shard.part - 1
}

/**
 * Reads `--shard i/n`, or `--shard auto`: what the engine of an array job says in the environment.
 *
 * @throws E_USAGE unless 1 ≤ i ≤ n ≤ 10,000; for `auto` where no engine says which task this is
 */
export function parseShard(text: string, environment: Environment = process.env): Shard {
  if (text === 'auto') {
    const { index, size } = arrayTask(environment)
    return { part: index + 1, of: size }
  }
  const [, part, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number)
  if (part === undefined || of === undefined || part < 1 || part > of || of > mostShards)
    throw usageError('expected i/n with 1 ≤ i ≤ n ≤ 10,000, for example --shard 1/4, or auto.', `--shard ${text}`)
  return { part, of }
}
