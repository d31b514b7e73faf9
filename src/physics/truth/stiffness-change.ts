import type { Bath } from '../protocol/bath.js'
import type { WorkLaw } from './dragged-trap.js'

/** A trap whose stiffness goes from k0 to k1, started in equilibrium; both > 0. */
export interface StiffnessChange {
  /** k0 */
  readonly from: number
  /** k1 */
  readonly to: number
}

/** ΔF = (kT/2) ln(k1/k0), for each oscillator. */
export function stiffnessFreeEnergy({ from, to }: StiffnessChange, kT: number): number {
  return (kT / 2) * Math.log(to / from)
}

/** Steps of the Runge–Kutta solution; its error falls as their number to the -4. */
const rungeKuttaSteps = 4000

/**
 * Work of a linear ramp of the stiffness over a time τ: with v = ⟨x²⟩ and c = Cov(W, x²),
 *
 *     dv/dt = 2μ(kT - kv),   d⟨W⟩/dt = k̇v/2,   dc/dt = -2μkc + k̇v²,   dVar(W)/dt = k̇c
 *
 * from v = kT/k0 (x stays Gaussian, so Var(x²) = 2v²). The work itself is not Gaussian.
 *
 * @param duration τ > 0
 */
export function stiffnessRampWork(change: StiffnessChange, { kT, mobility }: Bath, duration: number): WorkLaw {
  const { from, to } = change
  const rate = (to - from) / duration
  const slope = (t: number, [v = 0, , c = 0]: readonly number[]): number[] => {
    const k = from + rate * t
    return [2 * mobility * (kT - k * v), (rate * v) / 2, -2 * mobility * k * c + rate * v * v, rate * c]
  }
  // The step must also resolve the faster relaxation: classical Runge–Kutta is stable up to 2.78 in these units.
  const steps = Math.max(rungeKuttaSteps, Math.ceil(20 * mobility * Math.max(from, to) * duration))
  const h = duration / steps
  let state = [kT / from, 0, 0, 0]
  const moved = (by: number, slopes: number[]) => state.map((value, i) => value + by * slopes[i]!)
  for (let n = 0; n < steps; n++) {
    const t = n * h
    const a = slope(t, state)
    const b = slope(t + h / 2, moved(h / 2, a))
    const c = slope(t + h / 2, moved(h / 2, b))
    const d = slope(t + h, moved(h, c))
    state = state.map((value, i) => value + (h / 6) * (a[i]! + 2 * b[i]! + 2 * c[i]! + d[i]!))
  }
  return { mean: state[1]!, variance: state[3]!, freeEnergy: stiffnessFreeEnergy(change, kT) }
}

/**
 * Work of an instant quench, W = (k1 - k0)x²/2 with x² from equilibrium at k0: with r = k1/k0,
 *
 *     ⟨W⟩ = (kT/2)(r - 1),   Var W = (kT²/2)(r - 1)²
 */
export function stiffnessQuenchWork(change: StiffnessChange, kT: number): WorkLaw {
  const excess = change.to / change.from - 1
  return { mean: (kT / 2) * excess, variance: (kT * excess) ** 2 / 2, freeEnergy: stiffnessFreeEnergy(change, kT) }
}

/**
 * ⟨e^(-λW/kT)⟩ = (1 + λ(r - 1))^-½ of an instant quench, r = k1/k0; Infinity where the average diverges. λ = 1 gives
 * e^(-ΔF/kT), λ = 2 the second moment of the Jarzynski average, infinite iff k1 ≤ k0/2.
 */
export function stiffnessQuenchExponential({ from, to }: StiffnessChange, lambda: number): number {
  const base = 1 + lambda * (to / from - 1)
  return base > 0 ? 1 / Math.sqrt(base) : Number.POSITIVE_INFINITY
}

/**
 * Tail index ξ of w = e^(-W/kT) after an instant quench to a softer trap: P(w > y) falls as y^(-1/ξ) with ξ = 1 - k1/k0
 * (times 1/√ln y). The variance of w is infinite for ξ ≥ ½.
 *
 * @returns null for a stiffer trap, where w ≤ 1 has no tail
 */
export function stiffnessQuenchTail({ from, to }: StiffnessChange): number | null {
  return to < from ? 1 - to / from : null
}
