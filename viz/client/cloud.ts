import type { CloudSpec } from '../field-spec.js'
import { mapPaths } from '../map-paths.js'
import { axisTicks, placeOn, side } from '../plane.js'
import { filmDownloads } from './export/film-downloads.js'
import { escapeXml, svgDocument } from './export/svg.js'
import { readNumber } from './numbers.js'
import { playable } from './player.js'
import { colour, fontFamily } from './theme.js'
import { unpack } from './unpack.js'

/** A frame as paths in a square of so many units along each side, for the screen and for files alike. */
interface Shapes {
  levels: string[]
  dots: string
}

/** How dark the ground between two lines of the map is, and the lines themselves. */
const [ground, line] = [0.055, 0.3]
const dotWidth = 3.4
const reelWidth = 480
const lineHeight = 36

/**
 * The film of a cloud of trajectories over the potential.
 * @returns a function that draws again in the present colours; undefined where the page has no place for it
 */
export function cloud(spec: CloudSpec): (() => void) | undefined {
  const screen = document.querySelector<HTMLCanvasElement>('canvas#cloud')
  const slider = document.querySelector<HTMLInputElement>('#cloud-frame')
  const button = document.querySelector<HTMLButtonElement>('#cloud-play')
  if (!screen || !slider || !button) return undefined
  const output = document.getElementById('cloud-time')
  const shapes = shapesOf(spec)
  const words = (frame: number) => `t = ${readNumber(spec.time[frame] ?? 0, 3)}`
  const show = (frame: number) => {
    const width = Math.round(screen.clientWidth * (devicePixelRatio || 1))
    if (width === 0) return
    screen.width = width
    screen.height = width
    const context = screen.getContext('2d')
    if (context) paint(context, shapes(frame), spec.reach, width)
    if (output) output.textContent = words(frame)
    slider.setAttribute('aria-valuetext', words(frame))
  }
  const again = playable({ screen, slider, button, show })
  new ResizeObserver(again).observe(screen)
  filmDownloads(screen, button, {
    svg: (title) => cloudSvg(shapes(slider.valueAsNumber), spec.reach, title, words(slider.valueAsNumber)),
    reel: () => ({
      frames: spec.time.length,
      width: reelWidth,
      height: reelWidth + lineHeight,
      paint: (context, frame) => {
        context.fillStyle = colour('paper')
        context.fillRect(0, 0, reelWidth, reelWidth + lineHeight)
        paint(context, shapes(frame), spec.reach, reelWidth)
        context.fillStyle = colour('ink')
        context.font = `16px ${fontFamily()}`
        context.fillText(words(frame), 8, reelWidth + 24)
      },
    }),
  })
  return again
}

/** The shapes of a frame; those of a map are made once. */
function shapesOf({ count, reach, x, map }: CloudSpec): (frame: number) => Shapes {
  const place = placeOn(reach)
  const value = unpack(x)
  const heights = map && unpack(map.values)
  const made = new Map<number, string[]>()
  const levelsOf = (index: number) => {
    const known = made.get(index)
    if (known || !map || !heights) return known ?? []
    const { columns } = map.values
    const potential = Float64Array.from({ length: columns }, (_, n) => heights(index, n))
    const levels = mapPaths({ x: map.x, y: map.y, potential }, 0, (right, up) => [place(right), place(-up)])
    made.set(index, levels)
    return levels
  }
  return (frame) => {
    const dots: string[] = []
    for (let row = 0; row < count; row++) {
      const [right, up] = [value(row, 2 * frame), value(row, 2 * frame + 1)]
      // Of no length a stroke would be nothing on a canvas.
      if (Math.abs(right) <= reach && Math.abs(up) <= reach) dots.push(`M${place(right)} ${place(-up)}h.01`)
    }
    return { levels: levelsOf(map?.of[frame] ?? 0), dots: dots.join('') }
  }
}

/** Lines of the axes and their words, in the square. */
function axes(reach: number) {
  const place = placeOn(reach)
  const ticks = axisTicks(reach)
  return {
    lines: ticks.map((tick) => `M${place(tick)} 0V${side}M0 ${place(-tick)}H${side}`).join(''),
    words: ticks.flatMap((tick) => [
      { x: place(tick), y: side - 6, text: readNumber(tick, 2), anchor: 'middle' as const },
      ...(tick === 0 ? [] : [{ x: 5, y: place(-tick) + 4, text: readNumber(tick, 2), anchor: 'start' as const }]),
    ]),
  }
}

function paint(context: CanvasRenderingContext2D, { levels, dots }: Shapes, reach: number, width: number): void {
  context.save()
  context.scale(width / side, width / side)
  context.fillStyle = colour('surface')
  context.fillRect(0, 0, side, side)
  context.beginPath()
  context.rect(0, 0, side, side)
  context.clip()
  context.fillStyle = colour('ink')
  context.strokeStyle = colour('ink')
  context.lineWidth = 0.6
  for (const level of levels) {
    const path = new Path2D(level)
    context.globalAlpha = ground
    context.fill(path, 'evenodd')
    context.globalAlpha = line
    context.stroke(path)
  }
  context.globalAlpha = 1
  const { lines, words } = axes(reach)
  context.strokeStyle = colour('line')
  context.lineWidth = 1
  context.stroke(new Path2D(lines))
  context.strokeStyle = colour('accent')
  context.globalAlpha = 0.75
  context.lineWidth = dotWidth
  context.lineCap = 'round'
  context.stroke(new Path2D(dots))
  context.globalAlpha = 1
  context.fillStyle = colour('muted')
  context.font = `11px ${fontFamily()}`
  for (const { x, y, text, anchor } of words) {
    context.textAlign = anchor === 'middle' ? 'center' : 'left'
    context.fillText(text, x, y)
  }
  context.restore()
}

/** The same of vectors, twice as large. */
function cloudSvg({ levels, dots }: Shapes, reach: number, title: string, description: string): string {
  const { lines, words } = axes(reach)
  const tone = (name: string) => escapeXml(colour(name))
  const frame = { width: 2 * side, height: 2 * side, title, description, paper: colour('surface'), font: fontFamily() }
  return svgDocument(frame, [
    `<clipPath id="plane"><rect width="${side}" height="${side}"/></clipPath>`,
    '<g transform="scale(2)"><g clip-path="url(#plane)">',
    `<g class="landscape" fill="${tone('ink')}" fill-opacity="${ground}" fill-rule="evenodd" stroke="${tone('ink')}" stroke-opacity="${line}" stroke-width="0.6">`,
    ...levels.map((level) => `<path d="${level}"/>`),
    '</g>',
    `<path class="grid" d="${lines}" fill="none" stroke="${tone('line')}"/>`,
    `<path class="dots" d="${dots}" stroke="${tone('accent')}" stroke-opacity="0.75" stroke-width="${dotWidth}" stroke-linecap="round"/>`,
    '</g>',
    // A file has no slider beside it that says when this is.
    ...[...words, { x: side - 6, y: 16, text: description, anchor: 'end' as const }].map(
      ({ x, y, text, anchor }) =>
        `<text x="${x}" y="${y}" font-size="11" text-anchor="${anchor}" fill="${tone('muted')}">${escapeXml(text)}</text>`,
    ),
    '</g>',
  ])
}
