import { invalidValue } from '../../errors.js'
import type { Bounds } from '../formula/bounds.js'
import { type Noising, stiffnessClock } from './noising.js'

/** One step of a protocol: the elapsed times at its ends and the instant whose parameters drive it. */
export interface StepTimes {
  /** step lengths, [steps] */
  readonly dt: Float64Array
  /** the protocol's clock after each step, [steps + 1]; generation counts the noise time down, a simulation counts up */
  readonly clock: Float64Array
  /** where steps are shorter in places: those that end on the even grid of the longest, so that records can be even in time */
  readonly even?: Int32Array
}

/** A driving protocol θ(t), cut into steps. */
export interface Protocol extends StepTimes {
  /** temperature during each step, [steps], where it is not the bath's */
  readonly kT?: Float64Array
  /**
   * Writes the parameters that act during a step to `theta`; step -1 asks for those before the first step.
   *
   * @returns false when they are the same as in the step before (the caller may keep what it computed with them)
   */
  parameters(step: number, theta: Float64Array): boolean
}

/** Steps of one protocol: its times are held in memory (and the random numbers' counter has 32 bits). */
export const mostSteps = 20_000_000

/** How many equal steps of at most `dt` a duration takes, roundings of the quotient aside. */
export function wholeSteps(duration: number, dt: number): number {
  return Math.max(1, Math.ceil(duration / dt - 1e-9))
}

/**
 * Constant parameters for a time `duration`, in steps of at most `dt`.
 *
 * @throws E_INVALID_VALUE when there would be more than 20,000,000 steps
 */
export function constantProtocol(theta: Float64Array, duration: number, dt: number): Protocol {
  const steps = wholeSteps(duration, dt)
  if (!(steps <= mostSteps))
    throw invalidValue(`${steps} steps; expected at most ${mostSteps}. Raise dt.`, 'protocol.dt')
  return {
    dt: new Float64Array(steps).fill(duration / steps),
    clock: Float64Array.from({ length: steps + 1 }, (_, n) => (duration * n) / steps),
    parameters(step, out) {
      out.set(theta)
      return step < 0
    },
  }
}

/** A parameter that depends on time: its index in θ, and its value at time t. */
export interface Scheduled {
  /** index in θ */
  readonly parameter: number
  /** at time t */
  readonly value: (t: number) => number
  /** all its values and slopes between two times; looked for at a few times where absent */
  readonly bounds?: ((from: number, to: number) => Bounds) | undefined
}

/**
 * Parameters that follow schedules in time, in steps of at most `dt`. The step from t to t + dt is driven by θ(t + dt), so
 * that the landscape goes from θ(0) to θ(duration) and the work is that of the whole change.
 *
 * @param theta - parameters that stay as they are, [parameters]
 * @param kT - temperature at time t; the step from t to t + dt has that of t + dt. The bath's when absent
 * @throws E_INVALID_VALUE when there would be more than 20,000,000 steps, or for a temperature that is not above 0; or, while
 *   it runs, when a schedule is not finite
 */
export function scheduledProtocol(
  theta: Float64Array,
  scheduled: readonly Scheduled[],
  duration: number,
  dt: number,
  kT?: (t: number) => number,
): Protocol {
  return timedProtocol(theta, scheduled, constantProtocol(theta, duration, dt), kT)
}

/** The same in steps of the given lengths. */
export function timedProtocol(
  theta: Float64Array,
  scheduled: readonly Scheduled[],
  { dt, clock, even }: StepTimes,
  kT?: (t: number) => number,
): Protocol {
  return {
    dt,
    clock,
    ...(even === undefined ? {} : { even }),
    ...(kT === undefined ? {} : { kT: dt.map((_, n) => temperatureAt(kT, clock[n + 1]!)) }),
    parameters(step, out) {
      out.set(scheduled.length === 0 ? theta : scheduledAt(theta, scheduled, clock[step + 1]!))
      return scheduled.length > 0 || step < 0
    },
  }
}

