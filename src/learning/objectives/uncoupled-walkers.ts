import { stream } from '../../physics/noise/streams.js'
import { fillUniformStates } from '../../physics/noise/uniform.js'
import type { MachineParameters } from '../../physics/potential/machine-parameters.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { createWalkers, type Walkers } from './walkers.js'

/**
 * Exact, independent states of a restricted Boltzmann machine without its couplings, x_i = ±1 with probability ∝ e^(f_i x_i): where chains
 * begin that know of no machine yet, and weighted walkers that follow one from there.
 *
 * @param theta - whose biases they have, [size]
 * @returns the parameters without couplings, and the walkers
 */
export function uncoupledWalkers(
  { layers, at, uncoupled }: MachineParameters,
  theta: Float64Array,
  { kT }: Pick<Bath, 'kT'>,
  count: number,
  seed: number,
): { readonly theta: Float64Array; readonly walkers: Walkers } {
  const alone = uncoupled(theta)
  const { visibleBias, hiddenBias } = at(alone, kT)
  const biases = [...visibleBias, ...hiddenBias]
  const x = new Float64Array(biases.length * count)
  fillUniformStates({ seed, stream: stream.initial, step: 0 }, layers.units + layers.hidden, 0, count, x)
  for (let n = 0; n < x.length; n++) x[n] = x[n]! * (1 + Math.exp(-2 * biases[Math.floor(n / count)]!)) < 1 ? 1 : -1
  return { theta: alone, walkers: createWalkers(x, count) }
}
