import type { Interval } from '../formula/interval.js'
import type { Partials } from '../formula/partials.js'
import type { Edges } from '../network/edges.js'
import type { Network } from '../network/network.js'
import type { States } from '../network/states.js'
import { hasStates } from '../network/unit-states.js'
import type { UnitFunction } from './row-functions.js'

/**
 * A term of the potential: U contains A(x; θ), with one parameter θ_a and one statistic φ_a = ∂A/∂θ_a for each unit or each
 * edge. Everything a simulator, a learning rule or an oracle asks of a potential is a method here; a new term is one object
 * that supplies them (see onsite.ts and pair.ts for the two ways to make one from a function of one variable).
 *
 * A linear term is A = Σ_a θ_a φ_a(x), and its φ_a know nothing of θ. In a nonlinear one A is a free energy over degrees of
 * freedom that follow x at once, and ∂A/∂θ_a = φ̄_a(x; θ) is the mean of a local statistic at that x: what a device measures
 * in the place of φ_a. Wherever a method says φ, a nonlinear term means φ̄ at the given θ.
 *
 * Arrays of states are flat, batch innermost: x[unit·batch + trajectory]. Methods whose name starts with `add`
 * accumulate into their output. `theta` and per-parameter outputs are this term's own slice, [size].
 */
export interface Term {
  /** as in scenarios and in parameters.safetensors; of a term of one's own any other */
  readonly name: string
  /** the name by which the kernels of faster backends know it; absent when only its own methods can compute it */
  readonly kernel?: KernelName
  /**
   * whether its parameters are on the visible units, their edges, their couplings to labels, on the hidden units and theirs,
   * or on functions of the whole state; on each state of categorical units, and of couplings with such an end
   */
  readonly support: 'unit' | 'edge' | 'label' | 'hidden' | 'state' | 'unit-states' | 'edge-states'
  /** number of parameters */
  readonly size: number
  /**
   * its parameters in named groups, in order, where there is more than one; else they go by the term's own name. `given`: ones that are
   * driven, not learned; they have no statistic, and what is asked of it is 0. `clock`: the one of these that is the time, by the protocol
   */
  readonly groups?: readonly {
    readonly name: string
    readonly size: number
    readonly given?: boolean
    readonly clock?: boolean
  }[]
  /** parameters below this make the potential unbounded */
  readonly lowerBound: number
  /** whether the force is linear in x for any θ, so that the system stays Gaussian; never where units have states, walls or a period */
  readonly harmonic: boolean
  /**
   * how A depends on the continuous units once the states of the others are given, for any θ: as a quadratic function of these and of
   * the numbers ±1 of two-state units, or linearly with slopes of its own for each state. Absent where it is neither
   */
  readonly givenStates?: 'quadratic' | 'linear'
  /**
   * n where A is a homogeneous polynomial of degree n in x, A(cx) = cⁿA(x), and on single units the very φ = xⁿ/n (n = 1: -x);
   * null where A is no polynomial; absent where neither is known
   */
  readonly degree?: number | null
  /**
   * values of the hidden units s that A sums over, A = -kT log Σ_s e^((Σ_ih V_ih x_i s_h + Σ_h b_h s_h)/kT), so that it is linear in
   * x once they are given; absent where there are none, or they are continuous
   */
  readonly hiddenStates?: readonly number[]
  /** of a term on single units, A = Σ_n θ_n φ(x_i), i = on[n]: the unit of each parameter, and φ; absent elsewhere */
  readonly alone?: { readonly on: Int32Array; readonly phi: UnitFunction }
  /** bounds of φ'' between two places, of a term on single units that may bend within a short way; absent where it can't. `t`: as in formula */
  readonly curvatureBounds?: (from: number, to: number, t: number) => Interval
  /** of a formula in x and y: the units of each parameter's x and y, [size] */
  readonly ends?: Pick<Edges, 'from' | 'to'>
  /**
   * φ with its derivatives where it was given as a formula: in x of a unit, or in x and y of the two ends of an edge; with the time t
   * in it, that is the last of the parameters (see `clocked`)
   */
  readonly formula?: Partials
  /** whether A is linear in θ */
  readonly linear: boolean
  /**
   * of a force f that has no potential: addForceAndEnergy adds f to the force and nothing to the energy, addHessian -∂f_i/∂x_j, which
   * need not be symmetric, and there is no statistic to learn by. `work`: W += Σ f∘dx; `bath`: f is a part of the bath, and what it
   * does is in neither work nor heat. Absent where there is a potential
   */
  readonly driving?: 'work' | 'bath'
  /**
   * An approximate inverse of a linear term's own least-squares matrix Σ_trajectories ∇φ_a·∇φ_b over the given states: writes
   * z ≈ A⁻¹ g ([size] both). It must be symmetric and positive. Without it the diagonal is used.
   */
  readonly approximateInverse?: (states: readonly States[]) => (g: Float64Array, z: Float64Array) => void
  /** force -= ∇A ([units, batch]) and energy += A ([batch]); either may be null */
  addForceAndEnergy(
    theta: Float64Array,
    x: Float64Array,
    batch: number,
    force: Float64Array | null,
    energy: Float64Array | null,
  ): void
  /**
   * out[a·batch + b] += A(x_b) with unit number `unit` in its state number a, up to what all its states have in common; `out` is
   * [states, batch]. Found from the energy of the whole term in each of them where absent
   */
  addStateEnergies?(
    theta: Float64Array,
    unit: number,
    states: readonly number[],
    x: Float64Array,
    batch: number,
    out: Float64Array,
  ): void
  /** hessian += ∂²A/∂x_i∂x_j at one state x [units]; hessian is [units, units] row-major */
  addHessian(theta: Float64Array, x: Float64Array, hessian: Float64Array): void
  /** tells the same entry by entry, of a term on units or couplings; without it all pairs of units are looked at to choose the step of a large network */
  eachCurvature?(theta: Float64Array, x: Float64Array, add: (i: number, j: number, value: number) => void): void
  /** out_a += Σ_trajectories w φ_a(x), [size]; weights w of any sign, [batch], 1 when absent */
  addStatistic(
    theta: Float64Array,
    x: Float64Array,
    batch: number,
    out: Float64Array,
    weights?: Float64Array | null,
  ): void
  /** out_a += Σ_trajectories r·∇φ_a(x); r is [units, batch] */
  addDirectional(theta: Float64Array, x: Float64Array, r: Float64Array, batch: number, out: Float64Array): void
  /** out_a += Σ_trajectories |∇φ_a(x)|², the diagonal of the (Gauss–Newton) least-squares problem */
  addSquaredGradient(theta: Float64Array, x: Float64Array, batch: number, out: Float64Array): void
  /** out_a += Σ_trajectories ∇²φ_a(x) */
  addLaplacian(theta: Float64Array, x: Float64Array, batch: number, out: Float64Array): void
}

