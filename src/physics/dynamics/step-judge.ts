import type { Bounds } from '../formula/bounds.js'
import { everywhere, type Interval, magnitude } from '../formula/interval.js'
import { eachTerm, forceAndEnergy, type Potential } from '../potential/potential.js'
import { type Scheduled, scheduledAt } from '../protocol/protocol.js'
import type { Driven, Looks } from './driven.js'
import { changeIn, type Motion, motions, movingTerms, remembering } from './moving-terms.js'
import { resolution, visitedCurvature } from './timestep.js'

/**
 * What a step does to a schedule. `resolved`: it follows it. `rough`: the schedule turns or jumps within it, and the step's share
 * of the displacement is off by at most `impulse` thermal widths (Infinity where it has no bound). `finer`: the step is too long. `cause` is the index of
 * the schedule that decides (-1: the temperature).
 */
export interface Verdict {
  readonly kind: 'resolved' | 'rough' | 'finer'
  readonly impulse: number
  readonly cause: number
  /** μ·dt·curvature where no look has seen it, else 0 */
  readonly steepness: number
}

/**
 * What a step may do: μ·dt·curvature, of whole steps and of cut ones (a spike's work is off by about as much); the change of a force within the step times μ·dt, in thermal widths, and the same over a
 * relaxation time below which nobody asks whether the change is smooth; the change of 2μκkT dt over kT. A smooth change of a force over a relaxation
 * time, in thermal widths, that may be more than a share of the schedule.
 */
const strict = {
  curvature: 1.25 * resolution,
  cut: 0.6 * resolution,
  impulse: 0.01,
  drift: 0.02,
  heat: 0.02,
  change: 0.5,
  share: 1 / 8,
}
const slackened = (slack: number) =>
  Object.fromEntries(Object.entries(strict).map(([name, bar]) => [name, slack * bar])) as typeof strict
/** A slope that changes by no more than this factor, nor its sign, is smooth: steps follow it to first order. */
const smoothSlope = 4
/** Initial states that stand for the start. */
const fewStates = 64
/** Times at which a schedule without bounds is looked at. */
const samples = 64

/**
 * Says of steps whether they resolve the schedules: the curvature, from the bounds of the parameters, and the integral of the
 * force that moves with them, Σ F(t_(n+1)) dt for ∫F dt, which is off by at most dt·(change of F in the step).
 *
 * @param looks - landscapes on the way; `base`: the step that their typical curvature asks for
 * @param longest - no longer step will be judged; `slack`: how many times more than in a default run it may be off
 * @returns judges steps of length `step`, all those between two times together, where a rough step's impulse is at most `floor`
 */
