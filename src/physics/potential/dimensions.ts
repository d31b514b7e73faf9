import { hiddenBlock } from '../network/network.js'
import type { ParameterGroup, Potential } from './potential.js'

/**
 * n of the unit energy/lengthⁿ of a group's parameters: U = θφ(x) is an energy, and φ is of degree n in lengths. Couplings x·y and
 * stiffnesses have n = 2, biases 1, cubic terms 3, quartic terms and x²y² 4. A formula is one in x over the unit of length, so
 * that its parameter is an energy (n = 0), or a force (n = 1) where it is one. What hidden units without a coordinate feel,
 * u = Σ V x + b, is an energy: V has n = 1, b and their temperature 0; those that move, and labels, have a coordinate, a length.
 */
export function lengthPower({ network, terms, offsets }: Potential, { name, offset, support }: ParameterGroup): number {
  const isCoordinate = hiddenBlock(network)?.change.kind === 'langevin'
  if (name === 'hidden-temperature') return 0
  if (support === 'hidden') return (name === 'hidden-coupling' ? 1 : 0) + (isCoordinate ? 1 : 0)
  if (name === 'state-force') return 1
  // A group of none stands where the next term begins.
  const term = terms[offsets.findLastIndex((from) => from <= offset)]
  return term?.driving === undefined ? (term?.degree ?? 0) : 1
}
