import { colour } from '../../client/theme.js'
import { surfaceOf } from './canvas.js'

/** The hidden oscillators: which of two wells each is in, and which of them have just changed it. */
export interface HiddenView {
  add: (states: Int8Array) => void
  paint: () => void
}

/** The view of the hidden oscillators; a page without any has none. */
export function hiddenView(canvas: HTMLCanvasElement | null): HiddenView {
  const output = document.getElementById('flips')
  let states: Int8Array = new Int8Array(0)
  let before = states
  const flipped = (h: number) => before.length === states.length && before[h] !== states[h]
  return {
    add: (next) => {
      before = states
      states = next
    },
    paint: () => {
      const surface = canvas && surfaceOf(canvas)
      if (!surface || states.length === 0) return
      const { context, width, height } = surface
      const columns = Math.min(states.length, Math.ceil(Math.sqrt((states.length * width) / height)))
      const side = Math.min(width / columns, height / Math.ceil(states.length / columns))
      const gap = side > 5 ? 1 : 0.5
      const [up, down, flip] = ['bar', 'line', 'run-1'].map(colour) as [string, string, string]
      let [ups, flips] = [0, 0]
      for (let h = 0; h < states.length; h++) {
        const isUp = (states[h] as number) > 0
        if (isUp) ups++
        if (flipped(h)) flips++
        context.fillStyle = flipped(h) ? flip : isUp ? up : down
        context.fillRect((h % columns) * side, Math.floor(h / columns) * side, side - gap, side - gap)
      }
      if (output) output.textContent = `${ups} of ${states.length} up, ${flips} just flipped`
    },
  }
}
