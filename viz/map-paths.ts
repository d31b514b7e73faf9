import { contours } from './contours.js'

/** Heights of the lines of a map above its lowest place, in kT; what lies higher is hardly ever visited. */
export const mapLevels = [1, 2, 3, 4, 6, 8] as const

/** Far above the highest line heights need not be told apart: a page keeps its numbers small. */
export function capped(height: number): number {
  return Math.min(2 * (mapLevels.at(-1) as number), height)
}

/**
 * Paths around what lies below each level of one map.
 * @param potential over kT, [maps, y, x]
 * @param place where a value of the first unit and one of the second stand on the page
 * @returns an SVG path a level, highest first, each to be filled by the even-odd rule
 */
export function mapPaths(
  { x, y, potential }: { x: readonly number[]; y: readonly number[]; potential: ArrayLike<number> },
  index: number,
  place: (x: number, y: number) => readonly [number, number],
): string[] {
  const [columns, rows] = [x.length, y.length]
  const value = (column: number, row: number) => capped(potential[(index * rows + row) * columns + column] as number)
  return mapLevels.toReversed().map((level) =>
    contours([columns, rows], value, level)
      .map((ring) => `M${ring.map(([c, r]) => place(along(x, c), along(y, r)).join(' ')).join('L')}z`)
      .join(''),
  )
}

/** The value at a place between two of an axis. */
function along(axis: readonly number[], at: number): number {
  const below = Math.max(0, Math.min(axis.length - 2, Math.floor(at)))
  const [low, high] = [axis[below] as number, axis[below + 1] as number]
  return low + (at - below) * (high - low)
}
