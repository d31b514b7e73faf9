import { exactStates } from '../../learning/objectives/exact-states.js'
import type { InitialStates } from '../../physics/dynamics/ensemble.js'
import type { DrawKey } from '../../physics/noise/uniform.js'
import type { Potential } from '../../physics/potential/potential.js'
import { uncoupledLaw, uncoupledStates } from '../../physics/truth/uncoupled-law.js'

/**
 * Draws from e^(-U/kT)/Z: of units that are not coupled, in any landscape, of harmonic ones, of two units, of chains.
 *
 * @throws E_INVALID_VALUE for other landscapes, and those that confine nothing
 */
export function equilibriumOf(potential: Potential, theta: Float64Array, kT: number, key: DrawKey): InitialStates {
  // A quadrature for each of many oscillators takes seconds, where a closed form takes none.
  const isGaussian = potential.network.units > 1 && potential.terms.every(({ harmonic }) => harmonic)
  const law = isGaussian ? null : uncoupledLaw(potential, theta, kT)
  if (law !== null) return uncoupledStates(law, key)
  return (x, _first, batch) => x.set(exactStates(potential, theta, { kT, mobility: 1 }, batch, key).x)
}
