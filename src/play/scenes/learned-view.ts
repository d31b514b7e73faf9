import { type GaussianMixture, mixtureScore } from '../../learning/data/mixture.js'
import { forceAndEnergy, type Potential } from '../../physics/potential/potential.js'
import { type DriveKind, type Noising, noiseWidth, scoreScale, signal } from '../../physics/protocol/noising.js'
import type { LearnedView } from './messages.js'

/** Points along an axis of a landscape, and of the arrows over it. */
const points = 81
const arrows = 15
/** Widths about the outermost centre that the plane is shown to. */
const widths = 3.2

/** What learns, and what is to be learned. */
export interface Learned {
  readonly potential: Potential
  readonly noising: Noising
  readonly mixture: GaussianMixture
  readonly drive: DriveKind
}

/** The plane is shown so far that the data and their noise are within it. */
export function extentOf({ mixture: { means, width }, noising: { bath, stiffness } }: Learned): number {
  const farthest = Math.max(...means.flat().map(Math.abs))
  return Math.max(farthest + widths * width, widths * Math.sqrt(bath.kT / stiffness))
}

/**
 * The learned landscape beside the exact one at a knot: the force is F = trap·x + scale·∇ln p, so that what was learned says
 * -ln p = (U + trap |x|²/2)/scale.
 */
export function viewOf(learned: Learned, theta: Float64Array, knot: number): LearnedView {
  const { noising, drive } = learned
  const t = noising.knots[knot]!
  const { trap, scale } = scoreScale(noising, drive)
  const extent = extentOf(learned)
  const plane = gridOf(points, extent)
  const { energy, exact } = fieldsOn(plane, learned, theta, t)
  const own = energy.map((u, n) => (u + (trap * (plane[n]! ** 2 + plane[energy.length + n]! ** 2)) / 2) / scale)
  const places = gridOf(arrows, extent)
  const { force, score } = fieldsOn(places, learned, theta, t)
  const wanted = places.map((x, n) => trap * x + scale * score[n]!)
  const count = arrows ** 2
  const residual = Float32Array.from(places, (_, n) => {
    const at = (n % 2) * count + (n >> 1)
    return force[at]! - wanted[at]!
  })
  const size = Math.sqrt(wanted.reduce((sum, f) => sum + f * f, 0) / count)
  return { knot, t, points, learned: fromLowest(own), exact: fromLowest(exact), arrows, residual, scale: size }
}

/** Energy and force as learned, -ln p and score of the noised mixture, at some places [2, count]. */
function fieldsOn(places: Float64Array, { potential, noising, mixture }: Learned, theta: Float64Array, t: number) {
  const count = places.length / 2
  const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
  const [energy, logDensity] = [new Float64Array(count), new Float64Array(count)]
  const [force, score] = [new Float64Array(places.length), new Float64Array(places.length)]
  forceAndEnergy(potential, theta, places, count, force, energy)
  mixtureScore(mixture, m, s, places, count, logDensity, score)
  return { energy, force, score, exact: logDensity.map((value) => -value) }
}

/** The places of a square grid row by row from the lowest y, [2, n²]. */
function gridOf(n: number, extent: number): Float64Array {
  const at = (k: number) => extent * ((2 * k) / (n - 1) - 1)
  return Float64Array.from({ length: 2 * n * n }, (_, k) => (k < n * n ? at(k % n) : at(Math.floor(k / n) - n)))
}

function fromLowest(values: Float64Array): Float32Array {
  const lowest = values.reduce((a, b) => Math.min(a, b), Infinity)
  return Float32Array.from(values, (value) => value - lowest)
}
