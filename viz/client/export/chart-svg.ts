import type uPlot from 'uplot'
import type { Ends } from '../spread.js'
import { colour, fontFamily } from '../theme.js'
import { escapeXml, round, svgDocument } from './svg.js'

/** A curve or a set of bars as it stands on the chart. */
export interface DrawnCurve {
  /** '' stands in no legend */
  label: string
  kind: 'line' | 'bars' | 'dots'
  /** a colour of CSS */
  tone: string
  width: number
  dashed: boolean
  points: boolean
  /** holds each value until the next one */
  stepped: boolean
  x: readonly number[]
  y: readonly (number | null)[]
  /** standard errors: a band around a line, a bar through a dot */
  errors?: readonly Ends[]
}

/** A chart with what uPlot drew of it, from which the same picture is made of vectors. */
export interface DrawnChart {
  chart: uPlot
  x: DrawnAxis
  y: DrawnAxis
  curves: readonly DrawnCurve[]
  marks: readonly { x: number; label: string }[]
  levels: readonly { y: number; label: string }[]
}

/** An axis, and its lines and their labels as uPlot last placed them. */
interface DrawnAxis {
  label: string
  log: boolean
  ticks: readonly { at: number; label: string | null }[]
}

/** More lines than these are a hatching: those without a label are left out. */
const manyLines = 25
const legendLine = 18

/**
 * A chart of the page as vectors: each curve is a path through its values, with what the page has around it, legend and all.
 * @param title of the figure; `description` its caption
 */
export function chartSvg(drawn: DrawnChart, title: string, description: string): string {
  const { chart } = drawn
  const ratio = devicePixelRatio || 1
  const legend = legendOf(drawn.curves, chart.width)
  const [left, top, wide, high] = [chart.bbox.left, chart.bbox.top, chart.bbox.width, chart.bbox.height].map(
    (pixels) => pixels / ratio,
  ) as [number, number, number, number]
  const place = {
    x: (value: number) => left + chart.valToPos(value, 'x'),
    y: (value: number) => top + chart.valToPos(value, 'y'),
  }
  const box = { left, top, right: left + wide, bottom: top + high }
  const clip = `<clipPath id="plot"><rect x="${round(left)}" y="${round(top)}" width="${round(wide)}" height="${round(high)}"/></clipPath>`
  const content = [
    ...legend.rows,
    `<g transform="translate(0 ${legend.height})">`,
    clip,
    ...axes(drawn, box, place),
    '<g clip-path="url(#plot)">',
    ...drawn.curves.flatMap((curve) => (curve.errors?.length ? [errorsSvg(curve, drawn, box, place)] : [])),
    ...drawn.curves.map((curve) => curveSvg(curve, drawn, box, place)),
    '</g>',
    ...guides(drawn, box, place),
    '</g>',
  ]
  const frame = { width: chart.width, height: chart.height + legend.height, title, description }
  return svgDocument({ ...frame, paper: colour('paper'), font: fontFamily() }, content)
}

interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

interface Place {
  x: (value: number) => number
  y: (value: number) => number
}

function text(x: number, y: number, content: string, fill: string, more = ''): string {
  return `<text x="${round(x)}" y="${round(y)}" fill="${escapeXml(fill)}"${more}>${escapeXml(content)}</text>`
}

/** Keys and names in lines that are as wide as the chart. */
function legendOf(curves: readonly DrawnCurve[], width: number): { rows: string[]; height: number } {
  const context = document.createElement('canvas').getContext('2d')
  if (context) context.font = `12px ${fontFamily()}`
  let [x, y] = [0, 0]
  const rows = curves.flatMap((curve) => {
    if (curve.label === '') return []
    const needs = 26 + (context?.measureText(curve.label).width ?? 7 * curve.label.length)
    if (x > 0 && x + needs > width) [x, y] = [0, y + legendLine]
    const key =
      curve.kind === 'bars'
        ? `<rect x="${round(x)}" y="${y + 3}" width="10" height="10" fill="${escapeXml(colour('bar'))}"/>`
        : `<path d="M${round(x)} ${y + 8}h18" stroke="${escapeXml(curve.tone)}" stroke-width="2"${curve.dashed ? ' stroke-dasharray="6 4"' : ''}/>`
    const name = text(x + 24, y + 12, curve.label, colour('muted'))
    x += needs + 20
    return [key, name]
  })
  return { rows, height: rows.length > 0 ? y + legendLine + 4 : 0 }
}

