import { createNoiser } from '../../learning/rules/noised-batch.js'
import { clampedTo } from '../../physics/network/labels.js'
import type { PointSet } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { type Estimate, fractionOf } from '../../physics/observe/estimate.js'
import { forceAndEnergy } from '../../physics/potential/potential.js'
import { scoreScale } from '../../physics/protocol/noising.js'
import type { LearningData, Problem } from '../system/problem.js'

/** Rate and number of the steps that train the biases: a convex problem of one number a class. */
const rate = 2
const steps = 200

/**
 * The label units left free: how often they name the wrong class of held-out data noised to t_min. A free label unit is in
 * equilibrium with the network, whose landscape at t_min has it in class c with probability
 *
 *     p_c(x) ∝ exp(b_c - A(x, c)/kT'),   kT' = 2kT (drive reverse), kT (quasi-static)
 *
 * which for one unit s = ±1 is ⟨s⟩ = tanh((A(x, -1) - A(x, +1))/(2kT') + b). The forces on the visible units teach b_c
 * nothing, since it does not act on them: it is trained apart, on the training data, by
 * db_c ∝ ⟨[class is c] - p_c⟩.
 *
 * Cost: an energy for each class and datum.
 */
export function labelError(
  { potential, noising, scenario, drive }: Problem,
  data: LearningData,
  theta: Float64Array,
): Estimate {
  const { classes, states } = data
  if (classes === undefined) throw new Error('a network with label units knows the classes of its data')
  const { scale } = scoreScale(noising, drive)
  const count = classes.names.length
  /** -A(x, c)/kT' of every datum of a set, [classes][count] */
  const evidence = (set: PointSet): Float64Array[] => {
    const { visible, labels } = potential.network
    const noiser = createNoiser(set, noising, drive, scenario.seed, { visible })
    const { x, batch } = noiser.sweep(noising.knots.at(-1)!, 0, stream.lossNoise)
    return classes.names.map((_, index) => {
      const clamped = clampedTo(index, count)
      for (let l = 0; l < labels; l++) x.fill(clamped[l]!, (visible + l) * batch, (visible + l + 1) * batch)
      const energy = new Float64Array(batch)
      forceAndEnergy(potential, theta, x, batch, null, energy)
      return energy.map((value) => -value / scale)
    })
  }
  const biases = trainedBiases(evidence(states.train), classes.train)
  const free = evidence(states.heldOut)
  const wrong = classes.heldOut.filter((index, n) => {
    const logits = free.map((of, c) => of[n]! + biases[c]!)
    return logits.indexOf(Math.max(...logits)) !== index
  })
  return fractionOf(wrong.length, classes.heldOut.length)
}

/** b_c by gradient ascent on the mean log likelihood of the classes, from 0. */
function trainedBiases(evidence: readonly Float64Array[], classes: Int32Array): Float64Array {
  const biases = new Float64Array(evidence.length)
  for (let step = 0; step < steps; step++) {
    const change = new Float64Array(biases.length)
    classes.forEach((index, n) => {
      const logits = evidence.map((of, c) => of[n]! + biases[c]!)
      const largest = Math.max(...logits)
      const weights = logits.map((logit) => Math.exp(logit - largest))
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      for (let c = 0; c < biases.length; c++)
        change[c]! += ((c === index ? 1 : 0) - weights[c]! / total) / classes.length
    })
    for (let c = 0; c < biases.length; c++) biases[c]! += rate * change[c]!
  }
  return biases
}
