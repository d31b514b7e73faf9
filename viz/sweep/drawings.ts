import type { Drawn } from '../figure.js'
import type { Markup } from '../html.js'
import { averageOf, averages } from './averages.js'
import { type Arrangement, type Axis, combinations, valueText } from './axes.js'
import { seedChart, sweptChart } from './chart.js'
import type { SweptFigure } from './figures.js'
import { heatMap } from './grid.js'
import type { RecordedPoint } from './record.js'

/** There are as many colours; more curves are a heat map. */
export const mostCurves = 8
/** Seeds that are drawn one by one. */
const mostSeeds = 100
/** More combinations of further axes are a table, not small multiples. */
const mostPanels = 12

/** A figure over the axes of a sweep: curves, small multiples where there are more than two axes, heat maps for many values. */
export function drawings(
  id: string,
  figure: SweptFigure,
  points: readonly RecordedPoint[],
  arrangement: Arrangement,
): (Drawn | Markup)[] {
  const { x, curves, panels, seeds } = arrangement
  if (x === undefined) return seeds === undefined ? [] : overSeeds(id, figure, points, seeds)
  const at = averages(figure, points, arrangement)
  const multiples = combinations(panels).slice(0, mostPanels)
  const drawn = multiples.flatMap((panel, place): (Drawn | Markup)[] => {
    const where = panels.map(({ label }, n) => `${label} ${valueText(panel[n])}`).join(', ')
    const heading = where === '' ? figure.title : `${figure.title}, ${where}`
    if (curves !== undefined && curves.values.length > mostCurves)
      return [heatMap(heading, figure, { x, curves }, at, panel)]
    // The legend of a single curve says what it is.
    const above = curves === undefined && where === '' ? '' : heading
    const found = sweptChart(`${id}-${place}`, above, figure, { x, curves }, at, panel)
    return found === undefined ? [] : [found]
  })
  return withOneScale(drawn)
}

/** Small multiples are compared by eye: they share their y axis. */
function withOneScale(drawn: (Drawn | Markup)[]): (Drawn | Markup)[] {
  const specs = drawn.flatMap((one) => ('spec' in one ? [one.spec] : []))
  if (specs.length < 2) return drawn
  const ends = specs.flatMap(({ series }) =>
    series.flatMap(({ y, error }) =>
      y.flatMap((value, n) => (value === null ? [] : [value - (error?.[n] ?? 0), value + (error?.[n] ?? 0)])),
    ),
  )
  const log = specs.every(({ y }) => y.log)
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  const room = 0.08 * (high - low)
  const [floor, ceiling] = log ? [low / 1.3, high * 1.3] : [low - room, high + room]
  return drawn.map((one) =>
    'spec' in one ? { ...one, spec: { ...one.spec, y: { ...one.spec.y, log, floor, ceiling } } } : one,
  )
}

function overSeeds(id: string, figure: SweptFigure, points: readonly RecordedPoint[], seeds: Axis): Drawn[] {
  const rows = new Map(points.map((point, row) => [point.values.seed, row] as const).reverse())
  const averageAt = (seed: unknown) => {
    const row = rows.get(seed)
    const value = row === undefined ? undefined : figure.values[row]
    return value === undefined ? undefined : averageOf([value], figure.errors[row!], undefined)
  }
  const values = seeds.values.flatMap((seed) => averageAt(seed)?.value ?? [])
  if (values.length < 2) return []
  const shown = { ...seeds, values: seeds.values.slice(0, mostSeeds) }
  return [seedChart(id, figure, shown, averageOf(values, undefined, undefined), shown.values.map(averageAt))]
}