export function createJudge(driven: Driven, looks: Looks, base: number, longest = base, slack = 1) {
  const most = slackened(slack)
  const { potential, theta, kT, bath, initial, duration } = driven
  const moving = movingTerms(potential, looks.theta)
  const isClock = ({ parameter }: Scheduled) => moving.some((term) => term.parameter === parameter)
  const scheduled = driven.scheduled.filter((of) => !isClock(of))
  const causeOf = (parameter: number) => driven.scheduled.findIndex((of) => of.parameter === parameter)
  /** θ with the clocks at time t */
  const clockedAt = (t: number) => scheduledAt(theta, driven.scheduled.filter(isClock), t)
  const covered = coveredBy({ ...driven, scheduled }, looks, longest, most.curvature)
  const steepest = steepestOf(driven, scheduled, covered, clockedAt)
  const typical = resolution / (bath.mobility * base)
  const relaxation = 1 / (bath.mobility * typical)
  const coldestNear = coldestOf(looks, duration, relaxation)
  const scale = Math.max(
    Math.sqrt(Math.max(...looks.kT) / typical),
    startScale(initial, potential.network.units, looks.reach),
    ...looks.theta.map((at) => forceAt(potential, at, 0) / typical),
  )
  const isLinear = potential.terms.every(({ linear }) => linear)
  const weight = pushes(potential, theta, scheduled, scale)
  const motion = motions({ ...driven, theta }, looks, moving, longest, most.curvature)

  /** Largest force on a unit that moves within a step, by the schedules in question, as a velocity. */
  const drift = (
    of: readonly Bounds[],
    change: readonly number[],
    t: number,
    which: (n: number) => boolean,
  ): number => {
    // One schedule alone does in proportion what it does by 1.
    const sum = change.reduce((total, size, n) => (which(n) ? total + size * weight[n]! : total), 0)
    if (scheduled.length === 0 || (isLinear && (scheduled.length === 1 || sum === 0))) return bath.mobility * sum
    const middle = (n: number) => (of[n]!.value.lo + of[n]!.value.hi) / 2
    const at = clockedAt(t)
    const side = (sign: number) => filled(at, scheduled, (n) => middle(n) + (which(n) ? (sign * change[n]!) / 2 : 0))
    return bath.mobility * forceChange(potential, side(-1), side(1), scale)
  }

  return (from: number, to: number, step: number, floor: number): Verdict => {
    const of = boundsOf(scheduled, from, to)
    const heat = kT === null ? null : (kT.bounds ?? sampledBounds(kT.value))(from, to)
    const moved = motion(from, to, step)
    const change = of.map((bounds) => changeIn(bounds, step))
    const heating = heat === null ? 0 : changeIn(heat, step)
    const strength = [...change.map((size, n) => size * weight[n]!), ...moved.map(({ change }) => change)]
    const parameters = [...scheduled, ...moving].map(({ parameter }) => parameter)
    const causing = (n: number) => (n < 0 ? -1 : causeOf(parameters[n]!))
    const unbounded = strength.findIndex((size) => !(size < Infinity))
    if (unbounded >= 0) return { kind: 'finer', impulse: Infinity, cause: causing(unbounded), steepness: 0 }
    const cause = causing(strength.reduce((best, size, n) => (best < 0 || size > strength[best]! ? n : best), -1))
    const near = coldestNear(from, to)
    const width = Math.sqrt(near / typical)
    const warmth = (2 * bath.mobility * typical * heating) / near
    if (!(warmth * step <= most.heat)) return { kind: 'finer', impulse: Infinity, cause: -1, steepness: 0 }
    const bend = Math.max(steepest(of, heat, from, to), ...moved.map(({ curvature }) => curvature))
    const steepness = bath.mobility * bend * step
    if (steepness > (step < longest / 1.5 ? most.cut : most.curvature))
      return { kind: 'finer', impulse: most.impulse, cause, steepness }
    const middle = (from + to) / 2
    const whole = drift(of, change, middle, () => true) + bath.mobility * sumOf(moved, () => true)
    const impulse = (step * whole) / width
    if (impulse > most.impulse) return { kind: 'finer', impulse, cause, steepness }
    // The work of a smooth change is off by μdt(ΔF)²/2: that much of kT in a relaxation time, or a share of what the change does.
    const isCoarse = (force: number, size: number, bounds: Bounds) =>
      isSmooth(bounds) &&
      (bath.mobility * force * relaxation) / width > most.change &&
      size > most.share * magnitude(bounds.value)
    if (
      change.some((size, n) => isCoarse(size * weight[n]!, size, of[n]!)) ||
      moved.some(({ change, share, bounds }) => isCoarse(change, share, bounds))
    )
      return { kind: 'finer', impulse, cause, steepness }
    const jerk = drift(of, change, middle, (n) => !isSmooth(of[n]!))
    const rough = (jerk + bath.mobility * sumOf(moved, ({ bounds }) => !isSmooth(bounds))) / width
    const roughHeat = heat === null || isSmooth(heat) ? 0 : warmth
    if (Math.max(rough, roughHeat) * relaxation <= most.drift) return { kind: 'resolved', impulse, cause, steepness }
    const left = step * Math.max(rough, roughHeat)
    const kind = left > floor || to - from > 1.5 * step ? 'finer' : 'rough'
    return { kind, impulse: left, cause: roughHeat > rough ? -1 : cause, steepness }
  }
}

/**
 * A bound on the curvature where the parameters are between bounds that no look has covered; 0 where one has.
 *
 * @param scheduled - those that are no clocks; `clockedAt`: θ with the clocks at a time
 */
function steepestOf(
  { potential, bath, initial, scheduled: all }: Driven,
  scheduled: readonly Scheduled[],
  covered: readonly Interval[],
  clockedAt: (t: number) => Float64Array,
) {
  // Neighbouring intervals share an end, halves of one the other.
  const curvatureOf = remembering((_key: string, at: Float64Array, temperature: number) =>
    visitedCurvature(potential, at, { kT: temperature }, initial),
  )
  return (of: readonly Bounds[], heat: Bounds | null, from: number, to: number): number => {
    const isKnown = ({ lo, hi }: Interval, n: number) => covered[n]!.lo <= lo && hi <= covered[n]!.hi
    if (of.every(({ value }, n) => isKnown(value, n)) && (heat === null || isKnown(heat.value, of.length))) return 0
    const temperature = heat === null ? bath.kT : heat.value.hi
    const end = (side: 'lo' | 'hi', t: number) => {
      const at = filled(clockedAt(t), scheduled, (n) => of[n]!.value[side])
      return curvatureOf(`${all.map(({ parameter }) => at[parameter])} ${temperature}`, at, temperature)
    }
    return Math.max(end('lo', from), end('hi', to))
  }
}

/** The lowest temperature of the looks about an interval, and until it is forgotten. */
function coldestOf({ kT }: Looks, duration: number, relaxation: number) {
  const spacing = duration / Math.max(1, kT.length - 1)
  return (from: number, to: number): number => {
    const first = Math.max(0, Math.floor(from / spacing))
    const last = Math.ceil((to + relaxation) / spacing)
    return Math.min(...kT.slice(first, last + 1))
  }
}

const sumOf = (moved: readonly Motion[], which: (of: Motion) => boolean) =>
  moved.reduce((sum, of) => (which(of) ? sum + of.change : sum), 0)

