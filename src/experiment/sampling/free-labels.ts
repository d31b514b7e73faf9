import { arithmeticOn, type Backend } from '../../backend/backend.js'
import { classEvidence, type Energies, type LabelBiases, labelBiases } from '../../learning/evaluation/free-labels.js'
import { createNoiser } from '../../learning/rules/noised-batch.js'
import { evenRows, type PointSet, pickRows, type States } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { scoreScale } from '../../physics/protocol/noising.js'
import type { LearningData, Problem } from '../system/problem.js'

/** Training data that biases are learned from, at most: their error is that of some thousand classes. */
const mostLearnedFrom = 2000

/** The label units of a trained network, left free. */
export interface FreeLabels {
  /** -A(x, c)/kT' of data noised to the time of a knot, the mean over so many draws of the noise, [classes][data] */
  evidence(set: PointSet, knot: number, draws: number): Float64Array[]
  /** the same of states that are noised already; their label units are overwritten */
  evidenceAt(states: States, knot: number): Float64Array[]
  /** the biases at a knot, learned from the same evidence of training data */
  biases(knot: number, draws: number): LabelBiases
}

/** @param knots - what was learned, [K + 1][parameters] */
export function freeLabels(
  { potential, noising, scenario, drive, bath }: Problem,
  { classes, states }: LearningData,
  knots: readonly Float64Array[],
  backend: Backend,
): FreeLabels {
  if (classes === undefined) throw new Error('a network with label units knows the classes of its data')
  const { scale } = scoreScale(noising, drive)
  const { visible } = potential.network
  const arithmetic = arithmeticOn(backend, potential, bath)
  const rows = evenRows(states.train.count, mostLearnedFrom)
  const few = pickRows(states.train, rows)
  const of = Int32Array.from(rows, (row) => classes.train[row]!)
  const energies: Energies = (theta, x, batch, energy) => arithmetic.forceAndEnergy(theta, x, batch, null, energy)
  const evidenceAt = (states: States, knot: number) =>
    classEvidence(potential.network, energies, knots[knot]!, states, classes.names.length, scale)
  const evidence = (set: PointSet, knot: number, draws: number) => {
    const noiser = createNoiser(set, noising, drive, scenario.seed, { visible })
    const mean = classes.names.map(() => new Float64Array(set.count))
    for (let draw = 0; draw < draws; draw++) {
      const noised = noiser.sweep(noising.knots[knot]!, knot + draw * noising.knots.length, stream.lossNoise)
      for (const [c, drawn] of evidenceAt(noised, knot).entries())
        for (let n = 0; n < drawn.length; n++) mean[c]![n]! += drawn[n]! / draws
    }
    return mean
  }
  return { evidence, evidenceAt, biases: (knot, draws) => labelBiases(evidence(few, knot, draws), of) }
}
