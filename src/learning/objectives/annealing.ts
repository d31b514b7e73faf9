import { stream } from '../../physics/noise/streams.js'
import { fillUniformStates } from '../../physics/noise/uniform.js'
import { type ExponentialAverage, exponentialAverage } from '../../physics/observe/exponential-average.js'
import type { MachineParameters } from '../../physics/potential/machine-parameters.js'
import { log2cosh } from '../../physics/potential/response.js'
import type { Bath } from '../../physics/protocol/bath.js'
import type { WeightedMove } from './jarzynski.js'
import { createWalkers, type Walkers } from './walkers.js'

/** A protocol from a law that is known to one that is asked about. */
export interface Annealing {
  /** parameters whose log Z is known and whose exact, independent states the walkers are, [size] */
  readonly from: Float64Array
  /** parameters whose log Z is asked for, [size] */
  readonly to: Float64Array
  /** of the protocol, which is linear in the step */
  readonly steps: number
  readonly seed: number
}

/**
 * log Z(to)/Z(from) by annealed importance sampling: walkers follow the potential from one to the other, each weighed by the work that
 * is done on it, and never resampled, so that they stay independent and the error is known. It is Jarzynski's equality for a protocol of
 * our choice.
 *
 * @param move - such as weightedByWork with a kernel that leaves e^(-U/kT) as it is
 * @param walkers - exact states of `from`; moved to the end of the protocol, in place, with weights of `to`
 * @returns the average of e^A over walkers: `logMean` is the log ratio, `relativeError` its standard error
 *
 * Cost: `steps` moves of all walkers.
 * Source: Neal, Stat. Comput. 11, 125 (2001); for Boltzmann machines Salakhutdinov & Murray, ICML (2008).
 */
export function annealedLogPartition(
  move: WeightedMove,
  walkers: Walkers,
  { from, to, steps, seed }: Annealing,
): ExponentialAverage {
  const at = (k: number) => from.map((value, a) => value + ((to[a]! - value) * k) / steps)
  for (let k = 0; k < steps; k++) move(walkers, at(k), at(k + 1), seed, k)
  return exponentialAverage(walkers.logWeights)
}

/** What annealing starts from: a machine whose units do not see each other. */
export interface UncoupledStart {
  /** parameters, [size] */
  readonly theta: Float64Array
  /** Σ log 2cosh f_i + Σ log 2cosh b_h */
  readonly logPartition: number
  /** exact states, x_i = ±1 with probability ∝ e^(f_i x_i) */
  readonly walkers: Walkers
}

/** The machine at θ without its couplings, with so many of its states. */
export function uncoupledStart(
  { layers, at, uncoupled }: MachineParameters,
  theta: Float64Array,
  { kT }: Pick<Bath, 'kT'>,
  count: number,
  seed: number,
): UncoupledStart {
  const alone = uncoupled(theta)
  const { visibleBias, hiddenBias } = at(alone, kT)
  const biases = [...visibleBias, ...hiddenBias]
  const x = new Float64Array(biases.length * count)
  fillUniformStates({ seed, stream: stream.initial, step: 0 }, layers.units + layers.hidden, 0, count, x)
  for (let n = 0; n < x.length; n++) x[n] = x[n]! * (1 + Math.exp(-2 * biases[Math.floor(n / count)]!)) < 1 ? 1 : -1
  const logPartition = biases.reduce((sum, bias) => sum + log2cosh(bias), 0)
  return { theta: alone, logPartition, walkers: createWalkers(x, count) }
}
