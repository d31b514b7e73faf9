import { readNumber } from '../../../client/numbers.js'
import { colour, fontFamily } from '../../../client/theme.js'
import { surfaceOf } from '../canvas.js'

/** A drawing with axes: places of its values in pixels. */
export interface Plot {
  context: CanvasRenderingContext2D
  width: number
  height: number
  right: (x: number) => number
  up: (y: number) => number
  /** a line through points; where y is not finite it breaks */
  line: (xs: ArrayLike<number>, ys: ArrayLike<number>, tone: string, dash?: number[]) => void
  /** bars from the floor, between neighbouring edges [bars + 1] */
  bars: (edges: ArrayLike<number>, heights: ArrayLike<number>, tone: string) => void
  /** words at a place of the picture */
  text: (words: string, x: number, y: number, align: CanvasTextAlign, tone?: string) => void
}

/** What the picture spans, and the part of the canvas that it has: everything when absent. */
export interface Span {
  x: readonly [low: number, high: number]
  y: readonly [low: number, high: number]
  /** in pixels of the page: from the left, the right, the top, the bottom */
  margin?: readonly [number, number, number, number]
}

/** Clears a canvas for a drawing; undefined where it has no size. */
export function plotOn(canvas: HTMLCanvasElement, span: Span): Plot | undefined {
  const surface = surfaceOf(canvas)
  return surface && plotIn(surface, span)
}

/** A drawing in a part of a canvas that is cleared already. */
export function plotIn(
  { context, width, height }: { context: CanvasRenderingContext2D; width: number; height: number },
  { x: [x0, x1], y: [y0, y1], margin: [left, end, top, bottom] = [8, 8, 14, 18] }: Span,
): Plot {
  const right = (x: number) => left + ((x - x0) / (x1 - x0 || 1)) * (width - left - end)
  const up = (y: number) => height - bottom - ((y - y0) / (y1 - y0 || 1)) * (height - top - bottom)
  context.font = `11px ${fontFamily()}`
  context.lineJoin = 'round'
  return {
    ...{ context, width, height, right, up },
    line: (xs, ys, tone, dash = []) => {
      context.beginPath()
      let broken = true
      for (let n = 0; n < xs.length; n++) {
        const y = ys[n] as number
        if (!Number.isFinite(y)) broken = true
        else if (broken) {
          context.moveTo(right(xs[n] as number), up(y))
          broken = false
        } else context.lineTo(right(xs[n] as number), up(y))
      }
      context.setLineDash(dash)
      context.strokeStyle = colour(tone)
      context.lineWidth = 2
      context.stroke()
      context.setLineDash([])
    },
    bars: (edges, heights, tone) => {
      context.fillStyle = colour(tone)
      for (let n = 0; n < heights.length; n++) {
        const [from, to] = [right(edges[n] as number), right(edges[n + 1] as number)]
        const y = up(heights[n] as number)
        context.fillRect(from, y, Math.max(1, to - from - 1), up(y0) - y)
      }
    },
    text: (words, x, y, align, tone = 'muted') => {
      context.fillStyle = colour(tone)
      context.textAlign = align
      context.textBaseline = 'alphabetic'
      context.fillText(words, x, y)
    },
  }
}

/** The line at the floor, with the two ends and 0 in figures. */
export function floor({ context, right, width, height, text }: Plot, [low, high]: readonly [number, number]): void {
  context.strokeStyle = colour('line')
  context.lineWidth = 1
  context.beginPath()
  context.moveTo(0, height - 17)
  context.lineTo(width, height - 17)
  context.stroke()
  text(readNumber(low, 2), right(low), height - 4, 'left')
  text(readNumber(high, 2), right(high), height - 4, 'right')
  if (low < 0 && high > 0) text('0', right(0), height - 4, 'center')
}

/** Shares of values (each of its weight, all of the same when absent) between so many bars over a range, as a density. */
export function histogram(
  values: ArrayLike<number>,
  [low, high]: readonly [number, number],
  bars: number,
  weights?: ArrayLike<number>,
): { edges: Float64Array; heights: Float64Array } {
  const edges = Float64Array.from({ length: bars + 1 }, (_, n) => low + ((high - low) * n) / bars)
  const heights = new Float64Array(bars)
  const cell = (high - low) / bars
  for (let n = 0; n < values.length; n++) {
    const bar = Math.floor(((values[n] as number) - low) / cell)
    if (bar >= 0 && bar < bars) heights[bar] = (heights[bar] as number) + (weights?.[n] ?? 1 / values.length) / cell
  }
  return { edges, heights }
}
