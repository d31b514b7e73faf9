import { encode } from 'fast-png'
import { cellsOf, type Layout } from './geometry.js'
import { escapeHtml, type Markup, raw } from './html.js'
import type { PointSet } from './point-set.js'

/** A sheet of small images in one PNG. */
export interface Sprite {
  /** `data:image/png;base64,…` */
  uri: string
  /** Pixels, gaps included. */
  width: number
  height: number
}

/** Transparent pixels between two images of a sheet. */
const gap = 2

/** What stands in each pixel of an image, row-major: a unit, or nothing (-1). */
export interface Pixels {
  wide: number
  high: number
  unit: Int32Array
}

/** The least pixels across a picture whose cells are no squares. */
const acrossPicture = 96

/** The pixels of a layout: one for each unit where they are squares, so many that their forms are seen elsewhere. */
export function pixelsOf(layout: Layout): Pixels {
  const { size, at } = cellsOf(layout)
  const scale =
    layout.shape === 'square' || layout.shape === 'chain' ? 1 : Math.max(2, acrossPicture / Math.max(...size))
  const [wide, high] = [Math.round(size[0] * scale), Math.round(size[1] * scale)]
  const unit = Int32Array.from(
    { length: wide * high },
    (_, pixel) => at(((pixel % wide) + 0.5) / scale, (Math.floor(pixel / wide) + 0.5) / scale) ?? -1,
  )
  return { wide, high, unit }
}

/**
 * Draws images side by side on one sheet, grey on transparent gaps: `low` is black and `high` white, values beyond are clipped.
 * @param set points whose units are the pixels of an image
 * @param rows which points, in the order in which they fill the sheet
 * @param picture rows and columns of one image, whose pixels are the units, row-major; or its pixels
 * @param across images in one line of the sheet
 * @param range the values [low, high]
 * @returns a PNG of 8-bit grey with alpha. Cost O(rows·pixels).
 */
export function sprite(
  set: PointSet,
  rows: readonly number[],
  picture: readonly [number, number] | Pixels,
  across: number,
  range: readonly [number, number] = [-1, 1],
): Sprite {
  const { high, wide, unit } = 'unit' in picture ? picture : pixelsOf({ shape: 'square', lattice: picture })
  const width = across * (wide + gap) - gap
  const height = Math.ceil(rows.length / across) * (high + gap) - gap
  const data = new Uint8Array(2 * width * height)
  rows.forEach((row, place) => {
    const top = Math.floor(place / across) * (high + gap)
    const left = (place % across) * (wide + gap)
    for (let n = 0; n < high * wide; n++) {
      const value = unit[n] === -1 ? Number.NaN : (set.points[row * set.units + (unit[n] as number)] as number)
      const share = (value - range[0]) / (range[1] - range[0])
      const pixel = (top + Math.floor(n / wide)) * width + left + (n % wide)
      // NaN stays transparent: a hole says more than a grey.
      if (Number.isNaN(share)) continue
      data[2 * pixel] = Math.round(255 * Math.min(1, Math.max(0, share)))
      data[2 * pixel + 1] = 255
    }
  })
  const png = encode({ width, height, data, channels: 2, depth: 8 })
  return { uri: `data:image/png;base64,${Buffer.from(png).toString('base64')}`, width, height }
}

/**
 * The `<img>` of a sheet; the style sheet scales it with hard pixel edges.
 * @param alt what a reader who cannot see it should know
 */
export function spriteImage(sheet: Sprite, alt: string, classes = ''): Markup {
  return raw(
    `<img class="sprite ${escapeHtml(classes)}" src="${sheet.uri}" width="${sheet.width}" height="${sheet.height}" alt="${escapeHtml(alt)}">`,
  )
}

/** `count` row numbers spread evenly over a set, so that every part of an ordered set is shown. */
export function evenly(set: PointSet, count: number): number[] {
  const shown = Math.min(count, set.count)
  return Array.from({ length: shown }, (_, index) => Math.floor((index * set.count) / shown))
}
