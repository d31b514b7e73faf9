import { all } from '../block.js'
import { colour, fontFamily } from '../theme.js'
import { escapeXml, round, svgDocument } from './svg.js'

/** What a style sheet says of a shape or a word, which a file of its own has to say itself. */
const styles = [
  'fill',
  'fill-opacity',
  'fill-rule',
  'stroke',
  'stroke-opacity',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'opacity',
  'font-size',
  'font-weight',
  'text-anchor',
  'vector-effect',
  'image-rendering',
] as const

/** An SVG of the page with the present colours in it, as a document of its own, twice as wide as on the page. */
export function elementSvg(shown: SVGSVGElement, title: string, description: string): string {
  const copy = shown.cloneNode(true) as SVGSVGElement
  const [originals, copies] = [all(':scope *', shown), all(':scope *', copy)]
  copies.forEach((element, n) => {
    const style = getComputedStyle(originals[n] as Element)
    for (const name of styles) element.setAttribute(name, style.getPropertyValue(name))
    element.removeAttribute('class')
  })
  const { width, height } = shown.getBoundingClientRect()
  const { x, y, width: wide, height: high } = shown.viewBox.baseVal
  const serializer = new XMLSerializer()
  const content = [...copy.children].map((child) => serializer.serializeToString(child))
  const scale = [(2 * width) / (wide || width), (2 * height) / (high || height)].map(round)
  return svgDocument(
    { ...frame(2 * width, 2 * height, title, description) },
    // What lies beyond the picture, such as the sides of a map, is cut off as on the page.
    [
      `<clipPath id="picture"><rect x="${x}" y="${y}" width="${wide || width}" height="${high || height}"/></clipPath>`,
      `<g transform="scale(${scale.join(' ')}) translate(${-x} ${-y})" clip-path="url(#picture)">`,
      ...content,
      '</g>',
    ],
  )
}

function frame(width: number, height: number, title: string, description: string) {
  return { width, height, title, description, paper: colour('surface'), font: fontFamily() }
}

/** Cells of a map: the corners of each, in units of the map, and its colour. */
export interface Cells {
  size: readonly [width: number, height: number]
  cells: readonly { corners: readonly (readonly [number, number])[]; fill: string }[]
}

const mapWidth = 600
const stripHeight = 34

/**
 * A map of the units as vectors, a path a cell, above the strip of its colours.
 * @param scale colours from the least to the largest value, and these two in words; none for a picture in greys
 */
export function cellsSvg(
  { size, cells }: Cells,
  title: string,
  description: string,
  scale?: { colours: readonly string[]; low: string; high: string },
): string {
  const across = mapWidth / size[0]
  const height = size[1] * across
  const paths = cells.map(({ corners, fill }) => {
    const points = corners.map(([x, y]) => `${round(x * across)} ${round(y * across)}`)
    // As wide as the seam between two cells, which smoothing would leave pale.
    return `<path d="M${points.join('L')}z" fill="${escapeXml(fill)}" stroke="${escapeXml(fill)}" stroke-width="0.5"/>`
  })
  const strip = scale === undefined ? [] : stripSvg(scale, height)
  const whole = height + (strip.length > 0 ? stripHeight : 0)
  return svgDocument(frame(mapWidth, whole, title, description), [...paths, ...strip])
}

function stripSvg({ colours, low, high }: { colours: readonly string[]; low: string; high: string }, top: number) {
  const wide = 360 / colours.length
  const rects = colours.map(
    (tone, n) =>
      `<rect x="${round(120 + n * wide)}" y="${round(top + 14)}" width="${round(wide + 0.5)}" height="10" fill="${escapeXml(tone)}"/>`,
  )
  const muted = escapeXml(colour('muted'))
  const word = (x: number, anchor: string, text: string) =>
    `<text x="${x}" y="${round(top + 24)}" text-anchor="${anchor}" fill="${muted}">${escapeXml(text)}</text>`
  return [...rects, word(110, 'end', low), word(490, 'start', high)]
}
