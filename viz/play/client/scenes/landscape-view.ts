import type { SimulationFrame, Trap } from '../../../../src/play/scenes/messages.js'
import { readNumber } from '../../../client/numbers.js'
import { colour } from '../../../client/theme.js'
import { floor, histogram, type Plot, plotOn } from './plot.js'

/** Higher than this a potential is not drawn, in kT; bars of the particles. */
const ceiling = 10
const bars = 48
/** Share of the picture that the densities have, from the floor. */
const low = 0.34

/** The potential with the particles in it. */
export interface Landscape {
  paint: (frame: SimulationFrame, trap: Trap, passage: number | null) => void
  /** the place under a pixel of the window; undefined before anything was drawn */
  placeAt: (clientX: number) => number | undefined
}

/** The landscape on its canvas. It is drawn as wide as it has ever been since it began, so that nothing jumps. */
export function landscapeOf(canvas: HTMLCanvasElement): Landscape {
  let range: [number, number] | undefined
  let step = 0
  let plot: Plot | undefined
  return {
    placeAt: (clientX) => {
      if (!plot || !range) return undefined
      const { left } = canvas.getBoundingClientRect()
      const [from, to] = [plot.right(range[0]), plot.right(range[1])]
      return range[0] + ((clientX - left - from) / (to - from)) * (range[1] - range[0])
    },
    paint: (frame, trap, passage) => {
      const { landscape, x } = frame
      if (!landscape) return
      const { at, potential, density } = landscape
      const [first, last] = [at[0] as number, at.at(-1) as number]
      const reach = passage === null ? [first, last] : [Math.min(first, passage - 0.3), Math.max(last, passage + 0.3)]
      if (!range || frame.step < step) range = [reach[0] as number, reach[1] as number]
      else range = [Math.min(range[0], reach[0] as number), Math.max(range[1], reach[1] as number)]
      step = frame.step
      const found = histogram(x, range, bars)
      const most = Math.max(...found.heights, ...(density ?? [0])) || 1
      plot = plotOn(canvas, { x: range, y: [0, ceiling] })
      if (!plot) return
      const share = (value: number) => (value / most) * low * ceiling
      plot.bars(found.edges, found.heights.map(share), 'bar')
      if (density) plot.line(at, Array.from(density, share), 'run-1', [5, 4])
      particles(plot, frame, range)
      plot.line(
        at,
        Array.from(potential, (u) => (u > 1.2 * ceiling ? Number.NaN : u)),
        'accent',
      )
      if (passage !== null) mark(plot, passage, `x = ${readNumber(passage)}`, 'run-4')
      if (trap.stiffness > 0) handle(plot, trap)
      floor(plot, range)
      plot.text(`${ceiling} kT`, 4, 12, 'left')
    },
  }
}

/** Particles on the potential, each a point of its own. */
function particles({ context, right, up }: Plot, { x, landscape }: SimulationFrame, range: readonly number[]): void {
  if (!landscape) return
  const { at, potential } = landscape
  const cell = ((at.at(-1) as number) - (at[0] as number)) / (at.length - 1)
  context.fillStyle = colour('ink')
  context.globalAlpha = x.length > 60 ? 0.35 : 0.9
  for (const place of x) {
    if (place < (range[0] as number) || place > (range[1] as number)) continue
    const n = Math.max(0, Math.min(at.length - 1, Math.round((place - (at[0] as number)) / cell)))
    context.beginPath()
    context.arc(
      right(place),
      up(Math.min(ceiling, potential[n] as number)) - 3,
      x.length > 60 ? 2.5 : 6,
      0,
      2 * Math.PI,
    )
    context.fill()
  }
  context.globalAlpha = 1
}

/** A place of the line, with a name. */
function mark({ context, right, height, text }: Plot, place: number, words: string, tone: string): void {
  context.strokeStyle = colour(tone)
  context.lineWidth = 1
  context.setLineDash([3, 3])
  context.beginPath()
  context.moveTo(right(place), 18)
  context.lineTo(right(place), height - 18)
  context.stroke()
  context.setLineDash([])
  text(words, right(place), 14, 'center', tone)
}

/** The centre of the trap, to be held. */
function handle(plot: Plot, { position }: Trap): void {
  mark(plot, position, 'λ', 'run-3')
  const { context, right, height } = plot
  context.beginPath()
  context.arc(right(position), height - 18, 7, 0, 2 * Math.PI)
  context.fillStyle = colour('run-3')
  context.fill()
  context.strokeStyle = colour('surface')
  context.lineWidth = 2
  context.stroke()
}