/** Terms that faster backends have kernels for. */
export type KernelName =
  | 'stiffness'
  | 'cubic'
  | 'quartic'
  | 'bias'
  | 'bilinear'
  | 'pair-quartic'
  | 'label-coupling'
  | 'bistable'

/** How a term is described where it is made; without a lowest parameter and with a force not linear in x unless it says so. */
export type TermOptions = Pick<Term, 'name'> & {
  readonly [Key in Described]?: Term[Key] | undefined
}
type Described = 'kernel' | 'lowerBound' | 'harmonic' | 'degree' | 'curvatureBounds' | 'formula' | 'driving'

/** What most terms are: linear in θ, which may have any sign, with a force that is not linear in x. */
export const termDefaults = { lowerBound: -Infinity, harmonic: false, linear: true } as const

/** What is said of a term beside what most terms are; what is undefined is not said. */
export function describedBy(options: TermOptions) {
  const said = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  return { ...termDefaults, ...(said as Pick<Term, 'name'> & Partial<Pick<Term, Described>>) }
}

/** What a term says of itself on a network: a harmonic energy is quadratic given the states where units have any. */
export function describedOn(network: Network, options: TermOptions) {
  const { harmonic = false } = options
  // Walls and angles leave no Gaussian one.
  const isOpen = network.coordinates === null
  const form =
    harmonic && isOpen ? { harmonic: !hasStates(network), givenStates: 'quadratic' as const } : { harmonic: false }
  return { ...describedBy(options), ...form }
}

/** Makes a term for a network. */
export type TermOn = (network: Network) => Term

/** Scratch arrays of any length, over the same memory: it grows on demand, and keeps its contents between calls. */
export function scratch(): (length: number) => Float64Array {
  let array = new Float64Array(0)
  return (length) => {
    if (array.length < length) array = new Float64Array(length)
    return array.length === length ? array : array.subarray(0, length)
  }
}

/** The Hessian of a term that tells its entries one by one. */
export function entryByEntry(
  units: number,
  eachCurvature: NonNullable<Term['eachCurvature']>,
): Pick<Term, 'addHessian' | 'eachCurvature'> {
  return {
    eachCurvature,
    addHessian(theta, x, hessian) {
      eachCurvature(theta, x, (i, j, value) => {
        hessian[i * units + j]! += value
      })
    },
  }
}
