import { encode } from 'fast-png'
import { escapeHtml, type Markup, raw } from './html.js'
import type { PointSet } from './run-record.js'

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

/**
 * Draws images side by side on one sheet, grey on transparent gaps: `low` is black and `high` white, values beyond are clipped.
 * @param set points whose units are the pixels of an image, row-major
 * @param rows which points, in the order in which they fill the sheet
 * @param lattice rows and columns of one image
 * @param across images in one line of the sheet
 * @param range the values [low, high]
 * @returns a PNG of 8-bit grey with alpha. Cost O(rows·units).
 */
export function sprite(
  set: PointSet,
  rows: readonly number[],
  lattice: readonly [number, number],
  across: number,
  range: readonly [number, number] = [-1, 1],
): Sprite {
  const [high, wide] = lattice
  const width = across * (wide + gap) - gap
  const height = Math.ceil(rows.length / across) * (high + gap) - gap
  const data = new Uint8Array(2 * width * height)
  rows.forEach((row, place) => {
    const top = Math.floor(place / across) * (high + gap)
    const left = (place % across) * (wide + gap)
    for (let unit = 0; unit < high * wide; unit++) {
      const share = ((set.points[row * set.units + unit] as number) - range[0]) / (range[1] - range[0])
      const pixel = (top + Math.floor(unit / wide)) * width + left + (unit % wide)
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
