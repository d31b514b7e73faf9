import { invalidValue } from '../../errors.js'

/**
 * Couplings of hidden units to visible ones, and to label units, which are numbered after the visible ones. Those of hidden unit h are the edges start[h] … start[h + 1] - 1, in increasing
 * order of their visible units.
 */
export interface HiddenEdges {
  /** number of edges */
  readonly count: number
  /** visible (or label) unit of each edge, [count] */
  readonly visible: Int32Array
  /** hidden unit of each edge, [count] */
  readonly hidden: Int32Array
  /** [hidden units + 1] */
  readonly start: Int32Array
}

/**
 * Edges from lists of what each hidden unit sees.
 *
 * @param visible - number of visible and label units
 * @param seen - those coupled to each hidden one, in increasing order
 * @throws E_INVALID_VALUE when a list names an unknown unit or is not in increasing order
 */
export function hiddenEdgesFromLists(visible: number, seen: readonly (readonly number[])[]): HiddenEdges {
  for (const units of new Set(seen))
    units.forEach((unit, n) => {
      if (unit < 0 || unit >= visible || (n > 0 && unit <= units[n - 1]!))
        throw invalidValue(
          `hidden unit ${seen.indexOf(units)}: expected units 0 to ${visible - 1} in rising order, got ${unit}.`,
        )
    })
  const start = new Int32Array(seen.length + 1)
  seen.forEach((units, h) => {
    start[h + 1] = start[h]! + units.length
  })
  const count = start[seen.length]!
  const edges = { count, visible: new Int32Array(count), hidden: new Int32Array(count), start }
  seen.forEach((units, h) => {
    edges.visible.set(units, start[h])
    edges.hidden.fill(h, start[h], start[h + 1])
  })
  return edges
}

/** Every hidden unit sees every visible one: edge h·visible + i joins hidden unit h and visible unit i. */
export function allSeen(visible: number, hidden: number): number[][] {
  const every = Array.from({ length: visible }, (_, i) => i)
  return Array.from({ length: hidden }, () => every)
}

/** One hidden unit above each site of a lattice, which sees that site and those at most `radius` rows and columns away. */
export function latticeSeen(rows: number, columns: number, radius: number): number[][] {
  return Array.from({ length: rows * columns }, (_, site) => {
    const row = Math.floor(site / columns)
    const column = site % columns
    const seen: number[] = []
    for (let r = Math.max(0, row - radius); r <= Math.min(rows - 1, row + radius); r++)
      for (let c = Math.max(0, column - radius); c <= Math.min(columns - 1, column + radius); c++)
        seen.push(r * columns + c)
    return seen
  })
}
