import type { LearnedView } from '../../../../src/play/scenes/messages.js'
import { colour } from '../../../client/theme.js'
import { contour } from './contours.js'
import { type Plot, plotOn } from './plot.js'

/** Contours are drawn up to here, in kT; arrows where the law is not fainter. */
const highest = 8
const seen = 6
/** Length of an arrow as long as the mean exact force, in cells of their grid. */
const arrowLength = 0.8

/** What is drawn over the plane. */
export interface Shown {
  view: LearnedView
  extent: number
  isExact: boolean
  hasArrows: boolean
  /** [count, 2], or none */
  samples: Float32Array | undefined
  data: Float32Array | undefined
}

/** Draws the landscape that is learned, or the exact one, with what lies on it. */
export function paintPlane(canvas: HTMLCanvasElement, shown: Shown): void {
  const { view, extent, isExact, hasArrows, samples, data } = shown
  const ends = [-extent, extent] as const
  const plot = plotOn(canvas, { x: ends, y: ends, margin: [0, 0, 0, 0] })
  if (!plot) return
  const field = { values: isExact ? view.exact : view.learned, points: view.points }
  const at = (n: number) => extent * ((2 * n) / (view.points - 1) - 1)
  const { context, right, up } = plot
  for (let level = 1; level <= highest; level++) {
    context.beginPath()
    contour(field, level, (x0, y0, x1, y1) => {
      context.moveTo(right(at(x0)), up(at(y0)))
      context.lineTo(right(at(x1)), up(at(y1)))
    })
    context.globalAlpha = 1.1 - level / (highest + 1)
    context.strokeStyle = colour('accent')
    context.lineWidth = level === 1 ? 2 : 1.25
    context.stroke()
  }
  context.globalAlpha = 1
  if (data) points(plot, data, 'muted', 1)
  if (samples) points(plot, samples, 'ink', 1.6)
  if (hasArrows) arrows(plot, view, extent)
}

function points({ context, right, up }: Plot, all: Float32Array, tone: string, radius: number): void {
  context.fillStyle = colour(tone)
  context.globalAlpha = 0.55
  for (let n = 0; n + 1 < all.length; n += 2) {
    context.beginPath()
    context.arc(right(all[n] as number), up(all[n + 1] as number), radius, 0, 2 * Math.PI)
    context.fill()
  }
  context.globalAlpha = 1
}

/** The residual forces, where the law is not too faint to learn from. */
function arrows({ context, right, up }: Plot, view: LearnedView, extent: number): void {
  const { arrows: count, residual, scale, exact, points } = view
  const at = (n: number) => extent * ((2 * n) / (count - 1) - 1)
  const cell = (2 * extent) / (count - 1)
  context.strokeStyle = colour('run-1')
  context.lineWidth = 1.5
  context.beginPath()
  for (let n = 0; n < count * count; n++) {
    const [column, row] = [n % count, Math.floor(n / count)]
    const near = (k: number) => Math.round((k * (points - 1)) / (count - 1))
    if ((exact[near(row) * points + near(column)] as number) > seen) continue
    const [fx, fy] = [residual[2 * n] as number, residual[2 * n + 1] as number]
    const size = Math.hypot(fx, fy)
    const length = Math.min(1.6, (arrowLength * size) / (scale || 1)) * cell
    if (length < 0.02 * cell) continue
    const [x, y] = [at(column), at(row)]
    const [tipX, tipY] = [right(x + (length * fx) / size), up(y + (length * fy) / size)]
    context.moveTo(right(x), up(y))
    context.lineTo(tipX, tipY)
    const angle = Math.atan2(tipY - up(y), tipX - right(x))
    for (const turn of [2.6, -2.6]) {
      context.moveTo(tipX, tipY)
      context.lineTo(tipX + 4 * Math.cos(angle + turn), tipY + 4 * Math.sin(angle + turn))
    }
  }
  context.stroke()
}
