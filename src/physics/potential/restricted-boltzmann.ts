import { invalidValue } from '../../errors.js'
import { createHiddenCoupling, type Layers } from './hidden-coupling.js'
import { log2cosh } from './response.js'

/**
 * A restricted Boltzmann machine: units x = ±1 and hidden units s = ±1 that are coupled to those alone,
 *
 *     U/kT = -f·x - b·s - Σ_ih J_ih x_i s_h
 *
 * everything over kT.
 */
export interface RestrictedBoltzmann {
  /** units of both layers and the edges between them */
  readonly layers: Layers
  /** f, [units] */
  readonly visibleBias: Float64Array
  /** J on the edges between the layers, [edges] */
  readonly coupling: Float64Array
  /** b, [hidden] */
  readonly hiddenBias: Float64Array
}

/** Means of what a machine is linear in: ⟨x⟩ [units], ⟨x_i s_h⟩ on each edge [edges], and ⟨s⟩ [hidden]. */
export interface MachineMeans {
  /** ⟨x⟩, [units] */
  readonly visible: Float64Array
  /** ⟨x_i s_h⟩, [edges] */
  readonly edges: Float64Array
  /** ⟨s⟩, [hidden] */
  readonly hidden: Float64Array
}

/**
 * The same machine as the literature writes it, with units v = (1 + x)/2 and h = (1 + s)/2 that are 0 or 1:
 * -U/kT = a·v + b·h + v·W h up to a constant.
 */
export interface BitMachine {
  /** a, [units] */
  readonly visibleBias: ArrayLike<number>
  /** W, [edges] */
  readonly coupling: ArrayLike<number>
  /** b, [hidden] */
  readonly hiddenBias: ArrayLike<number>
}

/**
 * The machine of ±1 units that a machine of 0/1 units is, exactly: v·W h = ¼ Σ W (1 + x)(1 + s), so that
 *
 *     J = W/4,   f_i = a_i/2 + ¼ Σ_h W_ih,   b_h = b'_h/2 + ¼ Σ_i W_ih,   log Z' = log Z + ½Σa + ½Σb' + ¼ΣW
 *
 * @returns the machine, and log Z' - log Z
 */
export function fromBits(layers: Layers, { visibleBias, coupling, hiddenBias }: BitMachine) {
  const { visible, hidden, count } = layers.hiddenEdges
  if (visibleBias.length !== layers.units || coupling.length !== count || hiddenBias.length !== layers.hidden)
    throw invalidValue(
      `expected ${layers.units} visible biases, ${count} couplings and ${layers.hidden} hidden biases, got ${visibleBias.length}, ${coupling.length} and ${hiddenBias.length}.`,
    )
  const halved = (values: ArrayLike<number>) => Float64Array.from(values, (value) => value / 2)
  const quarters = Float64Array.from(coupling, (weight) => weight / 4)
  const machine = {
    layers,
    visibleBias: halved(visibleBias),
    coupling: quarters,
    hiddenBias: halved(hiddenBias),
  } satisfies RestrictedBoltzmann
  let logPartitionShift = 0
  for (const halves of [machine.visibleBias, machine.hiddenBias, quarters])
    for (const value of halves) logPartitionShift += value
  quarters.forEach((weight, e) => {
    machine.visibleBias[visible[e]!]! += weight
    machine.hiddenBias[hidden[e]!]! += weight
  })
  return { machine, logPartitionShift }
}

/** The fields that one layer makes on the other. */
export interface LayerFields {
  /** u_h = b_h + Σ_i J_ih x_i, to `out` [hidden, batch]; x [units, batch] */
  toHidden(machine: RestrictedBoltzmann, x: Float64Array, batch: number, out: Float64Array): void
  /** u_i = f_i + Σ_h J_ih s_h, to `out` [units, batch]; s [hidden, batch] */
  toVisible(machine: RestrictedBoltzmann, s: Float64Array, batch: number, out: Float64Array): void
}

/** Those of two layers. Cost of either: edges·batch multiply-adds. */
export function layerFields(layers: Layers): LayerFields {
  const sums = createHiddenCoupling(layers)
  return {
    toHidden({ coupling, hiddenBias }, x, batch, out) {
      sums.toHidden(coupling, x, batch, out)
      addRows(hiddenBias, batch, out)
    },
    toVisible({ coupling, visibleBias }, s, batch, out) {
      sums.toVisible(coupling, s, batch, out)
      addRows(visibleBias, batch, out)
    },
  }
}

/** out_r += value_r in every state, [rows, batch]. */
function addRows(values: Float64Array, batch: number, out: Float64Array): void {
  for (let r = 0; r < values.length; r++) for (let n = r * batch; n < (r + 1) * batch; n++) out[n]! += values[r]!
}

/**
 * What one layer weighs once the other is summed out, for each of its states: own·y + Σ log 2cosh u.
 *
 * @param own - bias of the layer that is given
 * @param y - its states, [own.length, batch]
 * @param fields - u on the other, [rows, batch]
 * @returns [batch]
 */
export function layerWeights(own: Float64Array, y: Float64Array, fields: Float64Array, batch: number): Float64Array {
  const weights = new Float64Array(batch)
  for (let r = 0; r < own.length; r++) for (let b = 0; b < batch; b++) weights[b]! += own[r]! * y[r * batch + b]!
  for (let n = 0; n < fields.length; n++) weights[n % batch]! += log2cosh(fields[n]!)
  return weights
}
