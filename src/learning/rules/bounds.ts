import type { Potential } from '../../physics/potential/potential.js'
import { type Noising, signal, stiffnessClock } from '../../physics/protocol/noising.js'

/**
 * Least quartic coefficient beside a cubic one, as a fraction of its natural scale. Without it least squares sets many
 * quartic coefficients to zero, and a cubic coefficient then opens a second well hundreds of thermal lengths away, into
 * which a trajectory can escape; with it such wells stay within about ten. Measured on MNIST 0/1: the held-out loss rises
 * by less than .5 %, the Fréchet distance falls.
 */
const quarticFloor = 0.05

/**
 * Lowest value of each parameter on the slice at time t, [size].
 *
 * Quartic coefficients have a ≥ 0, and a ≥ .05·k0(k0/kT) m⁴/(1 - m²) where there is a cubic term: m⁴/(1 - m²) is how the
 * scale of a quartic coefficient grows as the noise recedes. Quartic couplings have G ≥ 0.
 */
export function lowerBounds(potential: Potential, noising: Noising, t: number): Float64Array {
  const bounds = potential.lowerBound.slice()
  const names = potential.terms.map((term) => term.name)
  const quartic = names.indexOf('quartic')
  if (quartic >= 0 && names.includes('cubic')) {
    const { stiffness, bath } = noising
    const floor = quarticFloor * (stiffness ** 2 / bath.kT) * signal(noising, t) ** 4 * stiffnessClock(noising, t)
    bounds.fill(floor, potential.offsets[quartic], potential.offsets[quartic + 1])
  }
  return bounds
}

/** Raises parameters to their bounds, in place. */
export function keepBounds(theta: Float64Array, bounds: Float64Array): void {
  for (let a = 0; a < theta.length; a++) if (theta[a]! < bounds[a]!) theta[a] = bounds[a]!
}
