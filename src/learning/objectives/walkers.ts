import type { Memory } from '../../physics/dynamics/observer.js'
import { pickStates, type States } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import type { Estimate } from '../../physics/observe/estimate.js'
import { effectiveSampleSize, logMeanExp, normalised, systematicResampling } from '../../physics/observe/log-weights.js'
import type { Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { exactStates } from './exact-states.js'

/** States of the model that carry the weight e^A which the motion of their potential gave them. */
export interface Walkers extends States {
  /** A, [batch] */
  readonly logWeights: Float64Array
  /** the first walker that each descends from by resampling, [batch] */
  readonly ancestors: Int32Array
  /** log Z ratio up to the last resampling, when the weights started anew, [1] */
  readonly banked: Float64Array
}

/** Walkers at the start of a protocol; x [units, batch] must be exact samples of U_0. */
export function createWalkers(x: Float64Array, batch: number): Walkers {
  return {
    x,
    batch,
    logWeights: new Float64Array(batch),
    ancestors: Int32Array.from({ length: batch }, (_, n) => n),
    banked: new Float64Array(1),
  }
}

/** All that walkers carry from one step to the next. */
export function memoryOfWalkers({ x, logWeights, ancestors, banked }: Walkers): Memory {
  return { x, logWeights, ancestors, banked }
}

/** Walkers that are exact samples of e^(-U(x; θ)/kT), each of weight one. @throws E_INVALID_VALUE as exactStates does */
export function startWalkers(
  potential: Potential,
  theta: Float64Array,
  bath: Bath,
  count: number,
  seed: number,
): Walkers {
  return createWalkers(exactStates(potential, theta, bath, count, { seed, stream: stream.initial, step: 0 }).x, count)
}

/**
 * log Z_k/Z_0 = log mean e^A, with what was banked. Its error is statistical on a given protocol. Walkers that steer the
 * parameters themselves lower it besides: each step Δθ = -rate·(…-⟨φ⟩_walkers)/kT does a work that is correlated with the
 * walkers' own fluctuation, rate·Var(φ)/(n kT²) on average, and these add up. The normalised weights know nothing of it.
 */
export function logPartitionRatio({ logWeights, banked }: Walkers): number {
  return banked[0]! + logMeanExp(logWeights)
}

/** Where the effective sample size falls under this share of the walkers, they are resampled; 0 never. */
export function resampleBelow(walkers: Walkers, share: number, seed: number, step: number): void {
  const { x, batch, logWeights, ancestors } = walkers
  if (effectiveSampleSize(logWeights) >= share * batch) return
  const chosen = systematicResampling(normalised(logWeights), { seed, stream: stream.resampling, step })
  walkers.banked[0] = logPartitionRatio(walkers)
  x.set(pickStates(walkers, chosen).x)
  ancestors.set(chosen.map((n) => ancestors[n]!))
  logWeights.fill(0)
}

/**
 * The weighted mean Σ w φ over the walkers. Copies of one walker are no independent ones: its squared error is
 * Σ_a (Σ_n w_n (φ_n - ⟨φ⟩))² over first walkers a, n running over those that descend from a.
 * It is NaN, not known, where the walkers of one first walker outweigh all others: families worth less than two of equal weight.
 * Source: Lee & Whiteley, Biometrika 105, 609 (2018).
 *
 * @param values - φ of each walker, [batch]
 */
export function weightedMean({ batch, logWeights, ancestors }: Walkers, values: Float64Array): Estimate {
  const weights = normalised(logWeights)
  const value = values.reduce((sum, phi, b) => sum + weights[b]! * phi, 0)
  const families = new Float64Array(batch)
  for (let b = 0; b < batch; b++) families[ancestors[b]!]! += weights[b]! * (values[b]! - value)
  const shares = new Float64Array(batch)
  for (let b = 0; b < batch; b++) shares[ancestors[b]!]! += weights[b]!
  const independent = 1 / shares.reduce((sum, share) => sum + share * share, 0)
  const squares = families.reduce((sum, part) => sum + part * part, 0)
  return { value, standardError: independent < 2 ? Number.NaN : Math.sqrt(squares) }
}

/** Copies of the given walkers. */
export function pickWalkers(walkers: Walkers, chosen: Int32Array): Walkers {
  const { x, batch } = pickStates(walkers, chosen)
  const { x: logWeights } = pickStates({ x: walkers.logWeights, batch: walkers.batch }, chosen)
  return { ...createWalkers(x, batch), logWeights }
}

/** Copies of the walkers by their weight, so that all count alike. */
export function unweighted(walkers: Walkers, seed: number): States {
  const key = { seed, stream: stream.evaluation, step: 0 }
  return pickStates(walkers, systematicResampling(normalised(walkers.logWeights), key))
}
