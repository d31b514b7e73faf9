import { invalidValue } from '../../errors.js'
import type { Bounds } from '../formula/bounds.js'

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
