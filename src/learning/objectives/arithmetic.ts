import type { Integrator, Transition } from '../../physics/dynamics/integrator.js'
import type { States } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import type { DrawKey } from '../../physics/noise/uniform.js'
import { directional, forceAndEnergy, type Potential, statistic } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'

/** Springs of stiffness k from every unit to its anchor a, U + k|a - x|²/2. */
export interface Tether {
  /** [units, batch] */
  readonly anchors: Float64Array
  /** stiffness of each spring */
  readonly k: number
}

/** A stay of states in a landscape that stands still: so many steps of a scheme. */
export interface Walk {
  /** what takes the steps */
  readonly scheme: Integrator
  /** temperature and mobility */
  readonly bath: Bath
  /** length of a step in time */
  readonly dt: number
  /** number of the first step, which keys its noise */
  readonly from: number
  /** how many */
  readonly steps: number
  /** of its normals */
  readonly seed: number
  /** of its normals */
  readonly stream: number
  /** springs that hold the states meanwhile; null for none */
  readonly tether: Tether | null
}

/** Evaluations at one state. */
export interface Evaluations {
  /** of the force */
  readonly forces: number
  /** of the energy */
  readonly energies: number
}

/** What weighs a step x → x' of known density as the parameters go from `before` to `after`; [batch] each. */
export interface WeighedStep {
  /** U(x; before), U(x'; before) and U(x'; after) */
  readonly energy: Float64Array
  /** energy of x' before the parameters changed */
  readonly moved: Float64Array
  /** energy of x' after it */
  readonly jumped: Float64Array
  /** -U(x'; after)/kT + log q_after(x|x')/q_before(x'|x) */
  readonly exponent: Float64Array
}

/** A step whose density is known both ways; its number `from` keys its noise. */
export interface KnownStep extends Pick<Walk, 'bath' | 'dt' | 'from' | 'seed' | 'stream'> {
  /** what draws x' and knows its density */
  readonly transition: Transition
}

/**
 * Who computes what an objective asks of a potential: float64 here, or the kernels of a backend (Backend.arithmetic). States are float64
 * [units, batch] in the caller's hands; kernels round them on the way in. The random numbers are those of the keys, bit for bit, so
 * that two differ by the rounding of forces, energies and sums alone.
 */
export interface Arithmetic {
  /** unit roundoff, from which identities take their tolerances */
  readonly roundoff: number
  /** force [units, batch] and energy [batch] at θ; either may be null */
  forceAndEnergy(
    theta: Float64Array,
    x: Float64Array,
    batch: number,
    force: Float64Array | null,
    energy: Float64Array | null,
  ): void
  /** energies of the same states at two θ, [batch] each: a jump of the landscape, or a model beside its copy */
  energies(
    first: Float64Array,
    second: Float64Array,
    x: Float64Array,
    batch: number,
    outFirst: Float64Array,
    outSecond: Float64Array,
  ): void
  /** out_a = Σ_n w_n φ̄_a(x_n), [size]; w = 1 when null */
  statistic(theta: Float64Array, x: Float64Array, batch: number, out: Float64Array, weights: Float64Array | null): void
  /** out_a = Σ_n r_n·∇φ̄_a(x_n), [size]; r [units, batch] */
  directional(theta: Float64Array, x: Float64Array, r: Float64Array, batch: number, out: Float64Array): void
  /** the numbers of fillNormals for trajectories 0 to batch - 1, [units, batch] */
  normals(key: DrawKey, units: number, batch: number, out: Float64Array): void
  /**
   * Takes a walk in one call, in place, where there are kernels for its scheme.
   *
   * @param heat - what each state gives to the bath, in kT, is added to it, [batch]; null where nobody asks
   * @returns what the scheme asked at each state and step; null, and nothing is done, where there is no kernel
   */
  walk?(theta: Float64Array, states: States, walk: Walk, heat: Float64Array | null): Evaluations | null
  /** Takes a step of known density in place and measures what weighs it; null, and nothing is done, where there is no kernel. */
  weigh?(before: Float64Array, after: Float64Array, states: States, step: KnownStep): WeighedStep | null
}

/** The reference's random numbers, which are everyone's. */
export const keyedNormals: Pick<Arithmetic, 'normals'> = {
  normals: ({ seed, stream, step }, units, batch, out) => fillNormals(seed, stream, step, units, 0, batch, out),
}

/** The reference: the potential's own methods in float64. */
export function float64(potential: Potential): Arithmetic {
  return {
    roundoff: 2 ** -53,
    forceAndEnergy: (...at) => forceAndEnergy(potential, ...at),
    energies(first, second, x, batch, outFirst, outSecond) {
      forceAndEnergy(potential, first, x, batch, null, outFirst)
      forceAndEnergy(potential, second, x, batch, null, outSecond)
    },
    statistic: (...of) => statistic(potential, ...of),
    directional: (...of) => directional(potential, ...of),
    ...keyedNormals,
  }
}
