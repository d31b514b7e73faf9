import { invalidValue } from '../../errors.js'
import { scratch } from '../../physics/potential/term.js'
import type { Landscape } from './landscape.js'
import type { Objective, Phase } from './objective.js'
import type { Perturbation } from './perturbation.js'

/** What energy discrepancy compares data with. */
export interface EnergyDiscrepancyOptions {
  readonly landscape: Landscape
  /** the data of an iteration */
  readonly data: (iteration: number) => Phase
  readonly perturbation: Perturbation
  /** M, states that each datum is compared with */
  readonly negatives: number
  /** w ≥ 0, which keeps the loss bounded from below: at 0 a few negatives of high energy let energies of data fall without end */
  readonly w: number
  readonly seed: number
}

/** What the objective is at, beside θ. */
export interface EnergyDiscrepancy extends Objective {
  /** L of the last phases, in nats; NaN before the first */
  loss(): number
}

/**
 * Energy discrepancy. A datum x is perturbed, y ~ q_t(·|x), M states x_j that y may have come from are drawn, and x is to be the lower one:
 *
 *     L = ⟨log(w + Σ_j e^((U(x) - U(x_j))/kT))⟩ - log M
 *
 * As M → ∞ at any w it is ⟨U(x)⟩ - ⟨U_q(y)⟩ in kT, U_q = -kT log Σ_x' q(y|x') e^(-U(x')/kT), which is least at the law of the data
 * and needs neither a normaliser nor samples of the model. With r_j = e^((U(x) - U(x_j))/kT)/(w + Σ …) its gradient is
 * ⟨Σ_j r_j [φ(x) - φ(x_j)]⟩/kT: three-factor, since r_j is one scalar for each replica.
 *
 * @throws E_INVALID_VALUE for a negative w, or no negatives
 *
 * Cost of an iteration: 1 + M energies of each datum, and as many statistics.
 * Source: Schröder, Ou, Lim, Li, Vollmer & Duncan, NeurIPS (2023); heat equations: Schröder, Ou, Li & Duncan, arXiv:2412.01019 (2024).
 */
export function energyDiscrepancy({
  landscape,
  data,
  perturbation,
  negatives,
  w,
  seed,
}: EnergyDiscrepancyOptions): EnergyDiscrepancy {
  if (!(w >= 0 && w < Infinity)) throw invalidValue(`expected a number of 0 or more, got ${w}.`, 'w')
  if (!Number.isInteger(negatives) || negatives < 1)
    throw invalidValue(`expected 1 or more, got ${negatives}.`, 'negatives')
  const { kT } = landscape.bath
  const buffers = { real: scratch(), others: scratch(), pulls: scratch(), pushes: scratch() }
  const loss = Float64Array.of(Number.NaN)
  return {
    name: 'energy discrepancy',
    locality: 'three-factor',
    memory: { loss },
    phases(theta, iteration) {
      const real = data(iteration)
      const { batch } = real
      const others = perturbation.recovered(real, negatives, seed, iteration)
      const energy = buffers.real(batch)
      const energies = buffers.others(others.batch)
      landscape.evaluate(theta, real.x, batch, null, energy)
      landscape.evaluate(theta, others.x, others.batch, null, energies)
      const pulls = buffers.pulls(batch)
      const pushes = buffers.pushes(others.batch)
      let sum = 0
      for (let b = 0; b < batch; b++) {
        const at = b * negatives
        const logs = pushes.subarray(at, at + negatives)
        for (let j = 0; j < negatives; j++) logs[j] = (energy[b]! - energies[at + j]!) / kT
        sum += shares(logs, w)
        pulls[b] = 0
        for (let j = 0; j < negatives; j++) {
          logs[j]! /= batch
          pulls[b]! += logs[j]!
        }
      }
      loss[0] = sum / batch - Math.log(negatives)
      return [
        { ...real, weights: pulls },
        { ...others, name: 'recovered', scale: -1, weights: pushes },
      ]
    },
    loss: () => loss[0]!,
  }
}

/** Turns a_j into e^(a_j)/(w + Σ e^(a_k)) in place, from the largest on. Returns log(w + Σ e^(a_k)). */
function shares(a: Float64Array, w: number): number {
  let largest = w > 0 ? Math.log(w) : -Infinity
  for (const value of a) if (value > largest) largest = value
  let sum = w > 0 ? Math.exp(Math.log(w) - largest) : 0
  for (let j = 0; j < a.length; j++) {
    a[j] = Math.exp(a[j]! - largest)
    sum += a[j]!
  }
  for (let j = 0; j < a.length; j++) a[j]! /= sum
  return largest + Math.log(sum)
}
