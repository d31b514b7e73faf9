import { invalidValue } from '../../errors.js'
import { logSumExp } from '../observe/log-weights.js'
import { createHiddenCoupling } from '../potential/hidden-coupling.js'
import {
  layerFields,
  layerWeights,
  type MachineMeans,
  type RestrictedBoltzmann,
} from '../potential/restricted-boltzmann.js'

/** Units of the smaller layer whose 2ⁿ states are enumerated. */
const mostEnumeratedLayer = 16
/** States that are summed at once. */
const chunk = 256

/** The equilibrium of a restricted Boltzmann machine. */
export interface RestrictedEquilibrium extends MachineMeans {
  /** log Z = log Σ_x Σ_s e^(-U/kT) */
  readonly logPartition: number
}

/** Whether one layer of a machine is small enough to enumerate its states. */
export function isSummable({ layers }: Pick<RestrictedBoltzmann, 'layers'>): boolean {
  return Math.min(layers.units, layers.hidden) <= mostEnumeratedLayer
}

/**
 * log Z and the means of a restricted Boltzmann machine: the states of the smaller layer are enumerated, the other is summed
 * in closed form,
 *
 *     Z = Σ_x e^(f·x) Π_h 2cosh u_h(x) = Σ_s e^(b·s) Π_i 2cosh u_i(s)
 *
 * @throws E_INVALID_VALUE where both layers have more than 16 units
 * Cost: twice 2ⁿ·edges multiply-adds, n units in the smaller layer.
 */
export function restrictedEquilibrium(machine: RestrictedBoltzmann): RestrictedEquilibrium {
  const { layers, visibleBias, hiddenBias } = machine
  const { units, hidden } = layers
  if (!isSummable(machine))
    throw invalidValue(
      `a machine of ${units} and ${hidden} units has no layer small enough to enumerate. Expected at most ${mostEnumeratedLayer} in one of them; else estimate log Z by annealing.`,
    )
  const [across, sums] = [layerFields(layers), createHiddenCoupling(layers)]
  const byVisible = units <= hidden
  const [own, others] = byVisible ? [visibleBias, hidden] : [hiddenBias, units]
  const fieldsOf = byVisible ? across.toHidden : across.toVisible
  const count = 2 ** own.length
  const batch = Math.min(chunk, count)
  const [states, fields] = [new Float64Array(own.length * batch), new Float64Array(others * batch)]
  const enter = (first: number) => {
    fillStates(first, batch, states)
    fieldsOf(machine, states, batch, fields)
  }
  const weights = new Float64Array(count)
  for (let first = 0; first < count; first += batch) {
    enter(first)
    weights.set(layerWeights(own, states, fields, batch), first)
  }
  const logPartition = logSumExp(weights)
  const [given, answering] = [new Float64Array(own.length), new Float64Array(others)]
  const edges = new Float64Array(layers.hiddenEdges.count)
  for (let first = 0; first < count; first += batch) {
    enter(first)
    for (let n = 0; n < fields.length; n++) fields[n] = Math.tanh(fields[n]!)
    for (let n = 0; n < states.length; n++) states[n]! *= Math.exp(weights[first + (n % batch)]! - logPartition)
    states.forEach((value, n) => {
      given[Math.floor(n / batch)]! += value
    })
    fields.forEach((value, n) => {
      answering[Math.floor(n / batch)]! += value * Math.exp(weights[first + (n % batch)]! - logPartition)
    })
    if (byVisible) sums.addCorrelation(states, fields, batch, edges)
    else sums.addCorrelation(fields, states, batch, edges)
  }
  const [visibleMean, hiddenMean] = byVisible ? [given, answering] : [answering, given]
  return { logPartition, visible: visibleMean, edges, hidden: hiddenMean }
}

/** The states with numbers from `first` on, [units, batch]: unit i is up where bit i of the number is set. */
function fillStates(first: number, batch: number, out: Float64Array): void {
  for (let n = 0; n < out.length; n++) out[n] = ((first + (n % batch)) >> Math.floor(n / batch)) & 1 ? 1 : -1
}
