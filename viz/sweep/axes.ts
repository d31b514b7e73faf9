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
}

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
}

/** Numbers make the x axis before names do, and the axis with more values before one with fewer. */
export function arrange({ grid, points }: Pick<RecordedSweep, 'grid' | 'points'>): Arrangement {
  const axes = grid.flatMap((axis) => axisOf(axis, points) ?? [])
  const seeds = axes.find(({ path }) => path === 'seed')
  const [x, curves, ...panels] = axes
    .filter((axis) => axis !== seeds)
    .sort((a, b) => Number(b.numeric) - Number(a.numeric) || b.values.length - a.values.length)
  return { x, curves, panels, seeds }
}

/** @returns undefined for an axis along which nothing changes */
function axisOf({ path, values }: RecordedSweep['grid'][number], points: readonly RecordedPoint[]): Axis | undefined {
  const taken = new Set(points.map((point) => keyOf(point.values[path])))
  const used = values.filter((value) => taken.has(keyOf(value)))
  if (used.length < 2) return undefined
  const numeric = used.every((value) => typeof value === 'number' && Number.isFinite(value))
  const sorted = numeric ? [...(used as number[])].sort((a, b) => a - b) : used
  return { path, label: path.split('.').at(-1) || path, values: sorted, numeric }
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
