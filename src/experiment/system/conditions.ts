import { invalidValue, OverdampedError } from '../../errors.js'
import { type Scaling, scaled } from '../../learning/data/scaling.js'
import { evenRows, type PointSet, pickRows } from '../../physics/network/states.js'
import type { Noising } from '../../physics/protocol/noising.js'
import { decodeNpy } from '../files/npy.js'
import { withRegularFile } from '../files/regular-file.js'
import { halves, type ImagesOf } from '../scenario/conditions.js'
import type { Scenario } from '../scenario/schema.js'

/** What samples are drawn given: some units of images, or all of them under noise. */
export type Conditions = GivenImages &
  (
    | { readonly kind: 'inpaint'; readonly held: readonly boolean[]; readonly sweeps: number; readonly steps: number }
    /** `width`: of the noise in the images, s/m */
    | { readonly kind: 'noised'; readonly width: number }
  )

/** Images, and how many samples are drawn given each: sample n is one of image ⌊n/completions⌋. */
interface GivenImages {
  readonly completions: number
  /** [images, units] */
  readonly images: PointSet
  /** rows of the held-out data that they are; null for those of a file, of which nobody knows the truth */
  readonly rows: readonly number[] | null
}

/** The data of which some are given. */
interface GivenData {
  readonly heldOut: PointSet
  /** names of the units, where a table has any */
  readonly columns?: readonly string[] | null
  /** what states of a file are brought to; null where data are learned as they are */
  readonly scaling?: Scaling | null
}

/** A file of an array of numbers may have so many bytes. */
const largest = 2 ** 28

/**
 * What a scenario's samples are conditioned on, with its files read; null where they are free.
 *
 * @throws E_FILE, E_FORMAT or E_DATA naming the file; E_INVALID_VALUE for images that there are not
 */
export function loadConditions(
  { sampling, network }: Scenario,
  noising: Noising,
  { heldOut, columns = null, scaling = null }: GivenData,
): Conditions | null {
  const { inpaint, noised, trajectories } = sampling
  const given = inpaint ?? noised
  if (given === undefined) return null
  const where = `sampling.${inpaint === undefined ? 'noised' : 'inpaint'}`
  const { completions } = given
  const chosen = imagesOf(given.of, heldOut, trajectories / completions, `${where}.of`, scaling)
  const common = { completions, ...chosen }
  if (chosen.images.count * completions !== trajectories)
    throw invalidValue(
      `${completions} samples for each of ${chosen.images.count} images are ${chosen.images.count * completions}, got ${trajectories}.`,
      'sampling.trajectories',
    )
  if (inpaint !== undefined) {
    const held = maskOf(inpaint.known, heldOut.units, network.visible.lattice, columns)
    const known = held.filter((is) => is).length
    if (known === 0 || known === held.length)
      throw invalidValue(`expected known and unknown units, got ${known} known of ${held.length}.`, `${where}.known`)
    return { kind: 'inpaint', ...common, held, sweeps: inpaint.sweeps, steps: inpaint.steps }
  }
  const { stiffness, bath, knots } = noising
  const [duration, tMin] = [knots[0]!, knots.at(-1)!]
  const widthAt = (t: number) => Math.sqrt((bath.kT / stiffness) * Math.expm1(2 * bath.mobility * stiffness * t))
  const width = noised!.width
  if (width <= widthAt(tMin) || width > widthAt(duration))
    throw invalidValue(
      `expected more than ${widthAt(tMin).toPrecision(3)} and at most ${widthAt(duration).toPrecision(3)}, the widths of the noise at tMin and at the noisiest knot; got ${width}.`,
      `${where}.width`,
    )
  return { kind: 'noised', ...common, width }
}

/** Held-out data, evenly spread or by number, or the rows of a file. */
function imagesOf(
  of: ImagesOf,
  heldOut: PointSet,
  count: number,
  where: string,
  scaling: Scaling | null,
): Omit<GivenImages, 'completions'> {
  if (typeof of === 'string' && of !== 'held-out')
    return { images: scaled(imagesIn(of, heldOut.units), scaling), rows: null }
  if (of === 'held-out' && count > heldOut.count)
    throw invalidValue(`there are ${heldOut.count} held-out images; ${count} are asked for.`, 'sampling.trajectories')
  const rows = typeof of === 'string' ? evenRows(heldOut.count, count) : of
  const unknown = rows.find((row) => row >= heldOut.count)
  if (unknown !== undefined)
    throw invalidValue(`held-out images are numbered 0 to ${heldOut.count - 1}, got ${unknown}.`, where)
  return { images: pickRows(heldOut, rows), rows }
}

/** Images of a .npy file: [units], [images, units], or with rows and columns in the place of units. */
export function imagesIn(path: string, units: number): PointSet {
  const { data, shape } = readNpy(path)
  const points = Float64Array.from(data)
  if (points.length === 0 || points.length % units !== 0 || !endsIn(shape, units))
    throw new OverdampedError(
      'E_DATA',
      `has shape (${shape.join(', ')}). Expected images of ${units} units: [images, units] or [images, rows, columns].`,
      path,
    )
  return { points, count: points.length / units, units }
}

/** Whether the last axes of a shape make a state. */
function endsIn(shape: readonly number[], units: number): boolean {
  return [1, 2].some((axes) => shape.slice(-axes).reduce((product, length) => product * length, 1) === units)
}

/** Which units are known: those of a list, a half of the lattice, or those that are not 0 in a .npy file of [units] or [rows, columns]. */
function maskOf(
  known: string | readonly (string | number)[],
  units: number,
  lattice: readonly [number, number] | undefined,
  columns: readonly string[] | null,
): boolean[] {
  if (typeof known !== 'string') {
    const numbers = known.map((unit) => (typeof unit === 'number' ? unit : (columns?.indexOf(unit) ?? -1)))
    const wrong = numbers.findIndex((unit) => unit < 0 || unit >= units)
    if (wrong >= 0)
      throw invalidValue(
        `there is no unit ${known[wrong]}; expected numbers from 0 to ${units - 1}${columns === null ? ', since no line of the data names columns' : ` or names of columns: ${columns.slice(0, 20).join(', ')}`}.`,
        'sampling.inpaint.known',
      )
    return Array.from({ length: units }, (_, unit) => numbers.includes(unit))
  }
  const half = halves.find((name) => name === known)
  if (half !== undefined) {
    if (lattice === undefined)
      throw invalidValue(
        `${half} needs network.visible.lattice; give a .npy mask of the units.`,
        'sampling.inpaint.known',
      )
    const [rows, columns] = lattice
    return Array.from({ length: units }, (_, site) => {
      const [row, column] = [Math.floor(site / columns), site % columns]
      return { left: 2 * column < columns, right: 2 * column >= columns, top: 2 * row < rows, bottom: 2 * row >= rows }[
        half.split('-')[0] as 'left' | 'right' | 'top' | 'bottom'
      ]
    })
  }
  const { data, shape } = readNpy(known, `Or one of ${halves.join(', ')}.`)
  if (data.length !== units || !endsIn(shape, units))
    throw new OverdampedError(
      'E_DATA',
      `has shape (${shape.join(', ')}). Expected a mask of ${units} units, 1 where they are known: [units] or [rows, columns].`,
      known,
    )
  return Array.from(data, (value) => value !== 0)
}

function readNpy(path: string, hint = 'Or held-out, or numbers of held-out images.') {
  const kind = { what: 'NPY file', largest, endings: /\.npy$/, hint }
  const bytes = withRegularFile(path, kind, ({ size, read }) => read(0, size))
  return decodeNpy(bytes, path)
}
