/** A batch of states as everything that moves them takes them, batch innermost: x[unit·batch + trajectory], [units, batch]. */
export interface States {
  /** positions, [units, batch] */
  readonly x: Float64Array
  /** number of states */
  readonly batch: number
}

/** States as a table, one row each: data, samples, or images as vectors of pixels. */
export interface PointSet {
  /** [count, units] row-major */
  points: Float64Array
  /** number of states */
  count: number
  /** numbers in each */
  units: number
}

/** A table in either precision. */
type Table = Omit<PointSet, 'points'> & { readonly points: Float64Array | Float32Array }

/** The rows of a table as a batch: all of them, or those from `first` on in steps of `stride`. */
export function columnsOf({ points, count, units }: Table, first = 0, stride = 1): States {
  const batch = Math.ceil((count - first) / stride)
  const x = new Float64Array(units * batch)
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < units; i++) x[i * batch + b] = points[(first + b * stride) * units + i]!
  return { x, batch }
}

/** A batch of states as the rows of a table. */
export function rowsOf(states: States): PointSet {
  const { x, batch } = states
  const table = { points: new Float64Array(x.length), count: batch, units: x.length / batch }
  keepRows(states, table)
  return table
}

/** Copies a batch of states to the rows of a table from `first` on in steps of `stride`; those past its end are left out. */
export function keepRows({ x, batch }: States, { points, count, units }: Table, first = 0, stride = 1): void {
  const kept = Math.min(batch, Math.ceil((count - first) / stride))
  for (let i = 0; i < units; i++)
    for (let b = 0; b < kept; b++) points[(first + b * stride) * units + i] = x[i * batch + b]!
}

/** The first units of every row, [count, units]. */
export function firstUnits({ points, count, units: all }: PointSet, units: number): PointSet {
  if (units === all) return { points, count, units }
  const out = new Float64Array(count * units)
  for (let n = 0; n < count; n++) out.set(points.subarray(n * all, n * all + units), n * units)
  return { points: out, count, units }
}

/** Copies of the given rows of a table, in that order. @param chosen indices in [0, count) */
export function pickRows({ points, units }: PointSet, chosen: ArrayLike<number>): PointSet {
  const picked = new Float64Array(chosen.length * units)
  for (let n = 0; n < chosen.length; n++)
    picked.set(points.subarray(chosen[n]! * units, (chosen[n]! + 1) * units), n * units)
  return { points: picked, count: chosen.length, units }
}

/** So many row numbers of a table (all, when it has fewer), evenly spread over it: sets are often in the order of their classes. */
export function evenRows(count: number, most: number): number[] {
  const taken = Math.min(most, count)
  return Array.from({ length: taken }, (_, n) => Math.floor((n * count) / taken))
}

/** At most so many rows of a table, evenly spread over it. */
export function thinned(set: PointSet, most: number): PointSet {
  return set.count <= most ? set : pickRows(set, evenRows(set.count, most))
}

/** Rows that are turned together: what is written of each unit is one line of a cache. */
const turned = 8

/** Copies the given rows of a table to a batch of as many states. @param chosen indices in [0, count) */
export function pickRowsAsStates({ points, units }: PointSet, chosen: ArrayLike<number>, { x, batch }: States): void {
  for (let first = 0; first < batch; first += turned)
    for (let b = first; b < Math.min(first + turned, batch); b++)
      for (let i = 0, from = chosen[b]! * units, to = b; i < units; i++, from++, to += batch) x[to] = points[from]!
}

/** The rows of even and of odd number, of which there are equally many: a last one without a partner is left out. */
export function halves(set: PointSet): [PointSet, PointSet] {
  const half = Math.floor(set.count / 2)
  const everyOther = (parity: number) =>
    pickRows(
      set,
      Int32Array.from({ length: half }, (_, n) => 2 * n + parity),
    )
  return [everyOther(0), everyOther(1)]
}

/** Copies of the given states of a batch, in that order: [units, chosen]. @param chosen numbers in [0, batch) */
export function pickStates({ x, batch }: States, chosen: ArrayLike<number>): States {
  const count = chosen.length
  const picked = new Float64Array((x.length / batch) * count)
  for (let from = 0, to = 0; from < x.length; from += batch, to += count)
    for (let n = 0; n < count; n++) picked[to + n] = x[from + chosen[n]!]!
  return { x: picked, batch: count }
}

/** Copies of `count` neighbouring states of a batch, from number `first` on. */
export function sliceStates({ x, batch }: States, first: number, count: number): States {
  const sliced = new Float64Array((x.length / batch) * count)
  for (let from = first, to = 0; from < x.length; from += batch, to += count)
    sliced.set(x.subarray(from, from + count), to)
  return { x: sliced, batch: count }
}

/** Writes state number b of a batch to `out`, [units], and returns that. */
export function copyState({ x, batch }: States, b: number, out: Float64Array): Float64Array {
  for (let i = 0; i < out.length; i++) out[i] = x[i * batch + b]!
  return out
}

/** The points of a grid along one axis, or of a square one, as states: [units, points^units], the last unit's the fastest. */
export function gridStates(axis: Float64Array, units: 1 | 2): States {
  const points = axis.length
  if (units === 1) return { x: axis, batch: points }
  const batch = points * points
  const x = new Float64Array(2 * batch)
  for (let n = 0; n < batch; n++) {
    x[n] = axis[Math.floor(n / points)]!
    x[batch + n] = axis[n % points]!
  }
  return { x, batch }
}

/** Tuples by their length. */
interface Arrays {
  2: [Float64Array, Float64Array]
  3: [Float64Array, Float64Array, Float64Array]
  4: [Float64Array, Float64Array, Float64Array, Float64Array]
  5: [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
}

/** That many arrays of one length, all zero: `const [force, normals] = arrays(2, x.length)`. */
export function arrays<Count extends keyof Arrays>(count: Count, length: number): Arrays[Count] {
  return Array.from({ length: count }, () => new Float64Array(length)) as Arrays[Count]
}
