import uPlot from 'uplot'
import type { ChartSeries, ChartSpec } from '../chart-spec.js'
import { colour } from './theme.js'

/** Where the ends of all standard errors lie, for the y axis to reach them; on a logarithmic one those above 0. */
export function spreadReach({ series, y }: ChartSpec): number[] {
  const ends = series.flatMap((one) => errorsOf(one).flatMap(({ low, high }) => [low, high]))
  const shown = y.log ? ends.filter((end) => end > 0) : ends
  return shown.length === 0 ? [] : [Math.min(...shown), Math.max(...shown)]
}

/** Draws the standard errors of each series below its curve: a band around a line, a bar through each dot. */
export function spread(chart: uPlot, spec: ChartSpec): void {
  const { ctx, bbox } = chart
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  const bottom = spec.y.log ? chart.scales.y?.min : undefined
  const at = (x: number, y: number): [number, number] => [
    chart.valToPos(x, 'x', true),
    chart.valToPos(bottom === undefined ? y : Math.max(y, bottom), 'y', true),
  ]
  for (const series of spec.series) {
    const ends = errorsOf(series)
    if (series.kind === 'dots') bars(ctx, series, ends, at)
    else band(ctx, series, ends, at)
  }
  ctx.restore()
}

/** One standard error to either side of a value. */
export interface Ends {
  readonly x: number
  readonly low: number
  readonly high: number
}

/** Where the standard errors of a series begin and end, at each value that has one. */
export function errorsOf({ x, y, error }: ChartSeries): Ends[] {
  return x.flatMap((at, n) => {
    const [mean, half] = [y[n] ?? null, error?.[n] ?? null]
    return mean === null || half === null ? [] : [{ x: at, low: mean - half, high: mean + half }]
  })
}

type Place = (x: number, y: number) => [number, number]

function band(ctx: CanvasRenderingContext2D, { tone }: ChartSeries, ends: readonly Ends[], at: Place): void {
  if (ends.length === 0) return
  ctx.beginPath()
  for (const { x, high } of ends) ctx.lineTo(...at(x, high))
  for (const { x, low } of ends.toReversed()) ctx.lineTo(...at(x, low))
  ctx.closePath()
  ctx.globalAlpha = 0.22
  ctx.fillStyle = colour(tone)
  ctx.fill()
  ctx.globalAlpha = 1
}

function bars(ctx: CanvasRenderingContext2D, { tone }: ChartSeries, ends: readonly Ends[], at: Place): void {
  ctx.beginPath()
  for (const { x, low, high } of ends) {
    ctx.moveTo(...at(x, low))
    ctx.lineTo(...at(x, high))
  }
  ctx.strokeStyle = colour(tone)
  ctx.lineWidth = 1.5 * uPlot.pxRatio
  ctx.stroke()
}
