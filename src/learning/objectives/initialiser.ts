import type { Memory } from '../../physics/dynamics/observer.js'
import type { States } from '../../physics/network/states.js'
import type { DrawKey } from '../../physics/noise/uniform.js'
import { adamStep, createAdam, defaultAdam } from '../rules/adam.js'
import type { Landscape } from './landscape.js'

/** Proposes where chains start, and learns from where they end. */
export interface Initialiser {
  /** draws a proposal for each anchor, [units, batch] */
  propose(anchors: States, key: DrawKey): States
  /** learns from the ends of the chains of these anchors */
  learn(anchors: States, ends: States): void
  /** all that it has learned */
  readonly memory: Memory
}

/**
 * The initialiser of cooperative learning, as a second copy of the network: one denoising step of its own parameters ψ,
 *
 *     y ~ N(g(a), σ²),   g(a) = a + σ² F(a; ψ)/kT
 *
 * whose best g is the mean of the tethered law. It learns by maximum likelihood of the ends y of the chains, which is force
 * matching: ∂(|y - g(a)|²/2σ²)/∂ψ_a = (y - g(a))·∇φ_a(a)/kT. Local.
 *
 * @param psi - first parameters, [size]; changed in place
 * Cost: a force for a proposal, a force and a correlation for learning.
 * Source: Zhu, Xie, Wu & Gao, ICLR (2024), arXiv:2309.05153, for the scheme; there g is a network of its own.
 */
export function createInitialiser(landscape: Landscape, psi: Float64Array, spread: number, rate: number): Initialiser {
  const { arithmetic, bath, units } = landscape
  const adam = createAdam(psi.length)
  const steps = new Int32Array(1)
  const gradient = new Float64Array(psi.length)
  const meanOf = ({ x, batch }: States) => {
    const mean = new Float64Array(x.length)
    landscape.evaluate(psi, x, batch, mean, null)
    for (let n = 0; n < x.length; n++) mean[n] = x[n]! + (spread * spread * mean[n]!) / bath.kT
    return mean
  }
  return {
    memory: { psi, mean: adam.mean, square: adam.square, steps },
    propose(anchors, key) {
      const mean = meanOf(anchors)
      const x = new Float64Array(mean.length)
      arithmetic.normals(key, units, anchors.batch, x)
      for (let n = 0; n < x.length; n++) x[n] = mean[n]! + spread * x[n]!
      return { x, batch: anchors.batch }
    },
    learn(anchors, ends) {
      const residual = meanOf(anchors)
      for (let n = 0; n < residual.length; n++) residual[n] = ends.x[n]! - residual[n]!
      arithmetic.directional(psi, anchors.x, residual, anchors.batch, gradient)
      for (let a = 0; a < gradient.length; a++) gradient[a]! /= anchors.batch * bath.kT
      adam.steps = steps[0]!
      adamStep(adam, psi, gradient, rate, defaultAdam)
      steps[0] = adam.steps
    },
  }
}
