import { forceAndEnergy, hessian, type Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import { curvatureBound } from './drive.js'

/** Default accuracy: μ·dt·(largest curvature) of a plain simulation; harmonic variances are then off by 1 % at most. */
export const resolution = 0.02
/** The region that counts as visited: on-site energies up to this many kT above their minimum (probability e^-8). */
const visitedEnergy = 8
/** Displacements looked at, as multiples of the starting scale. */
const gridPoints = 200

/**
 * A time step for constant parameters: dt = .02/(μκ), κ as `visitedCurvature` has it, but at least 1.
 *
 * @param theta - parameters, [size]
 * @param initial - initial states, [units, batch]
 * @returns dt > 0; Infinity never: a flat potential gives the step that moves a unit by .2 thermal lengths of `scale` 1
 */
export function stableTimeStep(potential: Potential, theta: Float64Array, bath: Bath, initial: Float64Array): number {
  return resolution / (bath.mobility * Math.max(visitedCurvature(potential, theta, bath, initial), 1))
}

/**
 * A bound on the curvature (Gershgorin) over the states where the units move alike and each has at most 8 kT of potential energy
 * above the lowest such state, and at the initial states.
 *
 * Cost: O(gridPoints·edges); one state's where the potential is harmonic.
 */
export function visitedCurvature(
  potential: Potential,
  theta: Float64Array,
  bath: Pick<Bath, 'kT'>,
  initial: Float64Array,
): number {
  const { units } = potential.network
  if (potential.terms.every(({ harmonic }) => harmonic))
    return curvatureBound(hessian(potential, theta, new Float64Array(units)), units)
  const batch = initial.length / units
  const farthest = initial.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  const energies = new Float64Array(gridPoints)
  const states = new Float64Array(units * gridPoints)
  const span = Math.max(farthest, 1) * 5
  for (let i = 0; i < units; i++)
    for (let n = 0; n < gridPoints; n++) states[i * gridPoints + n] = span * ((2 * n) / (gridPoints - 1) - 1)
  forceAndEnergy(potential, theta, states, gridPoints, null, energies)
  const lowest = energies.reduce((a, b) => Math.min(a, b), Infinity)

  const state = new Float64Array(units)
  let curvature = 0
  const look = (array: Float64Array, stride: number, column: number) => {
    for (let i = 0; i < units; i++) state[i] = array[i * stride + column]!
    curvature = Math.max(curvature, curvatureBound(hessian(potential, theta, state), units))
  }
  for (let n = 0; n < gridPoints; n++)
    if (energies[n]! - lowest <= visitedEnergy * bath.kT * units) look(states, gridPoints, n)
  for (let b = 0; b < Math.min(batch, gridPoints); b++) look(initial, batch, b)
  return curvature
}