/** The steps of a plain simulation in the opposite order, from 0 to the duration. */
export function reversedTimes({ dt, clock, even }: StepTimes): StepTimes {
  const duration = clock.at(-1)!
  // Equal steps are their own mirror image, to the last bit.
  if (even === undefined) return { dt, clock }
  return {
    dt: dt.slice().reverse(),
    clock: clock.map((t) => duration - t).reverse(),
    // The step after the one that ends at a time ends there backwards; where the last ends is the start, and the other way round.
    even: even.map((_, n) => dt.length - 2 - (even[even.length - 2 - n] ?? -1)),
  }
}

/** kT at time t. @throws E_INVALID_VALUE when it is not above 0 */
export function temperatureAt(kT: (t: number) => number, t: number): number {
  const at = kT(t)
  if (at > 0 && Number.isFinite(at)) return at
  throw invalidValue(`it is ${at} at t = ${t}; expected more than 0.`, 'protocol.kT')
}

/** The parameters of a schedule at time t, [parameters]. @throws E_INVALID_VALUE when one is not finite */
export function scheduledAt(theta: Float64Array, scheduled: readonly Scheduled[], t: number): Float64Array {
  const out = theta.slice()
  for (const { parameter, value } of scheduled) {
    const at = value(t)
    if (!Number.isFinite(at))
      throw invalidValue(`a schedule is ${at} at t = ${t}; expected a finite number.`, 'protocol.parameters')
    out[parameter] = at
  }
  return out
}

/**
 * The part of a generation protocol from noise time t on: the steps that end below it, the first of them shortened to begin there.
 *
 * @param t - above the last time of the protocol's clock, and not above the first
 */
export function fromTime(protocol: Protocol, t: number): Protocol {
  const { dt, clock, kT } = protocol
  const first = clock.findIndex((at, n) => n > 0 && at < t) - 1
  const part = dt.slice(first)
  part[0]! *= (t - clock[first + 1]!) / (clock[first]! - clock[first + 1]!)
  const times = clock.slice(first)
  times[0] = t
  return {
    dt: part,
    clock: times,
    ...(kT === undefined ? {} : { kT: kT.slice(first) }),
    parameters(step, out) {
      const changed = protocol.parameters(first + Math.max(0, step), out)
      // The landscape that it begins in is that of the first step, whatever came before.
      return step < 0 || (step > 0 && changed)
    },
  }
}

/** What can be done between two knots; see `generationClock`. */
export const interpolations = ['linear', 'alternate', 'hold'] as const

/** How generation runs through the knots. */
export interface GenerationOptions {
  /** linear when absent */
  readonly interpolation?: (typeof interpolations)[number] | undefined
  /** the protocol takes this many times longer than the noising; 1 when absent */
  readonly slowdown?: number | undefined
  /** longest step; from each slice's stiffness when absent */
  readonly dt?: number | undefined
  /** equal parts that each of these steps is cut into; 1 when absent */
  readonly substeps?: number | undefined
  /** no step is longer, where dt is absent; for units that are stiffer than the slices */
  readonly longest?: number | undefined
  /** how fast the noise time runs down, in place of a slowdown (see `clockedProtocol`) */
  readonly speed?: NoiseSpeed | undefined
}

/** The speed c = |ds/dt| of the noise time s. */
interface NoiseSpeed {
  /** at a noise time */
  readonly at: (s: number) => number
  /** real time from one to the next */
  readonly elapsed: (from: number, to: number) => number
}

/** Where a step lies between two knots, [steps] each: it is driven by (1 - weight) θ_slice + weight θ_(slice+1). */
interface KnotWeights {
  readonly slice: Int32Array
  readonly weight: Float64Array
}

/** How it runs where nothing else is asked for. */
export const defaultGeneration = { interpolation: 'linear', slowdown: 1 } as const satisfies GenerationOptions

/** Largest step in units of the relaxation time of the stiffest direction: μ dt k ≤ .06 for k = 2kT/s². */
export const stepFraction = 0.03

/**
 * Steps down the knots from T to t_min. A slice [t_n, t_(n+1)] is cut into equal steps of at most
 * dt = .03 (1 - e^(-2μk0t))/(μk0), t its less noisy end, where the stiffness is greatest.
 *
 * `linear` interpolates the knots in 1/(1 - e^(-2μk0t)) at the middle of each step. `alternate` switches between the two knots
 * of the slice so that each acts in the same share of the steps: what is interpolated is then the force, which for hidden units
 * is not that of interpolated parameters. `hold` keeps the slice's less noisy end (held slices distort the variances).
 *
 * @throws E_INVALID_VALUE when there would be more than 20,000,000 steps
 */