function axes(drawn: DrawnChart, box: Box, place: Place): string[] {
  const [line, muted] = [escapeXml(colour('line')), colour('muted')]
  const shown = ({ ticks, log }: DrawnAxis) =>
    log && ticks.length > manyLines ? ticks.filter(({ label }) => label !== null) : ticks
  const grid = [
    ...shown(drawn.x).map(({ at }) => `M${round(place.x(at))} ${round(box.top)}V${round(box.bottom + 4)}`),
    ...shown(drawn.y).map(({ at }) => `M${round(box.left - 4)} ${round(place.y(at))}H${round(box.right)}`),
  ]
  const names = [
    ...drawn.x.ticks.map(({ at, label }) =>
      label === null ? '' : text(place.x(at), box.bottom + 18, label, muted, ' text-anchor="middle"'),
    ),
    ...drawn.y.ticks.map(({ at, label }) =>
      label === null ? '' : text(box.left - 8, place.y(at) + 4, label, muted, ' text-anchor="end"'),
    ),
  ].filter((name) => name !== '')
  const [middle, centre] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2]
  return [
    `<path class="grid" d="${grid.join('')}" stroke="${line}" fill="none"/>`,
    ...names,
    text(middle, box.bottom + 40, drawn.x.label, muted, ' text-anchor="middle"'),
    text(0, 0, drawn.y.label, muted, ` text-anchor="middle" transform="translate(12 ${round(centre)}) rotate(-90)"`),
  ]
}

function curveSvg(curve: DrawnCurve, { y: { log } }: DrawnChart, box: Box, place: Place): string {
  const known = curve.x.map((x, n) => {
    const y = curve.y[n]
    return y === null || y === undefined || (log && y <= 0) ? null : ([place.x(x), place.y(y)] as const)
  })
  const tone = escapeXml(curve.tone)
  if (curve.kind === 'bars') {
    const half = barWidth(curve.x, place) / 2
    const base = log ? box.bottom : Math.min(box.bottom, place.y(0))
    const bars = known.map((at) =>
      at === null
        ? ''
        : `M${round(at[0] - half)} ${round(base)}V${round(at[1])}h${round(Math.max(0.5, 2 * half - 1))}V${round(base)}z`,
    )
    return `<path class="bars" d="${bars.join('')}" fill="${escapeXml(colour('bar'))}"/>`
  }
  let isBroken = true
  const path = known.map((at) => {
    const [x, y] = [round(at?.[0] ?? 0), round(at?.[1] ?? 0)]
    const step = at === null ? '' : isBroken ? `M${x} ${y}` : curve.stepped ? `H${x}V${y}` : `L${x} ${y}`
    isBroken = at === null
    return step
  })
  const dashes = curve.dashed ? ' stroke-dasharray="6 4"' : ''
  const line = `<path class="curve" d="${path.join('')}" fill="none" stroke="${tone}" stroke-width="${curve.width}"${dashes}/>`
  const dots = known.map((at) => (at === null ? '' : `M${round(at[0])} ${round(at[1])}h0`)).join('')
  const points = `<path class="points" d="${dots}" stroke="${tone}" stroke-width="5" stroke-linecap="round"/>`
  if (curve.kind === 'dots') return points
  return curve.points ? `${line}${points}` : line
}

function errorsSvg(
  { kind, tone, errors = [] }: DrawnCurve,
  { y: { log } }: DrawnChart,
  box: Box,
  place: Place,
): string {
  const at = (x: number, y: number) =>
    `${round(place.x(x))} ${round(log && y <= 0 ? box.bottom : Math.min(place.y(y), box.bottom))}`
  if (kind === 'dots') {
    const bars = errors.map(({ x, low, high }) => `M${at(x, low)}L${at(x, high)}`)
    return `<path class="errors" d="${bars.join('')}" stroke="${escapeXml(tone)}" stroke-width="1.5"/>`
  }
  const corners = [...errors.map(({ x, high }) => at(x, high)), ...errors.toReversed().map(({ x, low }) => at(x, low))]
  return `<path class="errors" d="M${corners.join('L')}z" fill="${escapeXml(tone)}" fill-opacity="0.22"/>`
}

/** Bars fill the least distance between two of them, up to 200 pixels. */
function barWidth(x: readonly number[], place: Place): number {
  const gaps = x.slice(1).map((value, n) => Math.abs(place.x(value) - place.x(x[n] as number)))
  return Math.min(200, ...gaps.filter((gap) => gap > 0))
}

/** Vertical marks and horizontal levels, each with its word. */
function guides({ marks, levels }: DrawnChart, box: Box, place: Place): string[] {
  const ink = colour('ink')
  const line = (d: string, dashes: string) =>
    `<path d="${d}" stroke="${escapeXml(ink)}" fill="none" stroke-dasharray="${dashes}"/>`
  const upright = marks.flatMap(({ x, label }) => {
    const at = place.x(x)
    if (at < box.left || at > box.right) return []
    const right = at < box.left + 0.75 * (box.right - box.left)
    const word = text(at + (right ? 5 : -5), box.top + 11, label, ink, right ? '' : ' text-anchor="end"')
    return [line(`M${round(at)} ${round(box.top)}V${round(box.bottom)}`, 'none'), word]
  })
  const flat = levels.flatMap(({ y, label }) => {
    const at = place.y(y)
    if (at < box.top || at > box.bottom) return []
    const below = at + 16 < box.bottom
    return [
      line(`M${round(box.left)} ${round(at)}H${round(box.right)}`, '2 3'),
      ...(label === '' ? [] : [text(box.left + 6, at + (below ? 13 : -5), label, ink)]),
    ]
  })
  return [...upright, ...flat]
}
