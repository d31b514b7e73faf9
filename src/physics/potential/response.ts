import { twoStates } from '../network/blocks.js'
import type { KernelName } from './term.js'

/**
 * What a hidden unit that follows at once answers to a field u: U = -u s + w(s) with its own on-site potential w leaves
 *
 *     A(u) = -kT ln ∫ e^((us - w(s))/kT) ds,   ⟨s⟩ = -dA/du
 *
 * A and its derivatives are functions of the field alone: hidden units do not act on one another.
 */
export interface Response {
  /** what the term is called where it is refused */
  readonly name: string
  /** see Term.kernel */
  readonly kernel?: KernelName
  /** values of s, where it has so few that A is a sum over them; see Term.hiddenStates */
  readonly states?: readonly number[]
  /** energy_n += A(u_(from + n)) for n < length */
  addFreeEnergy(u: Float64Array, from: number, length: number, energy: Float64Array): void
  /**
   * Writes the mean response ⟨s⟩, the susceptibility d⟨s⟩/du and the bend d²⟨s⟩/du² for the first `length` fields; the last two
   * may be null.
   */
  respond(
    u: Float64Array,
    length: number,
    mean: Float64Array,
    susceptibility: Float64Array | null,
    bend: Float64Array | null,
  ): void
}

/**
 * Two states s = ±1, the limit of deep double wells: A = -kT log 2cosh(u/kT), ⟨s⟩ = tanh(u/kT),
 * d⟨s⟩/du = (1 - ⟨s⟩²)/kT, d²⟨s⟩/du² = -2⟨s⟩(1 - ⟨s⟩²)/kT².
 */
export function twoStateResponse(kT: number): Response {
  return {
    name: 'hidden',
    kernel: 'bistable',
    states: twoStates,
    addFreeEnergy(u, from, length, energy) {
      for (let n = 0; n < length; n++) energy[n]! -= kT * log2cosh(u[from + n]! / kT)
    },
    respond(u, length, mean, susceptibility, bend) {
      for (let n = 0; n < length; n++) {
        const s = Math.tanh(u[n]! / kT)
        const slope = (1 - s * s) / kT
        mean[n] = s
        if (susceptibility !== null) susceptibility[n] = slope
        if (bend !== null) bend[n] = (-2 * s * slope) / kT
      }
    },
  }
}

/** log 2cosh(y) = |y| + log(1 + e^(-2|y|)), which does not overflow. */
function log2cosh(y: number): number {
  const size = Math.abs(y)
  return size + Math.log1p(Math.exp(-2 * size))
}
