import { all } from '../block.js'
import { paintedCells } from '../lattice.js'
import { ramp } from '../ramp.js'
import { colour } from '../theme.js'
import { tableCsv } from './csv.js'
import { cellsSvg, elementSvg } from './element-svg.js'
import { fileName, save } from './file.js'
import { pngOf, rasterised } from './png.js'

/** A way to save something: the word of its button, and what makes the file; undefined where there is nothing to save now. */
interface Way {
  kind: 'SVG' | 'PNG' | 'CSV' | 'WebM'
  make: () => Promise<Blob | undefined> | Blob | undefined
}

/** Makes the SVG of a chart from the element that holds it. */
export type ChartMaker = (title: string, description: string) => string | undefined

/**
 * Puts buttons that save it below every chart, map, picture and table of the page.
 * @param charts what makes the SVG of a chart, by the element that uPlot draws in
 */
export function downloads(charts: ReadonlyMap<Element, ChartMaker>): void {
  for (const figure of all<HTMLElement>('figure')) {
    for (const plot of all<HTMLElement>('.plot', figure)) {
      const make = charts.get(plot)
      const folded = figure.querySelector(':scope > details')
      if (make) insert(vectorWays(figure, make), 'figure', headingOf(plot), (bar) => figure.insertBefore(bar, folded))
    }
    for (const canvas of all<HTMLCanvasElement>('canvas.lattice', figure)) {
      const last = canvas.parentElement?.querySelector('.reading') ?? canvas
      const ways = vectorWays(figure, (...words) => mapSvg(canvas, figure, ...words))
      insert(ways, 'map', headingOf(canvas), (bar) => last.after(bar))
    }
    pictureDownloads(figure)
  }
  for (const table of all<HTMLTableElement>('main table')) {
    const place = table.closest('.scroll') ?? table
    const label = place.getAttribute('aria-label') ?? ''
    const make = () => new Blob([tableCsv(table)], { type: 'text/csv;charset=utf-8' })
    const name = label === 'Table of the figures' ? [headingOf(table)] : [headingOf(table), label]
    insert([{ kind: 'CSV', make }], 'table', name.join(': '), (bar) => place.after(bar), name)
  }
}

/** Pictures that the page itself holds: an SVG as it is; images of pixels as pixels alone. */
function pictureDownloads(figure: HTMLElement): void {
  const vectors = () => all<SVGSVGElement>('svg.scatter', figure).find(isShown)
  const images = () => all<HTMLImageElement>('img.sprite', figure).filter(isShown)
  const place = (bar: HTMLElement) => figure.append(bar)
  if (figure.querySelector('svg.scatter')) {
    const make: ChartMaker = (...words) => {
      const shown = vectors()
      return shown && elementSvg(shown, ...words)
    }
    insert(vectorWays(figure, make), 'figure', headingOf(figure.firstElementChild ?? figure), place)
  } else if (figure.querySelector('img.sprite')) {
    const ways: Way[] = [{ kind: 'PNG', make: () => pixelsOf(images()) }]
    insert(ways, 'picture', headingOf(figure.firstElementChild ?? figure), place)
  }
}

function isShown(element: Element): boolean {
  return element.getBoundingClientRect().width > 0
}

/** SVG, and PNG of that SVG. */
export function vectorWays(figure: Element | null, make: ChartMaker): Way[] {
  const svg = () => make(headingOf(figure?.firstElementChild ?? document.body), captionOf(figure))
  return [
    {
      kind: 'SVG',
      make: () => {
        const text = svg()
        return text === undefined ? undefined : new Blob([text], { type: 'image/svg+xml' })
      },
    },
    {
      kind: 'PNG',
      make: () => {
        const text = svg()
        return text === undefined ? undefined : rasterised(text)
      },
    },
  ]
}

function captionOf(figure: Element | null): string {
  return (figure?.querySelector('figcaption')?.textContent ?? '').replace(/\s+/g, ' ').trim()
}

/** Heading under which an element stands. */
export function headingOf(element: Element): string {
  const within = element.closest('section, main') ?? document.body
  const before = all<HTMLElement>('h1, h2, h3', within).filter(
    (heading) => heading === element || heading.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING,
  )
  const heading = before.at(-1)?.cloneNode(true) as Element | undefined
  for (const small of heading ? all('small', heading) : []) small.remove()
  return (heading?.textContent ?? '').replace(/\s+/g, ' ').trim()
}

/** One line of buttons, in a place that the caller knows. */
export function insert(
  ways: readonly Way[],
  what: string,
  name: string,
  place: (bar: HTMLElement) => void,
  parts: readonly string[] = [name],
): void {
  const bar = document.createElement('div')
  bar.className = 'downloads'
  bar.append(
    ...ways.map(({ kind, make }) => {
      const button = document.createElement('button')
      button.type = 'button'
      button.className = 'plain'
      button.textContent = kind
      button.setAttribute('aria-label', `${kind}: download the ${what}${name === '' ? '' : ` “${name}”`}`)
      button.title = `Download the ${what} as ${kind}`
      button.addEventListener('click', async () => {
        const content = await make()
        const run = document.title.replace(/ · overdamped$/, '')
        if (content) save(`${fileName(run, ...parts)}.${kind.toLowerCase()}`, content)
      })
      return button
    }),
  )
  place(bar)
}

/** What was last painted on a map, as vectors, with the strip of colours that stands below it. */
function mapSvg(canvas: HTMLCanvasElement, figure: Element, title: string, description: string): string | undefined {
  const cells = paintedCells(canvas)
  if (!cells) return undefined
  const beside = canvas.parentElement ?? figure
  const word = (end: string) => beside.querySelector(`[data-${end}]`)?.textContent ?? ''
  return cellsSvg(cells, title, description, { colours: ramp(), low: word('low'), high: word('high') })
}

/** The least width of a saved picture of pixels, each of which becomes a square of them. */
const leastWidth = 800

/** Images below one another, in the colours of the page, with hard edges. */
function pixelsOf(images: readonly HTMLImageElement[]): Promise<Blob> | undefined {
  const widest = Math.max(0, ...images.map(({ naturalWidth }) => naturalWidth))
  if (widest === 0) return undefined
  const scale = Math.max(1, Math.ceil(leastWidth / widest))
  const gap = 2 * scale
  const canvas = document.createElement('canvas')
  canvas.width = scale * widest
  canvas.height = images.reduce((sum, { naturalHeight }) => sum + scale * naturalHeight + gap, -gap)
  const context = canvas.getContext('2d')
  if (!context) return undefined
  context.fillStyle = colour('paper')
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.imageSmoothingEnabled = false
  let top = 0
  for (const image of images) {
    context.filter = getComputedStyle(image).filter
    context.drawImage(image, 0, top, scale * image.naturalWidth, scale * image.naturalHeight)
    top += scale * image.naturalHeight + gap
  }
  return pngOf(canvas)
}
