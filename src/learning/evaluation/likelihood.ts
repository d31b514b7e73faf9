import type { States } from '../../physics/network/states.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import { log2cosh } from '../../physics/potential/response.js'
import { layerFields, layerWeights, type RestrictedBoltzmann } from '../../physics/potential/restricted-boltzmann.js'

/**
 * log Σ_s e^(-U(x, s)/kT) of each state, [batch]: its log-likelihood but for -log Z.
 *
 * @param states - x = ±1, [units, batch]
 * Cost: edges·batch multiply-adds.
 */
export function visibleLogWeights(machine: RestrictedBoltzmann, { x, batch }: States): Float64Array {
  return layerWeights(machine.visibleBias, x, hiddenFieldsOf(machine, { x, batch }), batch)
}

/**
 * The log pseudo-likelihood Σ_i log p(x_i | all other x) of each state, in nats, [batch]: all but one unit are given, so that no
 * log Z is asked for. With x^i the state whose unit i is turned and w(x) as of visibleLogWeights,
 *
 *     log p(x_i | others) = -log(1 + e^(w(x^i) - w(x)))
 *
 * Cost: edges·batch logarithms and exponentials.
 * Source: Besag, The Statistician 24, 179 (1975).
 */
export function logPseudoLikelihoods(machine: RestrictedBoltzmann, { x, batch }: States): Float64Array {
  const { layers, visibleBias, coupling } = machine
  const { visible, hidden, count } = layers.hiddenEdges
  const fields = hiddenFieldsOf(machine, { x, batch })
  const rest = fields.map(log2cosh)
  const change = new Float64Array(x.length)
  for (let n = 0; n < x.length; n++) change[n] = -2 * visibleBias[Math.floor(n / batch)]! * x[n]!
  for (let e = 0; e < count; e++) {
    const [from, to, J] = [visible[e]! * batch, hidden[e]! * batch, coupling[e]!]
    for (let b = 0; b < batch; b++)
      change[from + b]! += log2cosh(fields[to + b]! - 2 * J * x[from + b]!) - rest[to + b]!
  }
  const out = new Float64Array(batch)
  for (let n = 0; n < change.length; n++)
    out[n % batch]! -= Math.max(change[n]!, 0) + Math.log1p(Math.exp(-Math.abs(change[n]!)))
  return out
}

/**
 * The mean negative log-likelihood log Z - ⟨log Σ_s e^(-U/kT)⟩ over states, in nats; its standard error is that of log Z alone, for
 * the states are the data.
 */
export function negativeLogLikelihood(machine: RestrictedBoltzmann, logPartition: Estimate, states: States): Estimate {
  const { value } = meanOf(visibleLogWeights(machine, states))
  return { value: logPartition.value - value, standardError: logPartition.standardError }
}

function hiddenFieldsOf(machine: RestrictedBoltzmann, { x, batch }: States): Float64Array {
  const fields = new Float64Array(machine.layers.hidden * batch)
  layerFields(machine.layers).toHidden(machine, x, batch, fields)
  return fields
}
