import type { TrajectoriesSpec } from '../field-spec.js'
import { cellsOf } from '../geometry.js'
import { all } from './block.js'
import { cellsSvg } from './export/element-svg.js'
import { filmDownloads } from './export/film-downloads.js'
import { cellsIn, type LatticePicture, paintCells, paintLattice } from './lattice.js'
import { readNumber } from './numbers.js'
import { playable } from './player.js'
import { colour, fontFamily } from './theme.js'

/**
 * The film: a frame of the chosen trajectory large, of all of them small, with slider and play button.
 * @param value of trajectory and frame·units + unit
 */
export function film(spec: TrajectoriesSpec, value: (trajectory: number, column: number) => number): void {
  const large = document.querySelector<HTMLCanvasElement>('canvas#film')
  const slider = document.querySelector<HTMLInputElement>('#film-frame')
  const button = document.querySelector<HTMLButtonElement>('#film-play')
  if (!large || !slider || !button) return
  const output = document.getElementById('film-time')
  const small = all<HTMLCanvasElement>('canvas[data-film]')
  const chosen = () =>
    Number(document.querySelector<HTMLInputElement>('input[name=film-trajectory]:checked')?.value ?? 0)
  const shares = (trajectory: number, frame: number) => (unit: number) =>
    (value(trajectory, frame * spec.units + unit) - spec.range[0]) / (spec.range[1] - spec.range[0])
  const words = (frame: number) => `t = ${readNumber(spec.time[frame] ?? 0, 3)}`
  const show = (frame: number) => {
    paint(large, spec, shares(chosen(), frame))
    small.forEach((canvas, index) => {
      paint(canvas, spec, shares(index, frame))
    })
    if (output) output.textContent = words(frame)
    slider.setAttribute('aria-valuetext', words(frame))
  }
  const again = playable({ screen: large, slider, button, show })
  // What is drawn as sharp as the screen follows the width of its place.
  if (spec.shape !== 'square') new ResizeObserver(again).observe(large)
  for (const input of all<HTMLInputElement>('input[name=film-trajectory]')) input.addEventListener('change', again)
  const picture = (frame: number) => greys(spec, shares(chosen(), frame), getComputedStyle(large).filter !== 'none')
  filmDownloads(large, button, {
    svg: (title) => {
      const frame = slider.valueAsNumber
      return cellsSvg(cellsIn(picture(frame)), title, `Trajectory ${chosen() + 1} at ${words(frame)}`)
    },
    reel: () => reelOf(spec, picture, words),
  })
}

const reelWidth = 480
const lineHeight = 36

/** The chosen trajectory in the colours that it has on the page, the time below it. */
function reelOf(spec: TrajectoriesSpec, picture: (frame: number) => LatticePicture, words: (frame: number) => string) {
  const { size } = cellsOf(spec)
  const high = Math.round((reelWidth * size[1]) / size[0])
  return {
    frames: spec.time.length,
    width: reelWidth,
    height: high + lineHeight,
    paint: (context: CanvasRenderingContext2D, frame: number) => {
      context.fillStyle = colour('paper')
      context.fillRect(0, 0, reelWidth, high + lineHeight)
      paintCells(context, picture(frame), reelWidth, high, 1)
      context.fillStyle = colour('ink')
      context.font = `16px ${fontFamily()}`
      context.fillText(words(frame), 8, high + 24)
    },
  }
}

/** Shares of the range as greys, which the style sheet of the light theme turns over: high is black ink there. */
function greys(spec: TrajectoriesSpec, share: (unit: number) => number, turned: boolean): LatticePicture {
  const fill = (unit: number) => {
    const level = Math.round(255 * Math.min(1, Math.max(0, share(unit))))
    const grey = turned ? 255 - level : level
    return Number.isNaN(grey) ? undefined : `rgb(${grey} ${grey} ${grey})`
  }
  return { layout: spec, units: spec.units, fill, chosen: -1 }
}

/** Black to white as in the page's sprites, one pixel a unit of a square lattice; the style sheet scales it and turns it to ink on paper. */
function paint(canvas: HTMLCanvasElement, spec: TrajectoriesSpec, share: (unit: number) => number): void {
  const { units, lattice, shape } = spec
  if (shape !== 'square') {
    paintLattice(canvas, greys(spec, share, false))
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
