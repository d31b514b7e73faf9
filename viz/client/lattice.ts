import type { Arrangement } from '../arrangement.js'
import { cellsOf, type Layout } from '../geometry.js'
import type { Cells } from './export/element-svg.js'
import { colour } from './theme.js'

/** What is painted on one map. */
export interface LatticePicture {
  layout: Layout
  units: number
  /** Colour of a unit; undefined leaves its cell empty. */
  fill: (unit: number) => string | undefined
  /** The unit with an outline; below 0 for none. */
  chosen: number
}

/** What was last painted on each map, for whoever wants it in another form. */
const painted = new WeakMap<HTMLCanvasElement, LatticePicture>()

/** The cells that were last painted on a canvas; undefined before any were. */
export function paintedCells(canvas: HTMLCanvasElement): Cells | undefined {
  const picture = painted.get(canvas)
  return picture && cellsIn(picture)
}

/** The cells of a picture that are not empty. */
export function cellsIn({ layout, units, fill }: LatticePicture): Cells {
  const { size, corners } = cellsOf(layout)
  const cells = Array.from({ length: units }, (_, unit) => ({ corners: corners(unit), fill: fill(unit) }))
  return { size, cells: cells.flatMap(({ corners, fill }) => (fill === undefined ? [] : [{ corners, fill }])) }
}

/** Paints cells as sharp as the screen is; a canvas without a width, in a folded part of the page, is left alone. */
export function paintLattice(canvas: HTMLCanvasElement, picture: LatticePicture): void {
  const { clientWidth, clientHeight } = canvas
  if (clientWidth === 0) return
  painted.set(canvas, picture)
  const ratio = devicePixelRatio || 1
  canvas.width = Math.round(clientWidth * ratio)
  canvas.height = Math.round(clientHeight * ratio)
  const context = canvas.getContext('2d')
  if (context) paintCells(context, picture, canvas.width, canvas.height, ratio)
}

/** Paints cells over the first so many pixels of a canvas, [wide, high]; `ratio` of them are one of the page's. */
export function paintCells(
  context: CanvasRenderingContext2D,
  { layout, units, fill, chosen }: LatticePicture,
  wide: number,
  high: number,
  ratio: number,
): void {
  const { size, corners } = cellsOf(layout)
  const [across, down] = [wide / size[0], high / size[1]]
  // Squares end between two pixels, so that none shines through; slanted sides can't.
  const isSlanted = layout.shape === 'triangular' || layout.shape === 'ring'
  const pixel = (x: number) => (isSlanted ? x : Math.round(x))
  const trace = (unit: number) => {
    context.beginPath()
    for (const [x, y] of corners(unit)) context.lineTo(pixel(x * across), pixel(y * down))
    context.closePath()
  }
  for (let unit = 0; unit < units; unit++) {
    const paint = fill(unit)
    if (paint === undefined) continue
    trace(unit)
    context.fillStyle = paint
    context.fill()
    if (!isSlanted) continue
    // The seam between two slanted sides, which smoothing would leave pale.
    context.strokeStyle = paint
    context.lineWidth = 0.6 * ratio
    context.stroke()
  }
  if (chosen < 0 || chosen >= units) return
  // Two lines, ink within paper: one of them shows on any colour.
  trace(chosen)
  context.save()
  context.clip()
  for (const [width, tone] of [
    [6, 'ink'],
    [3, 'paper'],
  ] as const) {
    context.strokeStyle = colour(tone)
    context.lineWidth = width * ratio
    context.stroke()
  }
  context.restore()
}

/**
 * Makes a map choose units by pointer and arrow keys.
 * @param chosen the unit that is chosen now
 * @param choose called with a unit of the map
 * @param hover called with the unit under the pointer, undefined when there is none
 */
export function pickUnits(
  canvas: HTMLCanvasElement,
  layout: Layout,
  units: number,
  chosen: () => number,
  choose: (unit: number) => void,
  hover: (unit: number | undefined) => void,
): void {
  const [rows, columns] = layout.lattice
  const { size, at } = cellsOf(layout)
  const under = (event: PointerEvent | MouseEvent) => {
    const box = canvas.getBoundingClientRect()
    const unit = at(
      ((event.clientX - box.left) / box.width) * size[0],
      ((event.clientY - box.top) / box.height) * size[1],
    )
    return unit !== undefined && unit < units ? unit : undefined
  }
  canvas.addEventListener('pointermove', (event) => hover(under(event)))
  canvas.addEventListener('pointerleave', () => hover(undefined))
  canvas.addEventListener('click', (event) => {
    const unit = under(event)
    if (unit !== undefined) choose(unit)
  })
  canvas.addEventListener('keydown', (event) => {
    const [row, column] = [Math.floor(chosen() / columns), chosen() % columns]
    const [down, right] = (
      { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] } as Record<string, number[]>
    )[event.key] ?? [0, 0]
    if (down === 0 && right === 0) return
    event.preventDefault()
    const along = column + (right as number)
    const next = [row + (down as number), layout.shape === 'ring' ? (along + columns) % columns : along] as const
    const unit = next[0] * columns + next[1]
    if (next[0] >= 0 && next[0] < rows && next[1] >= 0 && next[1] < columns && unit < units) choose(unit)
  })
}

/** A unit in words, counting from 1. */
export function unitWords(unit: number, { lattice, placed }: Pick<Arrangement, 'lattice' | 'placed'>): string {
  return placed ? `row ${Math.floor(unit / lattice[1]) + 1}, column ${(unit % lattice[1]) + 1}` : `unit ${unit + 1}`
}
