import type { ChartSeries, ChartSpec } from '../chart-spec.js'
import { runTone } from '../comparison/columns.js'
import { brief, chartFigure, type Drawn, thinned } from '../figure.js'
import { enumerate, formatCount, formatNumber } from '../format.js'
import { html } from '../html.js'
import { figureTitle, referenceOf } from '../objective-facts.js'
import type { Arm, ObjectiveCurve } from '../objective-record.js'
import type { Metric } from '../run-record.js'
import { extent } from '../summary.js'

/** A chart for each figure that changes along the iterations. */
export function objectiveCurves(
  curves: readonly ObjectiveCurve[],
  arms: readonly Arm[],
  metrics: readonly Metric[],
): Drawn[] {
  return [...new Set(curves.map(({ figure }) => figure))].flatMap((figure) => {
    const of = curves.filter((curve) => curve.figure === figure)
    return isCurve(of) ? [curveChart(figure, of, arms, referenceOf(figure, { arms, metrics }))] : []
  })
}

/** Whether curves are so far from one another, all above 0, that a linear axis would show the largest alone. */
function spansDecades(curves: readonly ObjectiveCurve[]): boolean {
  const [least, largest] = extent(curves.flatMap(({ value }) => value))
  return least > 0 && largest > 1000 * least
}

/** Points of a curve that are drawn. */
const mostPoints = 2000

/** How many times as far as those of other arms a control's values may go before they are cut off. */
const mostBeyond = 10

/** Where a control runs so far away that nothing else could be told apart: the range of the others, and who leaves it. */
function cutOff(
  curves: readonly ObjectiveCurve[],
  arms: readonly Arm[],
): { floor: number; ceiling: number; beyond: string[] } | undefined {
  const fails = (name: string) => arms.some((arm) => arm.name === name && arm.fails)
  const kept = curves.filter(({ arm }) => !fails(arm)).flatMap(({ value }) => value)
  const [low, high] = extent(kept)
  const size = high - low
  const beyond = curves.filter(({ value }) =>
    value.some((each) => each < low - mostBeyond * size || each > high + mostBeyond * size),
  )
  if (!(size > 0) || beyond.length === 0) return undefined
  return { floor: low - 0.1 * size, ceiling: high + 0.1 * size, beyond: beyond.map(({ arm }) => arm) }
}

/** A figure that was taken once, at the end, is no curve, and one that learning can't change has nothing to show; the arms' table has both. */
function isCurve(curves: readonly ObjectiveCurve[]): boolean {
  const values = curves.flatMap(({ value }) => value)
  return curves.some(({ iteration }) => iteration.length > 1) && values.some((value) => value !== values[0])
}

function curveChart(
  figure: string,
  curves: readonly ObjectiveCurve[],
  arms: readonly Arm[],
  reference: ReturnType<typeof referenceOf>,
): Drawn {
  const series = curves.map(({ arm, iteration, value }): ChartSeries => {
    const place = Math.max(
      0,
      arms.findIndex(({ name }) => name === arm),
    )
    // Tones come again from the ninth arm on.
    const kept = thinned([...iteration.keys()], mostPoints)
    const [x, y] = [kept.map((n) => iteration[n] as number), kept.map((n) => brief(value[n] as number))]
    return { label: arm, kind: 'line', tone: runTone(place), dashed: place >= 8, x, y }
  })
  const log = spansDecades(curves)
  const cut = log ? undefined : cutOff(curves, arms)
  const spec: ChartSpec = {
    id: `chart-objective-${figure}`,
    height: 230,
    x: { label: 'iteration' },
    y: { label: figureTitle(figure), log, ...(cut && { floor: cut.floor, ceiling: cut.ceiling }) },
    series,
    levels: reference === undefined ? [] : [{ y: brief(reference.y), label: reference.label, within: true }],
  }
  const content = {
    head: ['arm', 'iteration', figureTitle(figure)],
    rows: curves.flatMap(({ arm, iteration, value }) =>
      thinned([...iteration.keys()], 20).map((n) => [arm, formatCount(iteration[n] as number), formatNumber(value[n])]),
    ),
  }
  const caption = `Means over the repetitions.${cut ? ` Beyond what is shown: ${enumerate(cut.beyond)} (control).` : ''}`
  return { spec, markup: html`<h3>${figureTitle(figure)}</h3>${chartFigure(spec, caption, content)}` }
}
