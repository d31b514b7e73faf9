import { usageError } from '../../errors.js'

/** Part `part` (from 1) of `of` parts of a list of jobs: every `of`-th, so that the parts have like amounts of work. */
export interface Shard {
  /** which, from 1 */
  readonly part: number
  /** how many there are */
  readonly of: number
}

/** Whether the job at a place of the list is the shard's; without one all are. */
export function isOfShard(place: number, shard: Shard | null): boolean {
  return shard === null || place % shard.of === shard.part - 1
}

/** Reads `--shard i/n`. @throws E_USAGE unless 1 ≤ i ≤ n */
export function parseShard(text: string): Shard {
  const [, part, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number)
  if (part === undefined || of === undefined || part < 1 || part > of)
    throw usageError('expected i/n with 1 ≤ i ≤ n, for example --shard 1/4.', `--shard ${text}`)
  return { part, of }
}