/**
 * How far from 0 the start stands: its farthest few in a harmonic landscape; half of it in others, where outliers fall at once, but at
 * least as far as is visited later.
 */
function startScale(initial: Float64Array, units: number, reach: Looks['reach']): number {
  const batch = initial.length / units
  const distances = initial
    .filter((_, n) => n % batch < fewStates)
    .map(Math.abs)
    .sort()
  const farthest = reach.reduce<number>((most, of) => Math.max(most, of ?? 0), 0)
  return reach.includes(null) ? distances.at(-1)! : Math.max(distances[distances.length >> 1]!, farthest)
}

/** A schedule whose slope keeps its sign and about its size. */
function isSmooth({ value, slope: { lo, hi } }: Bounds): boolean {
  if (value.lo === value.hi) return true
  const [least, most] = lo > 0 ? [lo, hi] : [-hi, -lo]
  return least > 0 && most <= smoothSlope * least
}

function filled(theta: Float64Array, scheduled: readonly Scheduled[], value: (n: number) => number): Float64Array {
  const out = theta.slice()
  scheduled.forEach(({ parameter }, n) => {
    out[parameter] = value(n)
  })
  return out
}

/** Bounds of every schedule; units that follow one formula share them. */
function boundsOf(scheduled: readonly Scheduled[], from: number, to: number): Bounds[] {
  const known = new Map<unknown, Bounds>()
  return scheduled.map(({ value, bounds }) => {
    const found = known.get(bounds ?? value) ?? (bounds ?? sampledBounds(value))(from, to)
    known.set(bounds ?? value, found)
    return found
  })
}

/** Bounds of a plain function, as far as a number of equally spaced times tell: a feature between them stays unseen. */
function sampledBounds(value: (t: number) => number): (from: number, to: number) => Bounds {
  return (from, to) => {
    const values = Array.from({ length: samples + 1 }, (_, n) => value(from + ((to - from) * n) / samples))
    if (!values.every(Number.isFinite)) return { value: everywhere, slope: everywhere }
    const slopes = values.slice(1).map((after, n) => ((after - values[n]!) * samples) / (to - from))
    const range = (of: readonly number[]): Interval => ({ lo: Math.min(...of), hi: Math.max(...of) })
    return { value: range(values), slope: range(slopes) }
  }
}

/** Values of every schedule (and last, the temperature) between those at the looks whose landscapes a step resolves. */
function coveredBy(
  { scheduled, bath }: Driven,
  { theta, kT, curvature }: Looks,
  step: number,
  bar: number,
): Interval[] {
  const resolved = curvature.map((of) => bath.mobility * of * step <= bar)
  const range = (values: readonly number[]): Interval => {
    const known = values.filter((_, n) => resolved[n])
    const [lo, hi] = [Math.min(...known), Math.max(...known)]
    const room = 0.05 * (hi - lo)
    return { lo: lo - room, hi: hi + room }
  }
  return [...scheduled.map(({ parameter }) => range(theta.map((at) => at[parameter]!))), range(kT)]
}

/**
 * Largest change of the force on a unit by 1 of each scheduled parameter, where all units stand at ±scale. Of the parameters of a linear
 * term whose statistics are equally steep there one tells for all: a force for each of the edges would be a cost of edges².
 */
function pushes(potential: Potential, theta: Float64Array, scheduled: readonly Scheduled[], scale: number): number[] {
  const steepness = [-scale, scale].map((x) => {
    const squares = new Float64Array(potential.size)
    const state = new Float64Array(potential.network.units).fill(x)
    eachTerm(potential, (term, own) => {
      if (term.linear) term.addSquaredGradient(own(theta), state, 1, own(squares))
    })
    return squares
  })
  const known = new Map<string, number>()
  return scheduled.map(({ parameter }) => {
    const index = potential.offsets.findLastIndex((offset) => offset <= parameter)
    const alike = potential.terms[index]!.linear ? steepness.map((of) => of[parameter]) : [parameter]
    const key = `${index} ${alike}`
    const found = known.get(key)
    if (found !== undefined) return found
    const moved = theta.slice()
    moved[parameter]!++
    const push = forceChange(potential, theta, moved, scale)
    known.set(key, push)
    return push
  })
}

/** Largest force on a unit where all stand at x. */
function forceAt(potential: Potential, theta: Float64Array, x: number): number {
  return forces(potential, theta, x).reduce((most, force) => Math.max(most, Math.abs(force)), 0)
}

/** Largest change of the force on a unit between two landscapes, where all units stand at ±scale. */
function forceChange(potential: Potential, before: Float64Array, after: Float64Array, scale: number): number {
  let largest = 0
  for (const x of [-scale, scale]) {
    const [a, b] = [forces(potential, before, x), forces(potential, after, x)]
    for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(b[i]! - a[i]!))
  }
  return largest
}

function forces(potential: Potential, theta: Float64Array, x: number): Float64Array {
  const { units } = potential.network
  const force = new Float64Array(units)
  forceAndEnergy(potential, theta, new Float64Array(units).fill(x), 1, force, null)
  return force
}
