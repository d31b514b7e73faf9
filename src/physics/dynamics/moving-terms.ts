import { type Bounds, compileBounds } from '../formula/bounds.js'
import { everywhere, magnitude } from '../formula/interval.js'
import { hasClock } from '../formula/partials.js'
import { ownSize } from '../potential/clocked.js'
import { type Potential, termSlice } from '../potential/potential.js'
import type { Term } from '../potential/term.js'
import { scheduledAt } from '../protocol/protocol.js'
import type { Driven, Looks } from './driven.js'
import { resolution, visitedPlaces } from './timestep.js'

/** Results that are kept. */
const mostRemembered = 1000

/** A term that moves by the time in its formula, as the judge of steps sees it. */
export interface MovingTerm {
  /** place of the time in θ */
  readonly parameter: number
  /** Σ|θ| of the parameters that act on a unit, of the unit where it is largest */
  readonly weight: number
  /** bounds of the slopes of φ while the clock is between two times, at states of alike units: [displacements × slopes] */
  slopes(from: number, to: number, x: readonly number[]): Bounds[]
  /** the largest |second derivative| of φ meanwhile, there */
  curvature(from: number, to: number, x: readonly number[]): number
}

/** The terms with the time in their formula. @param thetas - θ at some times, for the weights */
export function movingTerms(potential: Potential, thetas: readonly Float64Array[]): MovingTerm[] {
  return potential.terms.flatMap((term, index) => {
    const { formula } = term
    if (formula === undefined || !hasClock(formula)) return []
    const clock = formula.slopes.length
    const slopes = formula.slopes.map((slope) => compileBounds(slope, clock))
    const curvatures = formula.curvatures.map((curvature) => compileBounds(curvature, clock))
    /** of one place each, or of x and y: alike, and as far apart as they may be */
    const statesOf = (x: readonly number[]) => {
      const [first, last] = [x[0]!, x.at(-1)!]
      return clock === 1 ? x.map((at) => [at]) : [...x.map((at) => [at, at]), [first, last], [last, first]]
    }
    const own = thetas.map((theta) => termSlice(potential, index, theta).subarray(0, ownSize(term)))
    return {
      parameter: potential.offsets[index + 1]! - 1,
      weight: Math.max(...own.map((theta) => weightOf(term, potential, theta))),
      slopes: (from, to, x) => statesOf(x).flatMap((state) => slopes.map((bounds) => bounds(from, to, ...state))),
      curvature: (from, to, x) =>
        Math.max(
          ...statesOf(x).flatMap((state) => curvatures.map((bounds) => magnitude(bounds(from, to, ...state).value))),
        ),
    } satisfies MovingTerm
  })
}

/** The largest Σ|θ| of a unit. */
function weightOf({ support }: Term, { network: { units, edges } }: Potential, theta: Float64Array): number {
  if (support === 'unit') return theta.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const sums = new Float64Array(units)
  theta.forEach((value, e) => {
    sums[edges.from[e]!]! += Math.abs(value)
    sums[edges.to[e]!]! += Math.abs(value)
  })
  return Math.max(...sums)
}

/** What a term with the time in its formula does within a step: the place where its force changes most stands for all. */
export interface Motion {
  /** of the force on a unit, and of φ's slope */
  readonly change: number
  readonly share: number
  /** of φ's slope */
  readonly bounds: Bounds
  /** a curvature that the looks about do not have; 0 where they do */
  readonly curvature: number
}

/**
 * Looks at terms that move by themselves, where the landscape is visited at both ends and in the middle of an interval. An interval longer
 * than that between two looks has no bounds: the well may be elsewhere meanwhile.
 *
 * @param longest - no longer step will be judged; `bar`: μ·dt·curvature may grow by that share of what the looks know, unseen
 */
export function motions(driven: Driven, looks: Looks, moving: readonly MovingTerm[], longest: number, bar: number) {
  const { potential, theta, scheduled, kT, bath, initial, duration } = driven
  const spacing = duration / Math.max(1, looks.kT.length - 1)
  const growth = bar / resolution
  // Times of one step share their places, however finely it is cut.
  const placesAt = remembering((key: string) =>
    visitedPlaces(
      potential,
      scheduledAt(theta, scheduled, Number(key) * longest),
      kT?.value(Number(key) * longest) ?? bath.kT,
      initial,
    ),
  )
  const keyAt = (t: number) => String(Math.floor(Math.min(t, duration) / longest))
  const clock = (parameter: number) => scheduled.find((of) => of.parameter === parameter)!.value
  const known = moving.map(({ parameter, curvature }) =>
    looks.theta.map((at, n) => curvature(at[parameter]!, at[parameter]!, placesAt(keyAt(spacing * n)))),
  )
  return (from: number, to: number, step: number): Motion[] => {
    if (moving.length === 0) return []
    const isLong = to - from > 1.001 * spacing
    const keys = isLong ? [] : new Set([from, (from + to) / 2, to].map(keyAt))
    const places = [...keys].flatMap((key) => placesAt(key))
    return moving.map(({ parameter, weight, slopes, curvature }, m) => {
      if (isLong)
        return { change: Infinity, share: Infinity, bounds: { value: everywhere, slope: everywhere }, curvature: 0 }
      const [a, b] = [clock(parameter)(from), clock(parameter)(to)]
      const [lo, hi] = a < b ? [a, b] : [b, a]
      const all = slopes(lo, hi, places)
      const changes = all.map((bounds) => changeIn(bounds, step))
      const largest = changes.reduce((best, size, n) => (size > changes[best]! ? n : best), 0)
      const about = [Math.floor(from / spacing), Math.ceil(to / spacing)].map((n) => Math.min(n, looks.kT.length - 1))
      const before = Math.max(...about.map((n) => known[m]![n]!))
      const now = curvature(lo, hi, places)
      const whole = Math.max(...about.map((n) => looks.curvature[n]!))
      const isSeen = now <= growth * before || weight * now <= growth * whole
      return {
        change: weight * changes[largest]!,
        share: changes[largest]!,
        bounds: all[largest]!,
        curvature: isSeen ? 0 : Math.min(weight * now, (whole * now) / before),
      }
    })
  }
}

/** A function that keeps the last results, by their keys. */
export function remembering<Rest extends readonly unknown[], Result>(of: (key: string, ...rest: Rest) => Result) {
  const remembered = new Map<string, Result>()
  return (key: string, ...rest: Rest): Result => {
    const found = remembered.get(key) ?? of(key, ...rest)
    if (remembered.size > mostRemembered) remembered.clear()
    remembered.set(key, found)
    return found
  }
}

/** How far a schedule can go within a step. */
export function changeIn({ value, slope }: Bounds, step: number): number {
  return Math.min(value.hi - value.lo, step * magnitude(slope))
}
