import { type Noising, noiseWidth, scoreScale, signal } from '../physics/protocol/noising.js'

const noising: Noising = { stiffness: 1, bath: { kT: 1, mobility: 1 }, knots: [] }
/** A noise time in the middle of a generation protocol; the cost does not depend on it. */
const t = 0.5

/**
 * The iteration that is timed: a minibatch drawn with replacement and noised to time t, the force at it, the gradients of
 * all parameters (force-matching.ts), and an Adam step.
 */
export const trainingTask = {
  noising,
  t,
  m: signal(noising, t),
  s: noiseWidth(noising, t),
  ...scoreScale(noising, 'reverse'),
  batch: 256,
  rate: 0.001,
  adam: { beta1: 0.9, beta2: 0.99 },
} as const
