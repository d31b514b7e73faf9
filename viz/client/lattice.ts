import { colour } from './theme.js'

/** What is painted on one map. */
export interface LatticePicture {
  lattice: readonly [number, number]
  units: number
  /** Colour of a unit; undefined leaves its square empty. */
  fill: (unit: number) => string | undefined
  /** The unit with an outline. */
  chosen: number
}

/** Paints squares as sharp as the screen is; a canvas without a width, in a folded part of the page, is left alone. */
export function paintLattice(canvas: HTMLCanvasElement, { lattice, units, fill, chosen }: LatticePicture): void {
  const [rows, columns] = lattice
  const { clientWidth, clientHeight } = canvas
  if (clientWidth === 0) return
  const ratio = devicePixelRatio || 1
  canvas.width = Math.round(clientWidth * ratio)
  canvas.height = Math.round(clientHeight * ratio)
  const context = canvas.getContext('2d')
  if (!context) return
  const [wide, high] = [canvas.width / columns, canvas.height / rows]
  const edges = (unit: number) => {
    const [row, column] = [Math.floor(unit / columns), unit % columns]
    const [x, y] = [Math.round(column * wide), Math.round(row * high)]
    return [x, y, Math.round((column + 1) * wide) - x, Math.round((row + 1) * high) - y] as const
  }
  for (let unit = 0; unit < units; unit++) {
    const paint = fill(unit)
    if (paint === undefined) continue
    context.fillStyle = paint
    context.fillRect(...edges(unit))
  }
  if (chosen < 0 || chosen >= units) return
  // Two lines, ink within paper: one of them shows on any colour.
  const [x, y, width, height] = edges(chosen)
  const thick = 1.5 * ratio
  for (const [inset, tone] of [
    [0.5, 'paper'],
    [1.5, 'ink'],
  ] as const) {
    context.strokeStyle = colour(tone)
    context.lineWidth = thick
    const by = (inset - 0.5) * thick
    context.strokeRect(x + by, y + by, width - 2 * by, height - 2 * by)
  }
}

/**
 * Makes a map choose units by pointer and arrow keys.
 * @param chosen the unit that is chosen now
 * @param choose called with a unit of the map
 * @param hover called with the unit under the pointer, undefined when there is none
 */
export function pickUnits(
  canvas: HTMLCanvasElement,
  lattice: readonly [number, number],
  units: number,
  chosen: () => number,
  choose: (unit: number) => void,
  hover: (unit: number | undefined) => void,
): void {
  const [rows, columns] = lattice
  const under = (event: PointerEvent | MouseEvent) => {
    const box = canvas.getBoundingClientRect()
    const column = Math.floor(((event.clientX - box.left) / box.width) * columns)
    const row = Math.floor(((event.clientY - box.top) / box.height) * rows)
    const unit = row * columns + column
    return row >= 0 && row < rows && column >= 0 && column < columns && unit < units ? unit : undefined
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
    const next = [row + (down as number), column + (right as number)] as const
    const unit = next[0] * columns + next[1]
    if (next[0] >= 0 && next[0] < rows && next[1] >= 0 && next[1] < columns && unit < units) choose(unit)
  })
}

/** A unit in words, counting from 1. */
export function unitWords(unit: number, lattice: readonly [number, number] | undefined): string {
  return lattice ? `row ${Math.floor(unit / lattice[1]) + 1}, column ${(unit % lattice[1]) + 1}` : `unit ${unit + 1}`
}
