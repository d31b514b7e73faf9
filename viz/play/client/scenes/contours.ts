/** A field on a square grid, row by row from the lowest y. */
export interface Field {
  values: Float32Array
  points: number
}

/**
 * Traces a line of equal value through the cells of a field, by straight pieces; `to` and `from` are in units of cells.
 * @param piece called for each piece with its two ends
 */
export function contour(
  { values, points }: Field,
  level: number,
  piece: (x0: number, y0: number, x1: number, y1: number) => void,
): void {
  const corner: [number, number][] = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ]
  for (let row = 0; row + 1 < points; row++)
    for (let column = 0; column + 1 < points; column++) {
      const heights = corner.map(([x, y]) => (values[(row + y) * points + column + x] as number) - level)
      const above = heights.filter((height) => height > 0).length
      if (above === 0 || above === 4) continue
      const ends: [number, number][] = []
      for (let side = 0; side < 4; side++) {
        const [a, b] = [heights[side] as number, heights[(side + 1) % 4] as number]
        if (a > 0 === b > 0) continue
        const share = a / (a - b)
        const [from, to] = [corner[side] as [number, number], corner[(side + 1) % 4] as [number, number]]
        ends.push([column + from[0] + share * (to[0] - from[0]), row + from[1] + share * (to[1] - from[1])])
      }
      for (let n = 0; n + 1 < ends.length; n += 2)
        piece(...(ends[n] as [number, number]), ...(ends[n + 1] as [number, number]))
    }
}
