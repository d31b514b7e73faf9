import type { States } from '../../physics/network/states.js'
import { adamStep, createAdam, defaultAdam } from '../rules/adam.js'
import { annealedRate } from '../rules/descent.js'
import { keepBounds } from '../rules/parameter-scales.js'
import { denoisingParameters, noisedBy } from './denoising.js'
import type { Landscape } from './landscape.js'
import { dataPhase } from './objective.js'

/** What a force of corrupted states y = x + σε is learned from. */
export interface DisplacementTask {
  /** the network that is to denoise, and its bath */
  readonly landscape: Landscape
  /** clean states x, [units, batch] */
  readonly data: States
  /** σ of the noise */
  readonly sigma: number
  /** units that are noised and moved; the others are held where they are */
  readonly moving: readonly number[]
  /** of the noise */
  readonly seed: number
}

/** How the gradient is followed where the force is not linear in θ. */
export interface DisplacementDescent {
  /** of Adam */
  readonly steps: number
  /** of Adam, in kT; it falls to a hundredth of itself (cosine) */
  readonly rate: number
  /** noised states of a gradient */
  readonly batch: number
}

/** η = σ²/(μkT), the time of the one step that goes from y to the best guess of x. */
export function stepTime({ bath }: Landscape, sigma: number): number {
  return sigma ** 2 / (bath.mobility * bath.kT)
}

/**
 * What the displacement loss ½⟨|F(y; θ) - (x - y)/(μη)|²⟩ and its gradient are at noised states: dL/dθ_a = -⟨r·∇φ̄_a⟩, r what is in
 * the bars, a local rule of three things that a device has where θ_a is. With μηkT = σ² the best force is kT∇log p_σ, that of the law
 * of the *noised* states, and y + μηF the mean of x given y.
 *
 * @param displacement - x - y, [units, batch]; 0 where units are held
 * @param out - [size]; it overwrites
 * @returns L, in squares of forces
 * Source: Sun & Ragni, arXiv:2505.13771, its delta loss; Robbins, Proc. 3rd Berkeley Symp. 1, 157 (1956), for y + σ²∇log p_σ.
 */
export function displacementGradient(
  landscape: Landscape,
  theta: Float64Array,
  { x: y, batch }: States,
  displacement: Float64Array,
  { sigma, moving }: Pick<DisplacementTask, 'sigma' | 'moving'>,
  out: Float64Array,
): number {
  const time = landscape.bath.mobility * stepTime(landscape, sigma)
  const r = new Float64Array(y.length)
  const force = new Float64Array(y.length)
  landscape.evaluate(theta, y, batch, force, null)
  for (const i of moving) for (let n = i * batch; n < (i + 1) * batch; n++) r[n] = force[n]! - displacement[n]! / time
  landscape.arithmetic.directional(theta, y, r, batch, out)
  for (let a = 0; a < out.length; a++) out[a]! /= -batch
  return r.reduce((sum, value) => sum + value * value, 0) / (2 * batch)
}

/**
 * The θ at the minimum of the displacement loss where the potential is linear in its parameters. With (x - y)/(μη) = -kT ε/σ it is the
 * least squares of denoising score matching, each datum noised `draws` times.
 */
export function displacementParameters(
  { landscape, data, sigma, moving, seed }: DisplacementTask,
  draws: number,
): Float64Array {
  const { potential, bath, cost } = landscape
  cost.forces += draws * data.batch
  return denoisingParameters({ potential, kT: bath.kT, data, sigma, draws, seed, units: moving })
}

/**
 * Follows the gradient by Adam on data that are noised anew for each step.
 *
 * @param theta - where it stands, [size]; changed in place
 * @returns a generator that yields the steps done and the loss of the last
 */
export function* followDisplacement(
  task: DisplacementTask,
  { steps, rate, batch }: DisplacementDescent,
  theta: Float64Array,
): Generator<{ done: number; loss: number }> {
  const { landscape, sigma, moving, data, seed } = task
  const { potential, bath } = landscape
  const adam = createAdam(theta.length)
  const gradient = new Float64Array(theta.length)
  const clean = dataPhase(data, batch, seed)
  for (let done = 0; done < steps; done++) {
    const { x, batch: count } = clean(done)
    const { y, epsilon } = noisedBy({ x, batch: count }, sigma, seed, done, moving)
    const displacement = epsilon.map((value) => -sigma * value)
    const loss = displacementGradient(landscape, theta, { x: y, batch: count }, displacement, task, gradient)
    adamStep(adam, theta, gradient, annealedRate({ rate: rate * bath.kT, finalRate: 0.01 }, done / steps), defaultAdam)
    keepBounds(theta, potential.lowerBound)
    yield { done: done + 1, loss }
  }
}

/** Takes states by so many steps of length η without noise, x' = x + μηF(x; θ), units that are held excepted. */
export function relaxed(
  { landscape, sigma, moving }: Pick<DisplacementTask, 'landscape' | 'sigma' | 'moving'>,
  theta: Float64Array,
  { x: from, batch }: States,
  steps: number,
): States {
  const time = landscape.bath.mobility * stepTime(landscape, sigma)
  const x = from.slice()
  const force = new Float64Array(x.length)
  for (let step = 0; step < steps; step++) {
    landscape.evaluate(theta, x, batch, force, null)
    for (const i of moving) for (let n = i * batch; n < (i + 1) * batch; n++) x[n]! += time * force[n]!
  }
  return { x, batch }
}
