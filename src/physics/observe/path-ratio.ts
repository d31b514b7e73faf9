import type { Bath } from '../protocol/bath.js'

/**
 * Adds one step's part of the log ratio of a discrete path's probability, forward over reverse, to `out`:
 *
 *     ln P[x→x′]/P̃[x′→x] = -(1/2kT) dx·(g + g′) + (μh/4kT)(|g′|² - |g|²),   dx = x′ - x
 *
 * with g = ∂U/∂x at x in the landscape that drives the forward step, g′ = ∂U/∂x at x′ in the one that drives the reverse
 * step: both are Gaussian, P ∝ e^(-|dx + μhg|²/4μkTh) and P̃ ∝ e^(-|-dx + μhg′|²/4μkTh). Forces are F = -g.
 *
 * Summed over a path it takes the place of Q/kT in ΔS_tot, and ⟨e^(-ΔS_tot)⟩ = 1 then holds for Euler–Maruyama exactly, not
 * only as h → 0. For the integrator's white noise only: schemes with coloured noise have another ratio.
 *
 * @param x - states before, [units, batch]; `next`: after
 * @param force - of the forward landscape at `x`; `forceNext`: of the reverse landscape at `next`
 * @param dt - step length h
 * @param out - log ratios, [batch]
 *
 * Cost: O(units·batch).
 * Source: Crooks, J. Stat. Phys. 90, 1481 (1998), microscopic reversibility; Onsager and Machlup, Phys. Rev. 91, 1505 (1953).
 */
export function addPathLogRatio(
  x: Float64Array,
  next: Float64Array,
  force: Float64Array,
  forceNext: Float64Array,
  { kT, mobility }: Bath,
  dt: number,
  out: Float64Array,
): void {
  const batch = out.length
  const units = x.length / batch
  const drift = (mobility * dt) / 2
  for (let i = 0; i < units; i++)
    for (let b = 0; b < batch; b++) {
      const n = i * batch + b
      const before = force[n]!
      const after = forceNext[n]!
      // (dx/2kT)(F + F′) + (μh/4kT)(F′² - F²), with the common factor taken out.
      out[b]! += ((before + after) * (next[n]! - x[n]! + drift * (after - before))) / (2 * kT)
    }
}
