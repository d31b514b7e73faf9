import type { TrajectoriesSpec } from '../field-spec.js'
import { all } from './block.js'
import { paintLattice } from './lattice.js'
import { readNumber } from './numbers.js'

/** The whole film takes this long. */
const seconds = 5
/** With reduced motion asked for, a film that the reader starts moves in this many stills, a second each. */
const stills = 8

/**
 * The film: a frame of the chosen trajectory large, of all of them small, with slider and play button. It plays once when it
 * first comes into view, unless the reader's system asks for reduced motion; the slider or the button stop it.
 * @param value of trajectory and frame·units + unit
 */
export function film(spec: TrajectoriesSpec, value: (trajectory: number, column: number) => number): void {
  const large = document.querySelector<HTMLCanvasElement>('canvas#film')
  const slider = document.querySelector<HTMLInputElement>('#film-frame')
  const play = document.querySelector<HTMLButtonElement>('#film-play')
  if (!large || !slider || !play) return
  const time = document.getElementById('film-time')
  const small = all<HTMLCanvasElement>('canvas[data-film]')
  const chosen = () =>
    Number(document.querySelector<HTMLInputElement>('input[name=film-trajectory]:checked')?.value ?? 0)
  const show = () => {
    const frame = slider.valueAsNumber
    paint(large, spec, (unit) => value(chosen(), frame * spec.units + unit))
    small.forEach((canvas, index) => {
      paint(canvas, spec, (unit) => value(index, frame * spec.units + unit))
    })
    const text = `t = ${readNumber(spec.time[frame] ?? 0, 3)}`
    if (time) time.textContent = text
    slider.setAttribute('aria-valuetext', text)
  }
  const player = makePlayer(spec.time.length - 1, play, (frame) => {
    slider.value = String(frame)
    show()
  })
  // What is drawn as sharp as the screen follows the width of its place.
  if (spec.shape !== 'square') new ResizeObserver(show).observe(large)
  slider.addEventListener('input', () => {
    player.stop()
    show()
  })
  play.addEventListener('click', () => (player.playing() ? player.stop() : player.start(slider.valueAsNumber)))
  for (const input of all<HTMLInputElement>('input[name=film-trajectory]')) input.addEventListener('change', show)
  show()
  if (!reducedMotion()) {
    const seen = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return
        seen.disconnect()
        player.start(0)
      },
      { threshold: 0.5 },
    )
    seen.observe(large)
  }
}

function reducedMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches
}

function makePlayer(last: number, button: HTMLButtonElement, show: (frame: number) => void) {
  let request = 0
  const stop = () => {
    cancelAnimationFrame(request)
    request = 0
    button.textContent = 'Play'
  }
  const start = (from: number) => {
    stop()
    const first = from >= last ? 0 : from
    const begun = performance.now()
    button.textContent = 'Pause'
    const step = (now: number) => {
      const still = reducedMotion()
      const share = (now - begun) / 1000 / (still ? stills : seconds)
      const gone = still ? Math.floor(share * stills) / stills : share
      const frame = Math.min(last, Math.round(first + Math.max(0, gone) * last))
      show(frame)
      if (frame >= last) stop()
      else request = requestAnimationFrame(step)
    }
    request = requestAnimationFrame(step)
  }
  return { start, stop, playing: () => request !== 0 }
}

/** Black to white as in the page's sprites, one pixel a unit of a square lattice; the style sheet scales it and turns it to ink on paper. */
function paint(canvas: HTMLCanvasElement, spec: TrajectoriesSpec, value: (unit: number) => number): void {
  const { range, units, lattice, shape } = spec
  const share = (unit: number) => (value(unit) - range[0]) / (range[1] - range[0])
  if (shape !== 'square') {
    const fill = (unit: number) => {
      const grey = Math.round(255 * Math.min(1, Math.max(0, share(unit))))
      return Number.isNaN(grey) ? undefined : `rgb(${grey} ${grey} ${grey})`
    }
    paintLattice(canvas, { layout: spec, units, fill, chosen: -1 })
    return
  }
  if (canvas.width !== lattice[1]) canvas.width = lattice[1]
  if (canvas.height !== lattice[0]) canvas.height = lattice[0]
  const context = canvas.getContext('2d')
  if (!context) return
  const image = context.createImageData(lattice[1], lattice[0])
  for (let unit = 0; unit < units; unit++) {
    image.data.fill(255 * share(unit), 4 * unit, 4 * unit + 3)
    image.data[4 * unit + 3] = Number.isNaN(share(unit)) ? 0 : 255
  }
  context.putImageData(image, 0, 0)
}
