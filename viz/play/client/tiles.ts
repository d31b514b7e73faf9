import { cellsOf, type Layout } from '../../geometry.js'
import { type Tones, toneOf } from './tones.js'

/** Pixels of the sheet between two networks. */
const gap = 2
/** Across a network whose cells are no squares: so many that their forms are seen. */
const across = 32

/** A unit of one of the networks. */
export interface Place {
  unit: number
  trajectory: number
}

/** What paints many small networks beside each other, and says which is at a place. */
export interface Tiles {
  paint: (
    canvas: HTMLCanvasElement,
    x: Float32Array,
    count: number,
    range: readonly [number, number],
    tones: Tones,
  ) => void
  /** the unit at a place of the sheet, both from 0 to 1, and its network; undefined where there is none */
  at: (right: number, down: number, count: number) => Place | undefined
}

/** Small networks in rows of eight: one pixel a unit of a square lattice, which the style sheet scales with hard edges. */
export function tilesOf(layout: Layout, units: number): Tiles {
  const { size, at } = cellsOf(layout)
  const scale = layout.shape === 'square' ? 1 : across / Math.max(...size)
  const [wide, high] = [Math.ceil(size[0] * scale), Math.ceil(size[1] * scale)]
  const unit = Int32Array.from({ length: wide * high }, (_, n) => {
    const found = at(((n % wide) + 0.5) / scale, (Math.floor(n / wide) + 0.5) / scale) ?? -1
    return found < units ? found : -1
  })
  const columns = (count: number) => Math.ceil(Math.sqrt(count))
  return {
    at: (right, down, count) => {
      const side = columns(count)
      const [x, y] = [right * side, down * Math.ceil(count / side)]
      const trajectory = Math.floor(y) * side + Math.floor(x)
      // The gap belongs to the cells beside it.
      const [column, row] = [Math.floor((x % 1) * wide), Math.floor((y % 1) * high)]
      const of = unit[row * wide + column] ?? -1
      return trajectory >= 0 && trajectory < count && of >= 0 ? { unit: of, trajectory } : undefined
    },
    paint: (canvas, x, count, range, { rgb }) => {
      const side = columns(count)
      const width = side * (wide + gap) - gap
      canvas.width = width
      canvas.height = Math.ceil(count / side) * (high + gap) - gap
      const context = canvas.getContext('2d')
      if (!context) return
      const image = context.createImageData(canvas.width, canvas.height)
      for (let tile = 0; tile < count; tile++) {
        const [left, top] = [(tile % side) * (wide + gap), Math.floor(tile / side) * (high + gap)]
        for (let n = 0; n < unit.length; n++) {
          const of = unit[n] as number
          if (of < 0) continue
          const tone = 3 * toneOf(x[tile * units + of] as number, range)
          const pixel = 4 * ((top + Math.floor(n / wide)) * width + left + (n % wide))
          image.data.set(rgb.subarray(tone, tone + 3), pixel)
          image.data[pixel + 3] = 255
        }
      }
      context.putImageData(image, 0, 0)
    },
  }
}
