/** A closed line in the coordinates of a grid: its corners in order. */
export type Ring = readonly (readonly [column: number, row: number])[]

/** What lies beyond the grid counts as this far above a level, so that every line closes along the border. */
const beyond = 1e12

/**
 * Closed lines around the places where a grid of values is below a level (marching squares, corners by linear interpolation).
 * @param value of a column and a row
 * @returns lines that wind around what is below; holes have lines of their own, so that the even-odd rule fills it. Cost O(places)
 */
export function contours(
  [columns, rows]: readonly [number, number],
  value: (column: number, row: number) => number,
  level: number,
): Ring[] {
  const above = (column: number, row: number) => {
    if (column < 0 || row < 0 || column >= columns || row >= rows) return beyond
    const height = value(column, row) - level
    return Number.isFinite(height) ? height : beyond
  }
  const point = crossing(above)
  // Where a line enters a cell and where it leaves it: sides of cells by number, each the end of one piece and the start of the next.
  const next = new Map<number, number>()
  const at = new Map<number, readonly [number, number]>()
  for (let row = -1; row < rows; row++)
    for (let column = -1; column < columns; column++) {
      const corners = [
        [column, row],
        [column + 1, row],
        [column + 1, row + 1],
        [column, row + 1],
      ] as const
      const isBelow = corners.map(([c, r]) => above(c, r) < 0)
      if (isBelow.every((below) => below === isBelow[0])) continue
      const side = (k: number) => sideNumber(column, row, k % 4, columns)
      for (let k = 0; k < 4; k++) {
        if (isBelow[k] || !isBelow[(k + 1) % 4]) continue
        let leaves = k + 1
        while (isBelow[(leaves + 1) % 4]) leaves++
        next.set(side(k), side(leaves))
        const [from, to] = [corners[k], corners[(k + 1) % 4]] as [(typeof corners)[number], (typeof corners)[number]]
        at.set(side(k), point(from, to))
      }
    }
  return rings(next, at)
}

/** Where the value goes through the level between two neighbours. */
function crossing(above: (column: number, row: number) => number) {
  return (from: readonly [number, number], to: readonly [number, number]) => {
    const [a, b] = [above(...from), above(...to)]
    const share = a / (a - b)
    return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])] as const
  }
}

/** Sides of a cell clockwise from the top; a side has one number, whichever of its cells asks. */
function sideNumber(column: number, row: number, k: number, columns: number): number {
  const [c, r, upright] = (
    [
      [column, row, 0],
      [column + 1, row, 1],
      [column, row + 1, 0],
      [column, row, 1],
    ] as const
  )[k] as [number, number, number]
  return 2 * ((r + 1) * (columns + 2) + c + 1) + upright
}

/** Follows the pieces from each start until it comes round. */
function rings(next: Map<number, number>, at: ReadonlyMap<number, readonly [number, number]>): Ring[] {
  const found: Ring[] = []
  for (const first of next.keys()) {
    const ring: (readonly [number, number])[] = []
    for (let side: number | undefined = first; side !== undefined; ) {
      const following: number | undefined = next.get(side)
      if (following === undefined) break
      next.delete(side)
      ring.push(at.get(side) as readonly [number, number])
      side = following
    }
    if (ring.length > 2) found.push(ring)
  }
  return found
}