export function generationClock(noising: Noising, options: GenerationOptions): StepTimes & KnotWeights {
  const { knots, stiffness, bath } = noising
  const { interpolation = defaultGeneration.interpolation, slowdown = defaultGeneration.slowdown } = options
  const dt: number[] = []
  const clock = [knots[0]!]
  const slice: number[] = []
  const weight: number[] = []
  const q = (t: number) => stiffnessClock(noising, t)
  const { speed } = options
  for (let n = 0; n + 1 < knots.length; n++) {
    const from = knots[n]!
    const to = knots[n + 1]!
    // The stiffness of the drive is (1 + c)/2 times that of the reverse drive.
    const faster = speed === undefined ? 1 : (1 + Math.max(speed.at(from), speed.at(to))) / 2
    const ofSlice = stepFraction / (bath.mobility * stiffness * stiffnessClock(noising, to) * faster)
    const longest = options.dt ?? Math.min(ofSlice, (options.longest ?? Infinity) / faster)
    const elapsed = speed?.elapsed(from, to) ?? (from - to) * slowdown
    const even = Math.max(1, Math.ceil(elapsed / longest - 1e-9))
    const bound = options.dt ?? (options.longest ?? Infinity) / faster
    const steps = (speed === undefined ? even : withinBound(speed, [from, to], even, bound)) * (options.substeps ?? 1)
    if (dt.length + steps > mostSteps)
      throw invalidValue(
        `generation takes more than ${mostSteps} steps of ${longest.toPrecision(2)}. Raise it, or lower network.hidden.mobility.`,
        'sampling.dt',
      )
    /** how far the later knot is behind its share, in steps */
    let owed = 0.5
    for (let k = 1; k <= steps; k++) {
      clock.push(from + ((to - from) * k) / steps)
      dt.push(speed?.elapsed(clock.at(-2)!, clock.at(-1)!) ?? elapsed / steps)
      slice.push(n)
      const middle = (clock.at(-2)! + clock.at(-1)!) / 2
      const share = interpolation === 'hold' ? 1 : (q(middle) - q(from)) / (q(to) - q(from))
      owed += share
      const later = owed >= 1
      if (later) owed--
      weight.push(interpolation === 'alternate' ? Number(later) : share)
    }
  }
  return {
    dt: Float64Array.from(dt),
    clock: Float64Array.from(clock),
    slice: Int32Array.from(slice),
    weight: Float64Array.from(weight),
  }
}

/** As many steps, equal in noise time, that none takes longer than a bound: the speed changes one way along a slice, so that an end has the longest. */
function withinBound(
  { elapsed }: NoiseSpeed,
  [from, to]: readonly [number, number],
  least: number,
  bound: number,
): number {
  let steps = least
  while (bound < Infinity && steps <= mostSteps) {
    const step = (from - to) / steps
    const slowest = Math.max(elapsed(from, from - step), elapsed(to + step, to))
    if (slowest <= bound * (1 + 1e-9)) break
    steps = Math.max(steps + 1, Math.ceil((steps * slowest) / bound))
  }
  return steps
}

/**
 * Generation: noise time runs from T down to t_min, driven by the parameters learned at the knots, interpolated, alternated or held.
 *
 * @param theta - parameters at the knots, [K + 1][parameters]
 */
export function generationProtocol(
  noising: Noising,
  theta: readonly Float64Array[],
  options: GenerationOptions = {},
): Protocol {
  const { dt, clock, slice, weight } = generationClock(noising, options)
  const { interpolation = defaultGeneration.interpolation } = options
  return {
    dt,
    clock,
    parameters(step, out) {
      if (step < 0) {
        out.set(theta[0]!)
        return true
      }
      const n = slice[step]!
      const before = theta[n]!
      const after = theta[n + 1]!
      const w = weight[step]!
      if (interpolation !== 'linear') {
        out.set(w === 1 ? after : before)
        return step === 0 || slice[step - 1] !== n || weight[step - 1] !== w
      }
      for (let a = 0; a < out.length; a++) out[a] = (1 - w) * before[a]! + w * after[a]!
      return true
    },
  }
}
