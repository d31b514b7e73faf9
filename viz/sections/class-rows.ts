import { html, type Markup } from '../html.js'
import type { PointSet } from '../point-set.js'
import { sprite, spriteImage } from '../sprite.js'

/** Lines of images that all classes have together, at most, where each has one at least. */
const lines = 8
/** More classes than this would fill the page. */
const mostClasses = 16

/** Images of a set in lines of their class. */
export interface ClassRows {
  /** what the classes are called, in the order of their lines */
  readonly names: readonly number[]
  /** images of each class */
  readonly each: number
}

/**
 * How images are laid out by class.
 * @param classes the class of each sample
 * @param across images in a line
 * @returns undefined without classes, for a single one, or for too many
 */
export function classRows(classes: ArrayLike<number> | undefined, across: number): ClassRows | undefined {
  const names = [...new Set(Array.from(classes ?? []))].sort((a, b) => a - b)
  if (names.length < 2 || names.length > mostClasses) return undefined
  return { names, each: across * Math.max(1, Math.floor(lines / names.length)) }
}

/** The first images of every class, a gap where there are too few, with the name of the class beside its lines. */
export function classSheet(
  { names, each }: ClassRows,
  set: PointSet,
  classes: ArrayLike<number>,
  lattice: readonly [number, number],
  across: number,
  range: readonly [number, number],
  alt: string,
): Markup {
  const rows = names.flatMap((name) => {
    const own = Array.from(classes).flatMap((of, row) => (of === name ? [row] : []))
    return Array.from({ length: each }, (_, n) => own[n] ?? -1)
  })
  const sheet = spriteImage(sprite(set, rows, lattice, across, range), alt)
  return html`<div class="classes" style="--classes:${names.length}">${names.map((name) => html`<span>${name}</span>`)}${sheet}</div>`
}
