import { invalidValue } from '../../errors.js'
import { type Noising, stiffnessClock } from './noising.js'
import { mostSteps, type Protocol, type StepTimes } from './protocol.js'

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
