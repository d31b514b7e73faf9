/** Neighbouring trajectories of an ensemble: all of it, or some of its shards. */
export interface Span {
  /** number of the first in the whole ensemble, a multiple of `shard` */
  readonly first: number
  /** how many */
  readonly trajectories: number
  /** of the whole ensemble */
  readonly of: number
  /** trajectories of a shard: what is added up over trajectories is added up in each shard, and then over these in their order */
  readonly shard: number
}

/** Trajectories of a shard: a multiple of what kernels advance together, and so many that a small ensemble is one. */
const ofShard = 4096
/** Shards of an ensemble, at most: each has sums of its own. */
const mostShards = 256

/** All trajectories of an ensemble. */
export function wholeSpan(trajectories: number): Span {
  const shard = ofShard * Math.ceil(trajectories / (ofShard * mostShards))
  return { first: 0, trajectories, of: trajectories, shard }
}

/** A span by itself, or by how many trajectories there are. */
export function spanOf(trajectories: number | Span): Span {
  return typeof trajectories === 'number' ? wholeSpan(trajectories) : trajectories
}

/** The shards of an ensemble, in their order. They depend on its size alone, so that its sums have the same bits wherever each is computed. */
export function shardsOf(trajectories: number): Span[] {
  const whole = wholeSpan(trajectories)
  return Array.from({ length: countShards(whole) }, (_, n) => {
    const first = n * whole.shard
    return { ...whole, first, trajectories: Math.min(whole.shard, trajectories - first) }
  })
}

/** Shards that a span has a part in. */
export function countShards({ trajectories, shard }: Span): number {
  return Math.ceil(trajectories / shard)
}

/** Those of a span that are among the first so many of the ensemble. */
export function amongFirst(span: Span, most: number): Span {
  const { first, trajectories, of } = span
  return { ...span, trajectories: Math.max(0, Math.min(trajectories, most - first)), of: Math.min(of, most) }
}

/** Cuts neighbouring trajectories, counted from the first of a span, where a shard ends: what of them is in shard number `shard` of the span. */
export function eachShard(
  { shard: size }: Span,
  first: number,
  count: number,
  each: (shard: number, from: number, to: number) => void,
): void {
  const end = first + count
  for (let from = first; from < end; ) {
    const shard = Math.floor(from / size)
    const to = Math.min(end, (shard + 1) * size)
    each(shard, from, to)
    from = to
  }
}
