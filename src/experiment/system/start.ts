import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { invalidValue } from '../../errors.js'
import { gaussianStart, type InitialStates } from '../../physics/dynamics/ensemble.js'
import { alternating } from '../../physics/dynamics/relaxation.js'
import { hiddenBlock } from '../../physics/network/network.js'
import { hasStates } from '../../physics/network/unit-states.js'
import { stream } from '../../physics/noise/streams.js'
import { correlatedGaussianDensity, gaussianDensity, type LogDensity } from '../../physics/observe/gaussian-density.js'
import { type GaussianLaw, squareMatrix } from '../../physics/observe/moments.js'
import type { Potential } from '../../physics/potential/potential.js'
import { type EnumeratedLaw, enumeratedLaw, momentsOfLaw, mostJointStates } from '../../physics/truth/enumerated-law.js'
import { harmonicEquilibrium } from '../../physics/truth/harmonic-equilibrium.js'
import {
  type UncoupledLaw,
  uncoupledLaw,
  uncoupledMoments,
  uncoupledStates,
} from '../../physics/truth/uncoupled-law.js'
import type { Scenario } from '../scenario/schema.js'

/**
 * Where an ensemble starts: Gaussian, with independent coordinates of one variance (0 is a point) or correlated ones; in the law of
 * units with states; in that of uncoupled ones in any potential.
 */
export type Start =
  | { readonly kind: 'independent'; readonly mean: readonly number[] | number; readonly variance: number }
  | ({ readonly kind: 'correlated' } & GaussianLaw)
  | { readonly kind: 'enumerated'; readonly law: EnumeratedLaw; readonly units: number }
  | { readonly kind: 'uncoupled'; readonly law: UncoupledLaw }
  | Relax
  | Drawn

/** Where a relaxation in a landscape is to begin: every other trajectory at one place, the others at another, [units] each. */
interface Relax {
  readonly kind: 'relax'
  readonly from: readonly [Float64Array, Float64Array]
  readonly steps: number
  /** the first landscape, and the temperature in it */
  readonly theta: Float64Array
  readonly kT: number
}

/** States that were drawn beforehand, [units, trajectories]. */
interface Drawn {
  readonly kind: 'drawn'
  readonly x: Float64Array
  readonly units: number
  readonly trajectories: number
  /** null where nobody knows it */
  readonly law: LogDensity | null
}

/** The start that a scenario asks for: independent coordinates whatever the landscape, or the `equilibrium` of it, or a way there. */
export function startOf(
  initial: NonNullable<Scenario['initial']>,
  equilibrium: () => Start,
  relaxation: (initial: RelaxKeys) => Start,
): Start {
  if (initial.kind === 'equilibrium') return equilibrium()
  if (initial.kind === 'relax') return relaxation(initial)
  const { mean, variance } = initial.kind === 'point' ? { mean: initial.x, variance: 0 } : initial
  return { kind: 'independent', mean, variance }
}

/**
 * The Boltzmann distribution of a landscape. Of a harmonic one, U = xᵀKx/2 - f·x, it is Gaussian, with mean K⁻¹f and covariance kT K⁻¹;
 * of units that are not coupled, in any potential, the product of theirs by quadrature; where units have states, that of all of them by
 * enumeration.
 *
 * @param theta - parameters of the first landscape; `kT`: the temperature then
 * @throws E_INVALID_VALUE for another landscape, or one that does not confine every unit
 *
 * Cost: O(units³); some 10⁴ energies for each unit that differs from the others.
 */
export function equilibriumStart(potential: Potential, theta: Float64Array, kT: number): Start {
  const refuse = (text: string) =>
    invalidValue(
      `equilibrium is ${text}. Use { kind: point } or { kind: gaussian } and a protocol that relaxes first.`,
      'initial.kind',
    )
  if (hasStates(potential.network)) {
    const law = enumeratedLaw(potential, theta, { kT })
    if (law === null)
      throw refuse(
        `known for at most ${mostJointStates} joint states, none of them clamped, with continuous units that are harmonic and confined given these`,
      )
    return { kind: 'enumerated', law, units: potential.network.units }
  }
  const { coordinates, temperature } = potential.network
  const other = potential.terms.find(({ harmonic, size, driving }) => size > 0 && (!harmonic || driving !== undefined))
  if (other !== undefined || coordinates !== null || temperature !== null) {
    const uncoupled = uncoupledLaw(potential, theta, kT)
    if (uncoupled !== null) return { kind: 'uncoupled', law: uncoupled }
    const why =
      other === undefined
        ? 'these have walls, periods or temperatures of their own'
        : `"${other.name}" is not ${other.driving === undefined ? 'harmonic' : 'the gradient of a potential'}`
    throw refuse(
      `known for units that are not coupled in the first landscape and for harmonic potentials (stiffness, bias, bilinear), and ${why}`,
    )
  }
  const law = harmonicEquilibrium(potential, theta, { kT: 1 })
  if (law === null)
    throw refuse('not defined: the first landscape does not confine the units (its stiffness matrix is not positive)')
  // Symmetric to the last bit, which the solution of a linear system is not.
  const compliance = squareMatrix(law.covariance, law.mean.length)
  const covariance = Matrix.add(compliance, compliance.transpose()).mul(kT / 2)
  return { kind: 'correlated', mean: law.mean, covariance: Float64Array.from(covariance.to1DArray()) }
}

