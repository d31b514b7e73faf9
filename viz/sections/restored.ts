import { html } from '../html.js'
import type { PointSet } from '../point-set.js'
import type { RunRecord } from '../run-record.js'
import { evenly, sprite, spriteImage } from '../sprite.js'
import { shownRange } from './images.js'
import { type Section, section } from './section.js'

const mostImages = 12
const mostDrawn = 5

/**
 * Images that samples were drawn given: what was known of each, some samples, their mean, what a simpler way gives, and the original.
 * @returns undefined for free samples, or without a lattice
 */
export function restored(run: RunRecord): Section | undefined {
  const { conditions, scenario } = run
  const samples = run.denoised ?? run.samples
  const given = conditions?.noised ?? conditions?.original
  if (!conditions || !samples || !given || !scenario.lattice) return undefined
  const { original, known, nearest, tweedie, noised } = conditions
  const completions = samples.count / given.count
  const { lattice } = scenario
  const units = lattice[0] * lattice[1]
  if (!Number.isInteger(completions) || samples.units !== units || given.units !== units) return undefined
  const drawn = Math.min(mostDrawn, completions)
  const shown = evenly(given, mostImages)
  const columns: { title: string; of: (image: number) => ArrayLike<number> }[] = [
    { title: noised ? 'noised' : 'known', of: (image) => seen(row(given, image), noised ? undefined : known) },
    ...Array.from({ length: drawn }, (_, n) => ({
      title: n === 0 ? 'samples' : '',
      of: (image: number) => row(samples, image * completions + n),
    })),
    { title: `mean of ${completions}`, of: (image) => meanOf(samples, image, completions) },
    ...(nearest ? [{ title: 'nearest digit', of: (image: number) => row(nearest, image) }] : []),
    ...(tweedie ? [{ title: 'Tweedie', of: (image: number) => row(tweedie, image) }] : []),
    ...(original ? [{ title: 'original', of: (image: number) => row(original, image) }] : []),
  ]
  const points = shown.flatMap((image) => columns.flatMap(({ of }) => Array.from(of(image))))
  const set = { points, count: shown.length * columns.length, units: samples.units }
  const sheet = sprite(set, [...Array(set.count).keys()], lattice, columns.length, shownRange(run))
  const order = columns.map(({ title }) => title).filter((title) => title !== '')
  const what = noised
    ? 'Noised images and what is drawn from under the noise'
    : 'Known parts of images and how they are completed'
  const body = html`<figure class="panel"><h3>From left to right: ${order.join(', ')}</h3>
${spriteImage(sheet, `${shown.length} images, a line each: ${order.join(', ')}`)}
<figcaption>${shown.length} of ${given.count} images, evenly spread, not picked; ${completions} samples were drawn given each.</figcaption></figure>`
  const note = noised
    ? 'The drive runs from the time at which noise has the width of that in the images. Samples differ by what the noise hides.'
    : 'Known units enter at the noise of the moment, and the others are brought to rest given them at every knot.'
  return section('restored', what, note, body)
}

function row({ points, units }: PointSet, n: number): number[] {
  return Array.from({ length: units }, (_, i) => points[n * units + i] as number)
}

/** Units that are not known are left out of the picture. */
function seen(image: number[], known: ArrayLike<number> | undefined): number[] {
  return image.map((value, i) => (known?.[i] === 0 ? Number.NaN : value))
}

function meanOf(samples: PointSet, image: number, completions: number): number[] {
  const rows = Array.from({ length: completions }, (_, n) => row(samples, image * completions + n))
  return Array.from(
    { length: samples.units },
    (_, i) => rows.reduce((sum, of) => sum + (of[i] as number), 0) / completions,
  )
}
