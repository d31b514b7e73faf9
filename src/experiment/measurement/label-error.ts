import { type Estimate, fractionOf } from '../../physics/observe/estimate.js'
import type { FreeLabels } from '../sampling/free-labels.js'
import type { LearningData } from '../system/problem.js'

/** Knots whose landscapes are tried for reading the labels, at most. */
const mostTried = 12
/** Draws of the noise that evidence is averaged over, where knots are tried and where labels are read. */
const draws = { tried: 2, read: 8 } as const

/** How often free labels are wrong, and at which noise time they were read. */
export interface LabelError extends Estimate {
  readonly t: number
}

/**
 * The label units left free: how often they name the wrong class of held-out data (see classEvidence), at the knot of a few whose
 * landscape makes the classes of training data likeliest. The least noisy one need not: it hangs on the finest strokes. A datum is shown
 * several times under noise of its own, and the label unit goes by the mean of what it feels.
 *
 * Cost: an energy for each class, datum and draw, of 2,000 training data for each knot that is tried and of all that are held out.
 */
export function labelError(
  { classes, states }: LearningData,
  knots: readonly number[],
  { evidence, biases }: FreeLabels,
): LabelError {
  if (classes === undefined) throw new Error('a network with label units knows the classes of its data')
  const every = Math.ceil(knots.length / mostTried)
  const tried = [...knots.keys()].filter((n) => (knots.length - 1 - n) % every === 0)
  const read = tried.map((knot) => ({ knot, ...biases(knot, draws.tried) }))
  const best = read.reduce((a, b) => (b.logLikelihood > a.logLikelihood ? b : a))
  const free = evidence(states.heldOut, best.knot, draws.read)
  const own = biases(best.knot, draws.read).biases
  const wrong = classes.heldOut.filter((index, n) => {
    const logits = free.map((of, c) => of[n]! + own[c]!)
    return logits.indexOf(Math.max(...logits)) !== index
  })
  return { ...fractionOf(wrong.length, classes.heldOut.length), t: knots[best.knot]! }
}
