import { langevinStep } from './euler-maruyama.js'
import type { Integrator } from './integrator.js'
import { energyDifference, metropolis } from './metropolis.js'

/**
 * The Metropolis-adjusted Langevin algorithm: an Euler–Maruyama step is a proposal y, taken with probability
 *
 *     min(1, e^(-(U(y) - U(x))/kT) q(x|y)/q(y|x)),   ln q(y|x) = -Σ (y - x - μ F(x) dt)²/(4 μ kT dt) + const
 *
 * Its equilibrium is exactly e^(-U/kT) at any step, whatever the mobilities: the reference that the others' equilibria are compared with.
 * Its path is no Langevin path, so it has no heat.
 * Source: Roberts & Tweedie, Bernoulli 2, 341 (1996), §1.4.
 *
 * Cost: forces and energies at both ends of each step.
 */
export const mala: Integrator = metropolis('mala', langevinStep(), energyDifference)
