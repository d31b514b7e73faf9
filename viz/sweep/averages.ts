import { type Arrangement, keyOf } from './axes.js'
import type { SweptFigure } from './figures.js'
import type { Measured, RecordedPoint } from './record.js'

/** A figure at one place of the grid, averaged over seeds. */
export interface Average extends Measured {
  /** over how many seeds */
  readonly count: number
  readonly truth: number | undefined
}

/** The average of a figure at a place of the grid, by its values on x, curves and panels. */
export type At = (x: unknown, curve: unknown, panel: readonly unknown[]) => Average | undefined

/**
 * A figure at every place of the grid. Over several seeds: their mean, and its standard error s/√n from their spread s, whatever
 * the runs say of themselves. Of one seed: what its run says.
 */
export function averages(
  { values, errors, truths }: SweptFigure,
  points: readonly RecordedPoint[],
  { x, curves, panels }: Arrangement,
): At {
  const axes = [x, curves, ...panels]
  const placeOf = (on: readonly unknown[]) => on.map(keyOf).join('\n')
  const rows = new Map<string, number[]>()
  points.forEach((point, row) => {
    if (values[row] === undefined) return
    const place = placeOf(axes.map((axis) => (axis === undefined ? null : axis.at(point.values[axis.path]))))
    const of = rows.get(place)
    if (of === undefined) rows.set(place, [row])
    else of.push(row)
  })
  const found = new Map(
    [...rows].map(([place, of]) => [
      place,
      averageOf(
        of.map((row) => values[row] as number),
        errors[of[0] as number],
        mean(of.flatMap((row) => truths[row] ?? [])),
      ),
    ]),
  )
  return (onX, onCurve, onPanels) => found.get(placeOf([onX ?? null, onCurve ?? null, ...onPanels]))
}

/** Mean of the values of some seeds. @param own standard error of the run, where there is one */
export function averageOf(values: readonly number[], own: number | undefined, truth: number | undefined): Average {
  const count = values.length
  const value = mean(values) as number
  if (count < 2) return { value, error: own, count, truth }
  const variance = values.reduce((sum, each) => sum + (each - value) ** 2, 0) / (count - 1)
  return { value, error: Math.sqrt(variance / count), count, truth }
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}