type RelaxKeys = Extract<NonNullable<Scenario['initial']>, { kind: 'relax' }>

/** Whether a simulation starts from e^(-U/kT), known or relaxed to. */
export function startsInEquilibrium({ initial }: Pick<Scenario, 'initial'>): boolean {
  return initial?.kind === 'equilibrium' || initial?.kind === 'relax'
}

/**
 * A relaxation in a landscape, not yet done.
 *
 * @throws E_INVALID_VALUE for units whose law is none of U at one temperature, or that MALA does not move
 */
export function relaxation(potential: Potential, theta: Float64Array, kT: number, { from, steps }: RelaxKeys): Start {
  const { network } = potential
  const refuse = (text: string) => invalidValue(`a relaxation is ${text}.`, 'initial.kind')
  if (hasStates(network))
    throw refuse('of continuous units; start units with states in { kind: equilibrium } or { kind: gaussian }')
  if (hiddenBlock(network) !== undefined)
    throw refuse('not known to bring hidden units to equilibrium; leave them away, or start with { kind: gaussian }')
  if (network.temperature !== null)
    throw refuse(
      'at one temperature, and units with several have no Boltzmann law; start with { kind: point } or { kind: gaussian }',
    )
  const { units, visible } = network
  const places = from.map((x) =>
    Float64Array.from({ length: units }, (_, i) => (i >= visible ? 0 : typeof x === 'number' ? x : x[i]!)),
  ) as [Float64Array, Float64Array]
  return { kind: 'relax', from: places, steps, theta, kT }
}

/** Mean and covariance of the initial states: [units], [units, units] row-major. */
export function momentsOf(start: Start, units: number): GaussianLaw {
  if (start.kind === 'correlated') return start
  if (start.kind === 'enumerated') return momentsOfLaw(start.law, units)
  if (start.kind === 'uncoupled') return uncoupledMoments(start.law)
  if (start.kind === 'relax' || start.kind === 'drawn') throw new Error('nobody knows the moments of a relaxation')
  const { mean: given, variance } = start
  const mean = Float64Array.from({ length: units }, (_, i) => (typeof given === 'number' ? given : given[i]!))
  const covariance = new Float64Array(units * units)
  for (let i = 0; i < units; i++) covariance[i * units + i] = variance
  return { mean, covariance }
}

/** Draws initial states: x = mean + L ξ with LLᵀ the covariance and ξ the random numbers of `gaussianStart`. */
export function initialStates(start: Start, seed: number): InitialStates {
  if (start.kind === 'independent') return gaussianStart(seed, start.mean, start.variance)
  if (start.kind === 'enumerated')
    return (x, first, batch) => start.law.draw({ seed, stream: stream.initial, step: 0 }, first, batch, x)
  if (start.kind === 'uncoupled') return uncoupledStates(start.law, { seed, stream: stream.equilibrium, step: 0 })
  if (start.kind === 'relax')
    return (x, first, batch) => x.set(alternating(start.from, first, batch).subarray(0, x.length))
  if (start.kind === 'drawn') return drawnStates(start)
  const { mean, covariance } = start
  const units = mean.length
  if (!covariance.every(Number.isFinite))
    throw invalidValue(
      'the stiffness is beyond what numbers hold, so the equilibrium has no covariance. Give values nearer to 1.',
      'initial',
    )
  const lower = new CholeskyDecomposition(squareMatrix(covariance, units)).lowerTriangularMatrix
  const normals = gaussianStart(seed, 0, 1)
  return (x, first, batch) => {
    normals(x, first, batch)
    // The last unit first: each needs only those before it, which still hold their ξ.
    for (let i = units - 1; i >= 0; i--)
      for (let b = 0; b < batch; b++) {
        let sum = mean[i]!
        for (let j = 0; j <= i; j++) sum += lower.get(i, j) * x[j * batch + b]!
        x[i * batch + b] = sum
      }
  }
}

function drawnStates({ x, trajectories }: Drawn): InitialStates {
  return (out, first, batch) => {
    for (let n = 0; n < out.length; n++) out[n] = x[Math.floor(n / batch) * trajectories + first + (n % batch)]!
  }
}

/** The log density of the initial states; null for a point and for units with states, which have none, and where nobody knows it. */
export function startDensity(start: Start): LogDensity | null {
  if (start.kind === 'correlated') return correlatedGaussianDensity(start.mean, start.covariance)
  if (start.kind === 'uncoupled') return start.law.logDensity
  if (start.kind === 'enumerated' || start.kind === 'relax') return null
  if (start.kind === 'drawn') return start.law
  return start.variance > 0 ? gaussianDensity(start.mean, start.variance) : null
}

/** Where a unit starts; null where it starts spread out. */
export function pointStart({ initial }: Pick<Scenario, 'initial'>, unit: number): number | null {
  if (initial?.kind !== 'point') return null
  return typeof initial.x === 'number' ? initial.x : initial.x[unit]!
}
