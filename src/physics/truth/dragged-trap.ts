import type { Bath } from '../protocol/bath.js'

/** Law of the work of a protocol: its mean, its variance, and the free-energy difference that it is read against. */
export interface WorkLaw {
  /** ⟨W⟩, in the unit of the energy */
  readonly mean: number
  /** ⟨W²⟩ - ⟨W⟩² */
  readonly variance: number
  /** ΔF between the ends of the protocol */
  readonly freeEnergy: number
}

/** A trap of stiffness k whose centre moves as v t, from equilibrium about 0. */
export interface DraggedTrap {
  /** k, > 0 */
  readonly stiffness: number
  /** v */
  readonly velocity: number
  /** τ */
  readonly duration: number
  /**
   * How the landscape is written, on which the work depends:
   * "centre" U = k(x - vt)²/2, so ΔF = 0; "force" U = kx²/2 - kvt·x, without the constant, so ΔF = -kv²τ²/2
   */
  readonly landscape: 'centre' | 'force'
}

/**
 * Work of dragging a trap: Gaussian, with t_r = 1/(μk) and
 *
 *     ⟨W⟩ - ΔF = (v²/μ)[τ - t_r(1 - e^(-τ/t_r))],   Var W = 2kT(⟨W⟩ - ΔF)
 *
 * Source: Mazonka and Jarzynski, cond-mat/9912121 (1999).
 */
export function draggedTrapWork(trap: DraggedTrap, { kT, mobility }: Bath): WorkLaw {
  const { stiffness: k, velocity: v, duration: tau } = trap
  const relaxation = 1 / (mobility * k)
  const dissipated = (v ** 2 / mobility) * (tau + relaxation * Math.expm1(-tau / relaxation))
  const freeEnergy = draggedTrapFreeEnergy(trap)
  return { mean: dissipated + freeEnergy, variance: 2 * kT * dissipated, freeEnergy }
}

/**
 * Mean work of the same protocol in `steps` steps of Euler–Maruyama, each of which moves the trap, then the oscillator.
 * With h = τ/steps, a = 1 - μhk and the lag ℓ_n = ⟨centre - x⟩ after n steps, ℓ_(n+1) = a(ℓ_n + vh), so
 *
 *     ⟨W⟩ - ΔF = kvh Σ_n (ℓ_n + vh/2),   Σ_n ℓ_n = vh a/(1-a) [steps - (1 - a^steps)/(1-a)]
 */
export function draggedTrapWorkOfSteps(trap: DraggedTrap, { mobility }: Bath, steps: number): number {
  const { stiffness: k, velocity: v } = trap
  const h = trap.duration / steps
  const a = 1 - mobility * h * k
  const lags = ((v * h * a) / (1 - a)) * (steps - (1 - a ** steps) / (1 - a))
  return k * v * h * (lags + (v * h * steps) / 2) + draggedTrapFreeEnergy(trap)
}

function draggedTrapFreeEnergy({ stiffness, velocity, duration, landscape }: DraggedTrap): number {
  return landscape === 'centre' ? 0 : (-stiffness * (velocity * duration) ** 2) / 2
}
