import { shown } from '../read-values.js'
import type { RecordedPoint, RecordedSweep } from './record.js'

/** A key of the scenario that is swept over, and its values in the order of the page. */
export interface Axis {
  readonly path: string
  /** the last part of the path, which the head of the page has whole */
  readonly label: string
  /** numbers from the least; anything else as it was given */
  readonly values: readonly unknown[]
  readonly numeric: boolean
  /** where a value stands among them: itself, or the middle of its bin */
  at(value: unknown): unknown
}

/** Sweeps with more points than this have their long axes in bins: a map of 100 by 100 values for each figure is no page. */
const mostPoints = 1000
/** Values of an axis of such a sweep: numbers in as many bins, of anything else the first ones. */
const mostValues = 25

/** What stands where on the page of a sweep. Axes with one value are left out. */
export interface Arrangement {
  /** of the charts; none where the seed alone is swept over */
  readonly x: Axis | undefined
  /** a curve a value */
  readonly curves: Axis | undefined
  /** a chart for each of their combinations */
  readonly panels: readonly Axis[]
  /** what is averaged over */
  readonly seeds: Axis | undefined
  /** what is in bins, or left out, of axes with many values: in words */
  readonly notes: readonly string[]
}

/** Numbers make the x axis before names do, and the axis with more values before one with fewer. */
export function arrange({ grid, points }: Pick<RecordedSweep, 'grid' | 'points'>): Arrangement {
  const all = grid.flatMap((axis) => axisOf(axis, points) ?? [])
  const seeds = all.find(({ path }) => path === 'seed')
  const sorted = all
    .filter((axis) => axis !== seeds)
    .sort((a, b) => Number(b.numeric) - Number(a.numeric) || b.values.length - a.values.length)
  const isLong = ({ values }: Axis) => points.length > mostPoints && values.length > mostValues
  // Behind the first two, a long axis would leave next to nothing in each chart: it is averaged over.
  const drawn = sorted.filter((axis, n) => n < 2 || !isLong(axis))
  const notes = sorted.flatMap((axis, n) => {
    if (!isLong(axis)) return []
    if (n >= 2) return [`Averaged over ${axis.label}.`]
    return [
      `${axis.label} in ${mostValues} ${axis.numeric ? 'bins, each with the mean of its points' : 'of its values'}.`,
    ]
  })
  const [x, curves, ...panels] = drawn.map((axis) => (isLong(axis) ? shortened(axis) : axis))
  return { x, curves, panels, seeds, notes }
}

/** An axis of fewer values: the middles of bins, whose width is constant in ratio where the numbers span more than a decade. */
function shortened(axis: Axis): Axis {
  if (!axis.numeric) return { ...axis, values: axis.values.slice(0, mostValues) }
  const [low, high] = [axis.values[0] as number, axis.values.at(-1) as number]
  const [to, from] = low > 0 && high > 10 * low ? [Math.log, Math.exp] : [(x: number) => x, (x: number) => x]
  const width = (to(high) - to(low)) / mostValues
  const middles = Array.from({ length: mostValues }, (_, n) => from(to(low) + (n + 0.5) * width))
  const binOf = (value: number) => Math.min(mostValues - 1, Math.floor((to(value) - to(low)) / width))
  return { ...axis, values: middles, at: (value) => middles[binOf(value as number)] }
}

/** @returns undefined for an axis along which nothing changes */
function axisOf({ path, values }: RecordedSweep['grid'][number], points: readonly RecordedPoint[]): Axis | undefined {
  const taken = new Set(points.map((point) => keyOf(point.values[path])))
  const used = values.filter((value) => taken.has(keyOf(value)))
  if (used.length < 2) return undefined
  const numeric = used.every((value) => typeof value === 'number' && Number.isFinite(value))
  const sorted = numeric ? [...(used as number[])].sort((a, b) => a - b) : used
  return { path, label: path.split('.').at(-1) || path, values: sorted, numeric, at: (value) => value }
}

/** A value as what a map can find again. */
export function keyOf(value: unknown): string {
  return JSON.stringify(value) ?? ''
}

/** A value of an axis for people: no digits that were not given. */
export function valueText(value: unknown): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(6))).replace('-', '−') : shown(value ?? '')
}

/** All combinations of the values of some axes, the last fastest; one of nothing for no axes. */
export function combinations(axes: readonly Axis[]): unknown[][] {
  return axes.reduce<unknown[][]>(
    (before, { values }) => before.flatMap((some) => values.map((value) => [...some, value])),
    [[]],
  )
}
