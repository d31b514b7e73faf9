import { twoStates } from '../network/blocks.js'
import type { KernelName } from './term.js'

/**
 * What a hidden unit that follows at once answers to a field u: U = -u s + w(s) with its own on-site potential w leaves
 *
 *     A(u) = -T ln ∫ e^((us - w(s))/T) ds,   ⟨s⟩ = -dA/du
 *
 * T the temperature of their bath, w in proportion to it. A/T is a function of the field u/T alone: hidden units do not act on
 * one another.
 */
export interface Response {
  /** what the term is called where it is refused */
  readonly name: string
  /** see Term.kernel */
  readonly kernel?: KernelName
  /** values of s, where it has so few that A is a sum over them; see Term.hiddenStates */
  readonly states?: readonly number[]
  /** energy_n += A(u_(from + n)) for n < length */
  addFreeEnergy(u: Float64Array, from: number, length: number, energy: Float64Array, T: number): void
  /**
   * Writes the mean response ⟨s⟩, the susceptibility d⟨s⟩/du and the bend d²⟨s⟩/du² for the first `length` fields; the last two
   * may be null.
   */
  respond(
    u: Float64Array,
    length: number,
    T: number,
    mean: Float64Array,
    susceptibility: Float64Array | null,
    bend: Float64Array | null,
  ): void
}

/**
 * Two states s = ±1, the limit of deep double wells: A = -T log 2cosh(u/T), ⟨s⟩ = tanh(u/T),
 * d⟨s⟩/du = (1 - ⟨s⟩²)/T, d²⟨s⟩/du² = -2⟨s⟩(1 - ⟨s⟩²)/T².
 */
export const twoStateResponse: Response = {
  name: 'hidden',
  kernel: 'bistable',
  states: twoStates,
  addFreeEnergy(u, from, length, energy, T) {
    for (let n = 0; n < length; n++) energy[n]! -= T * log2cosh(u[from + n]! / T)
  },
  respond(u, length, T, mean, susceptibility, bend) {
    for (let n = 0; n < length; n++) {
      const s = Math.tanh(u[n]! / T)
      const slope = (1 - s * s) / T
      mean[n] = s
      if (susceptibility !== null) susceptibility[n] = slope
      if (bend !== null) bend[n] = (-2 * s * slope) / T
    }
  },
}

/** log 2cosh(y) = |y| + log(1 + e^(-2|y|)), which does not overflow. */
export function log2cosh(y: number): number {
  const size = Math.abs(y)
  return size + Math.log1p(Math.exp(-2 * size))
}
