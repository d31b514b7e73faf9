import uPlot from 'uplot'
import type { ChartSeries, ChartSpec } from '../chart-spec.js'
import { axis, labelRoom, namedTicks, type Ticks, tickSpace } from './axis.js'
import { chartSvg, type DrawnCurve } from './export/chart-svg.js'
import type { ChartMaker } from './export/downloads.js'
import { readNumber } from './numbers.js'
import { errorsOf, spread, spreadReach } from './spread.js'
import { colour, fontFamily } from './theme.js'

/**
 * Draws one chart in its place and follows the place's width.
 * @param spec what to draw
 * @param place element of the page; its height is the chart's
 * @returns a function that draws it again in the present colours, and one that makes the same of vectors
 */
export function draw(spec: ChartSpec, place: HTMLElement): { again: () => void; svg: ChartMaker } {
  let chart: uPlot | undefined
  const ticks: [Ticks, Ticks] = [[], []]
  const again = () => {
    chart?.destroy()
    chart = undefined
    const width = place.clientWidth
    if (width > 0) chart = new uPlot(options(spec, width, ticks), data(spec), place)
  }
  // A chart in a folded part of the page has no width until it is opened.
  new ResizeObserver(() => {
    const width = place.clientWidth
    if (!chart) again()
    else if (width > 0 && width !== chart.width) chart.setSize({ width, height: spec.height })
  }).observe(place)
  again()
  const svg: ChartMaker = (...words) =>
    chart &&
    chartSvg(
      {
        chart,
        x: { ...spec.x, log: spec.x.log === true, ticks: ticks[0] },
        y: { ...spec.y, log: spec.y.log === true, ticks: ticks[1] },
        curves: spec.series.map(drawnCurve),
        marks: spec.marks ?? [],
        levels: spec.levels ?? [],
      },
      ...words,
    )
  return { again, svg }
}

function drawnCurve(series: ChartSeries): DrawnCurve {
  const { label, kind, tone, dashed = false, points = false, x, y } = series
  const look = { kind, tone: colour(tone), width: lineWidth(tone), dashed, points, stepped: false }
  return { label, ...look, x, y, errors: errorsOf(series) }
}

function lineWidth(tone: ChartSeries['tone']): number {
  return tone === 'faint' ? 1 : 1.75
}

/** Curves with their own x are joined on one axis; `undefined` marks where a curve has no value of its own. */
function data(spec: ChartSpec): uPlot.AlignedData {
  return uPlot.join(spec.series.map(({ x, y }) => [x, y] as uPlot.AlignedData))
}

function options(spec: ChartSpec, width: number, ticks: [Ticks, Ticks]): uPlot.Options {
  const { floor, ceiling } = spec.y
  const levels = spec.levels?.flatMap(({ y, within }) => (within ? [y] : [])) ?? []
  const within = [...levels, ...spreadReach(spec)]
  return {
    width,
    height: spec.height,
    padding: [10, 20, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: {
        time: false,
        distr: spec.x.log ? 3 : 1,
        dir: spec.x.reversed ? -1 : 1,
        range: (_, low, high) => spec.x.range ?? xRange(spec, low, high),
      },
      y: {
        distr: spec.y.log ? 3 : 1,
        range: (_, least, most) => {
          const [low, high] = [Math.min(least, ...within), Math.max(most, ...within)]
          if (spec.y.log) return [floor ?? low / 1.3, ceiling ?? high * 1.3]
          const pad = 0.08 * (high - low || Math.abs(high) || 1)
          return [floor ?? low - pad, ceiling ?? high + pad]
        },
      },
    },
    axes: [
      {
        ...axis(spec.x.label, spec.x.log, ticks[0]),
        ...{ size: 34, space: spec.x.log ? 60 : tickSpace },
        ...(spec.x.names && namedTicks(spec.x.names, ticks[0])),
      },
      { ...axis(spec.y.label, spec.y.log, ticks[1]), size: labelRoom, space: 36 },
    ],
    series: [{}, ...spec.series.map(curve)],
    hooks: {
      drawAxes: [(chart) => spread(chart, spec)],
      draw: [(chart) => guides(chart, spec)],
      setCursor: [(chart) => readings(chart, spec)],
    },
  }
}

/** Bars need half a bar on either side; curves on a log axis reach the edge. */
function xRange(spec: ChartSpec, low: number, high: number): uPlot.Range.MinMax {
  const bars = spec.series.find(({ kind }) => kind === 'bars')
  const [first, second] = bars?.x ?? []
  const margin = bars && first !== undefined ? 0.7 * ((second ?? first + 1) - first) : 0
  return [low - margin, high + margin]
}

function curve(series: ChartSeries): uPlot.Series {
  const tone = colour(series.tone)
  if (series.kind === 'bars') {
    const paths = uPlot.paths.bars?.({ size: [1, 200], gap: 1 })
    return {
      label: series.label,
      fill: colour('bar'),
      stroke: tone,
      width: 0,
      points: { show: false },
      ...(paths && { paths }),
    }
  }
  return {
    label: series.label,
    stroke: tone,
    width: lineWidth(series.tone),
    ...(series.kind === 'dots' && { paths: () => null }),
    ...(series.dashed && { dash: [6, 4] }),
    points: series.points ? { show: true, size: 5, fill: tone, stroke: tone } : { show: false },
  }
}

/** Vertical marks and horizontal levels, each with its word. */
function guides(chart: uPlot, spec: ChartSpec): void {
  const { ctx, bbox } = chart
  const ink = colour('ink')
  const ratio = uPlot.pxRatio
  ctx.save()
  ctx.font = `${11 * ratio}px ${fontFamily()}`
  ctx.fillStyle = ink
  ctx.strokeStyle = ink
  ctx.lineWidth = ratio
  for (const { x, label } of spec.marks ?? []) {
    const at = Math.round(chart.valToPos(x, 'x', true))
    line(ctx, at, bbox.top, at, bbox.top + bbox.height)
    const right = at < bbox.left + 0.75 * bbox.width
    ctx.textAlign = right ? 'left' : 'right'
    ctx.fillText(label, at + (right ? 5 : -5) * ratio, bbox.top + 11 * ratio)
  }
  ctx.setLineDash([2 * ratio, 3 * ratio])
  for (const { y, label } of spec.levels ?? []) {
    const at = Math.round(chart.valToPos(y, 'y', true))
    line(ctx, bbox.left, at, bbox.left + bbox.width, at)
    ctx.textAlign = 'left'
    // Below the line, unless the axis is there.
    const below = at + 16 * ratio < bbox.top + bbox.height
    ctx.fillText(label, bbox.left + 6 * ratio, at + (below ? 13 : -5) * ratio)
  }
  ctx.restore()
}

function line(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath()
  ctx.moveTo(x0, y0)
  ctx.lineTo(x1, y1)
  ctx.stroke()
}

/** Writes the values under the pointer into the legend. */
function readings(chart: uPlot, spec: ChartSpec): void {
  const index = chart.cursor.idx
  spec.series.forEach((_, series) => {
    const output = document.querySelector(`[data-reading="${spec.id}/${series}"]`)
    const value = index === null || index === undefined ? undefined : chart.data[series + 1]?.[index]
    if (output) output.textContent = value === null || value === undefined ? '' : readNumber(value)
  })
}
