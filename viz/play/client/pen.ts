import type { Arrangement } from '../../arrangement.js'
import type { Place } from './tiles.js'

/** What the pointer does to a unit. */
export type Tool = 'look' | 'ink' | 'paper' | 'free'

/** Who is told what pointer and keys do on the lattice. */
export interface PenEvents {
  tool: () => Tool
  placeAt: (clientX: number, clientY: number) => Place | undefined
  /** the unit that is chosen now; below 0 for none */
  chosen: () => Place
  choose: (place: Place, byKey: boolean) => void
  /** the pointer has left; a click on the unit that it looked at */
  leave: () => void
  pin: () => void
  /** a unit is drawn on */
  draw: (unit: number, tool: Tool) => void
  /** a stroke begins, and ends */
  stroke: (isUnder: boolean) => void
  /** the space bar while the pointer looks */
  toggle: () => void
}

/** Between two places of a stroke, in pixels of the page: no unit on the way is missed. */
const between = 4

/** Makes a lattice something to look at and to draw on: by pointer, by touch, by arrow keys and the space bar. */
export function pen(
  canvas: HTMLCanvasElement,
  { lattice: [rows, columns], shape }: Arrangement,
  units: number,
  events: PenEvents,
): void {
  let last: readonly [number, number] | undefined
  const draw = (from: readonly [number, number], to: readonly [number, number]) => {
    const places = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / between))
    for (let n = 1; n <= places; n++) {
      const [x, y] = [0, 1].map(
        (axis) => (from[axis] as number) + ((to[axis] as number) - (from[axis] as number)) * (n / places),
      )
      const place = events.placeAt(x as number, y as number)
      if (place) events.draw(place.unit, events.tool())
    }
  }
  const isLooking = () => events.tool() === 'look'
  const look = ({ clientX, clientY }: PointerEvent) => {
    const place = events.placeAt(clientX, clientY)
    const { unit, trajectory } = events.chosen()
    if (place && (place.unit !== unit || place.trajectory !== trajectory)) events.choose(place, false)
  }
  canvas.addEventListener('pointerdown', (event) => {
    // A second finger would draw a line from the first one.
    if (event.button !== 0 || !event.isPrimary) return
    look(event)
    if (isLooking()) {
      events.pin()
      return
    }
    event.preventDefault()
    canvas.focus({ preventScroll: true })
    canvas.setPointerCapture(event.pointerId)
    last = [event.clientX, event.clientY]
    events.stroke(true)
    draw(last, last)
  })
  canvas.addEventListener('pointermove', (event) => {
    if (!event.isPrimary) return
    look(event)
    if (last === undefined) return
    const to = [event.clientX, event.clientY] as const
    draw(last, to)
    last = to
  })
  canvas.addEventListener('pointerleave', ({ pointerType }) => {
    // A finger that is lifted has left too, and what it touched is to be read.
    if (pointerType === 'mouse') events.leave()
  })
  const lift = () => {
    if (last !== undefined) events.stroke(false)
    last = undefined
  }
  canvas.addEventListener('pointerup', lift)
  canvas.addEventListener('pointercancel', lift)
  canvas.addEventListener('keydown', (event) => {
    const step = steps[event.key]
    const { unit, trajectory } = events.chosen()
    if (step) {
      const next = unit < 0 ? 0 : moved(unit, step)
      if (next !== undefined) events.choose({ unit: next, trajectory }, true)
    } else if (event.key === ' ' && isLooking()) events.toggle()
    else if (event.key === ' ' && unit >= 0) {
      events.stroke(true)
      events.draw(unit, events.tool())
      events.stroke(false)
    } else return
    event.preventDefault()
  })
  const moved = (unit: number, [down, right]: readonly [number, number]) => {
    const [row, along] = [Math.floor(unit / columns) + down, (unit % columns) + right]
    const column = shape === 'ring' ? (along + columns) % columns : along
    const next = row * columns + column
    return row >= 0 && row < rows && column >= 0 && column < columns && next < units ? next : undefined
  }
}

const steps: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}
