import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { OverdampedError } from '../../errors.js'
import { gaussianStart, type InitialStates } from '../../physics/dynamics/ensemble.js'
import { correlatedGaussianDensity, gaussianDensity, type LogDensity } from '../../physics/observe/gaussian-density.js'
import { squareMatrix } from '../../physics/observe/moments.js'
import { forceAndEnergy, hessian, type Potential } from '../../physics/potential/potential.js'
import type { Scenario } from '../scenario/schema.js'

/** Where an ensemble starts: Gaussian, with independent coordinates of one variance (0 is a point) or correlated ones. */
export type Start =
  | { readonly kind: 'independent'; readonly mean: readonly number[] | number; readonly variance: number }
  | { readonly kind: 'correlated'; readonly mean: Float64Array; readonly covariance: Float64Array }

/**
 * The start that a plain simulation asks for.
 *
 * @param theta - parameters of the first landscape; `kT`: the temperature then
 * @throws E_INVALID_VALUE for the equilibrium of a landscape that is not harmonic, or does not confine every unit
 */
export function givenStart(
  initial: NonNullable<Scenario['initial']>,
  potential: Potential,
  theta: Float64Array,
  kT: number,
): Start {
  return initial.kind === 'equilibrium' ? harmonicEquilibrium(potential, theta, kT) : independentStart(initial)
}

/** The same coordinates, independent of one another, whatever the landscape. */
export function independentStart(initial: Exclude<NonNullable<Scenario['initial']>, { kind: 'equilibrium' }>): Start {
  return initial.kind === 'point'
    ? { kind: 'independent', mean: initial.x, variance: 0 }
    : { kind: 'independent', mean: initial.mean, variance: initial.variance }
}

/**
 * The Boltzmann distribution of a harmonic landscape U = xᵀKx/2 - f·x: Gaussian, with mean K⁻¹f and covariance kT K⁻¹.
 *
 * Cost: O(units³).
 */
function harmonicEquilibrium(potential: Potential, theta: Float64Array, kT: number): Start {
  const refuse = (text: string) =>
    new OverdampedError(
      'E_INVALID_VALUE',
      `equilibrium is ${text}. Use { kind: point } or { kind: gaussian } and a protocol that relaxes first.`,
      'initial.kind',
    )
  const anharmonic = potential.terms.find(({ harmonic }) => !harmonic)
  if (anharmonic !== undefined)
    throw refuse(`known for harmonic potentials only (stiffness, bias, bilinear), and "${anharmonic.name}" is not`)
  const { units } = potential.network
  const origin = new Float64Array(units)
  const f = new Float64Array(units)
  forceAndEnergy(potential, theta, origin, 1, f, null)
  const K = squareMatrix(hessian(potential, theta, origin), units)
  const factor = new CholeskyDecomposition(K)
  if (!factor.isPositiveDefinite())
    throw refuse('not defined: the first landscape does not confine the units (its stiffness matrix is not positive)')
  const compliance = factor.solve(Matrix.eye(units))
  return {
    kind: 'correlated',
    mean: Float64Array.from(factor.solve(Matrix.columnVector(f)).to1DArray()),
    // Symmetric to the last bit, which the solution of a linear system is not.
    covariance: Float64Array.from(
      Matrix.add(compliance, compliance.transpose())
        .mul(kT / 2)
        .to1DArray(),
    ),
  }
}

/** Mean and covariance of the initial states: [units], [units, units] row-major. */
export function momentsOf(start: Start, units: number): { mean: Float64Array; covariance: Float64Array } {
  if (start.kind === 'correlated') return start
  const { mean: given, variance } = start
  const mean = Float64Array.from({ length: units }, (_, i) => (typeof given === 'number' ? given : given[i]!))
  const covariance = new Float64Array(units * units)
  for (let i = 0; i < units; i++) covariance[i * units + i] = variance
  return { mean, covariance }
}

/** Draws initial states: x = mean + L ξ with LLᵀ the covariance and ξ the random numbers of `gaussianStart`. */
export function initialStates(start: Start, seed: number): InitialStates {
  if (start.kind === 'independent') return gaussianStart(seed, start.mean, start.variance)
  const { mean, covariance } = start
  const units = mean.length
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

/** The log density of the initial states; null for a point, which has none. */
export function startDensity(start: Start): LogDensity | null {
  if (start.kind === 'correlated') return correlatedGaussianDensity(start.mean, start.covariance)
  return start.variance > 0 ? gaussianDensity(start.mean, start.variance) : null
}
