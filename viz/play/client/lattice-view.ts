import type { Lens, PlayFrame } from '../../../src/play/messages.js'
import type { Arrangement } from '../../arrangement.js'
import { paintCells } from '../../client/lattice.js'
import { ramp, rampColour } from '../../client/ramp.js'
import { colour } from '../../client/theme.js'
import { cellsOf } from '../../geometry.js'
import { type Surface, surfaceOf } from './canvas.js'
import { cleanValue, type Known } from './known.js'
import { type Place, tilesOf } from './tiles.js'
import { toneOf, tones } from './tones.js'

/** What is seen of the network, or of all sixty-four. */
export interface Seen {
  frame: Pick<PlayFrame, 'clean'>
  known: Known
  /** whether the visitor is drawing: what is known is shown as drawn, the worker's answer comes after */
  isDrawing: boolean
  /** the unit with an outline, and what acts on it; below 0 for none */
  chosen: number
  lens: Lens | undefined
}

/** Paints the network. */
export interface LatticeView {
  paint: (seen: Seen) => void
  /** in the colours of another theme from now on */
  recolour: () => void
  /** the unit at a place of the window; undefined where there is none */
  placeAt: (clientX: number, clientY: number) => Place | undefined
}

/** The view of a network on its canvas. */
export function latticeView(
  canvas: HTMLCanvasElement,
  layout: Arrangement,
  units: number,
  range: readonly [number, number],
): LatticeView {
  const cells = cellsOf(layout)
  const tiles = tilesOf(layout, units)
  let shades = tones()
  let count = 1
  /** With what is being drawn in its place. */
  const shown = ({ frame: { clean }, known, isDrawing }: Seen) =>
    isDrawing ? clean.map((x, n) => (known[n % units] ? cleanValue(known[n % units] as number, range) : x)) : clean
  const one = (surface: Surface, seen: Seen) => {
    const { known, chosen, lens } = seen
    const values = shown(seen)
    const { context, width, height, ratio } = surface
    const fill = (unit: number) => shades.css[toneOf(values[unit] as number, range)]
    context.setTransform(1, 0, 0, 1, 0, 0)
    paintCells(context, { layout, units, fill, chosen }, width * ratio, height * ratio, ratio)
    context.setTransform((width * ratio) / cells.size[0], 0, 0, (height * ratio) / cells.size[1], 0, 0)
    if (lens) dots(context, lens, chosen)
    outline(context, known, (2.5 * cells.size[0]) / width)
  }
  /** Couplings of the chosen unit: the area of a dot is the strength, its colour the sign. */
  const dots = (context: CanvasRenderingContext2D, { couplings }: Lens, chosen: number) => {
    const limit = couplings.reduce((most, value) => (Number.isNaN(value) ? most : Math.max(most, Math.abs(value))), 0)
    const colours = ramp()
    const ring = colour('surface')
    for (let unit = 0; unit < units; unit++) {
      const strength = couplings[unit] as number
      const radius = limit > 0 ? 0.32 * Math.sqrt(Math.abs(strength) / limit) : 0
      if (unit === chosen || !(radius > 0.05)) continue
      const corners = cells.corners(unit)
      const [x, y] = [0, 1].map(
        (axis) => corners.reduce((sum, corner) => sum + corner[axis as 0 | 1], 0) / corners.length,
      )
      context.beginPath()
      context.arc(x as number, y as number, radius, 0, 2 * Math.PI)
      // Sign by hue alone: the faint middle of the map would not show on grey.
      context.fillStyle = rampColour(colours, Math.sign(strength) * 0.62, 1)
      context.fill()
      context.strokeStyle = ring
      context.lineWidth = 0.05
      context.stroke()
    }
  }
  /** A line around what is known: along each side that a known cell has with one that is free. */
  const outline = (context: CanvasRenderingContext2D, known: Known, width: number) => {
    const sides = new Map<string, readonly [readonly [number, number], readonly [number, number]]>()
    const key = ([x, y]: readonly [number, number]) => `${Math.round(1000 * x)},${Math.round(1000 * y)}`
    for (let unit = 0; unit < units; unit++) {
      if (known[unit] === 0) continue
      const corners = cells.corners(unit)
      corners.forEach((from, n) => {
        const to = corners[(n + 1) % corners.length] as readonly [number, number]
        const name = [key(from), key(to)].sort().join(' ')
        // The other of the two cells has been there: what is between them is no border.
        if (!sides.delete(name)) sides.set(name, [from, to])
      })
    }
    context.beginPath()
    for (const [from, to] of sides.values()) {
      context.moveTo(...from)
      context.lineTo(...to)
    }
    context.lineCap = 'round'
    context.strokeStyle = colour('accent')
    context.lineWidth = width
    context.stroke()
  }
  return {
    recolour: () => {
      shades = tones()
    },
    paint: (seen) => {
      count = seen.frame.clean.length / units
      canvas.classList.toggle('many', count > 1)
      if (count > 1) {
        tiles.paint(canvas, shown(seen), count, range, shades)
        return
      }
      const surface = surfaceOf(canvas)
      if (surface) one(surface, seen)
    },
    placeAt: (clientX, clientY) => {
      const { left, top, width, height } = canvas.getBoundingClientRect()
      const [right, down] = [(clientX - left) / width, (clientY - top) / height]
      if (count > 1) return tiles.at(right, down, count)
      const unit = cells.at(right * cells.size[0], down * cells.size[1])
      return unit !== undefined && unit < units ? { unit, trajectory: 0 } : undefined
    },
  }
}
