import { arrays, type States } from '../../physics/network/states.js'
import type { Landscape } from './landscape.js'
import type { DataPhase, Objective } from './objective.js'

/** The noise of noise-contrastive estimation. */
export interface NceOptions {
  /** the network whose energy is learned */
  readonly landscape: Landscape
  /** the data of an iteration */
  readonly data: DataPhase
  /** independent states of e^(-U(x; θ)/kT)/Z, draw number `iteration` */
  readonly draw: (theta: Float64Array, iteration: number) => States
  /** iterations between two copies of the model; null: the noise stays what the model was at first */
  readonly refresh: number | null
  /** step of the offset c, as of a parameter */
  readonly rate: number
}

/** What the objective is at, beside θ. */
export interface Nce extends Objective {
  /** c: log Z of the copy over that of the model, as the classifier believes it */
  offset(): number
  /** -⟨log σ(l)⟩_data - ⟨log(1 - σ(l))⟩_noise of the last phases; 2 ln 2 when nothing tells them apart */
  loss(): number
}

/**
 * Noise-contrastive estimation against a frozen copy θ' of the model itself. The logit that a state is data is
 *
 *     l(x) = -[U(x; θ) - U(x; θ')]/kT + c
 *
 * with c learned, so that no normaliser is needed, of the copy or of the model; the gradient of the loss in θ is
 * [⟨(1 - σ)φ⟩_data - ⟨σφ⟩_noise]/kT. At a refresh l = 0 and it is ½(⟨φ⟩_data - ⟨φ⟩_model)/kT: that of maximum likelihood,
 * halved. Three-factor: w = 1 - σ(l) on data and σ(l) on noise is one scalar for each replica.
 *
 * Cost of an iteration: two energies of each state, and what the noise costs.
 * Source: Gutmann & Hyvärinen, AISTATS (2010); noise from the model's own copy: Xu, 2211.02650 (2022).
 */
export function nceObjective({ landscape, data, draw, refresh, rate }: NceOptions): Nce {
  const { kT } = landscape.bath
  /** the copy, how often it was taken, c and the loss */
  const memory = {
    copy: new Float64Array(landscape.potential.size),
    copies: new Int32Array(1),
    offset: new Float64Array(1),
    loss: Float64Array.of(2 * Math.LN2),
  }
  const { copy, copies, offset, loss } = memory
  let slope = 0
  const logits = (theta: Float64Array, { x, batch }: States) => {
    const [model, noise] = arrays(2, batch)
    landscape.cost.energies += batch
    landscape.arithmetic.energies(theta, copy, x, batch, model, noise)
    return model.map((u, b) => (noise[b]! - u) / kT + offset[0]!)
  }
  return {
    name: refresh === null ? 'static noise' : 'adaptive noise',
    locality: 'three-factor',
    memory,
    phases(theta, iteration) {
      if (copies[0] === 0 || (refresh !== null && iteration % refresh === 0)) {
        copy.set(theta)
        copies[0]!++
        offset[0] = 0
      }
      const real = data(iteration, theta)
      const noise = draw(copy, iteration)
      const onData = logits(theta, real)
      const onNoise = logits(theta, noise)
      const weightsOnData = onData.map((l) => 1 / (1 + Math.exp(l)) / onData.length)
      const weightsOnNoise = onNoise.map((l) => 1 / (1 + Math.exp(-l)) / onNoise.length)
      slope = total(weightsOnNoise) - total(weightsOnData)
      loss[0] = total(onData.map((l) => softplus(-l))) / onData.length + total(onNoise.map(softplus)) / onNoise.length
      return [
        { ...real, weights: weightsOnData },
        { ...noise, name: 'noise', scale: -1, weights: weightsOnNoise },
      ]
    },
    follow() {
      offset[0]! -= rate * slope
    },
    offset: () => offset[0]!,
    loss: () => loss[0]!,
  }
}

/** log(1 + e^l) without overflow. */
function softplus(l: number): number {
  return Math.max(l, 0) + Math.log1p(Math.exp(-Math.abs(l)))
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0)
}
