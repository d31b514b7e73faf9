import type { Potential } from '../potential/potential.js'
import type { FeatureRows } from './feature-rows.js'
import type { NoisedStates, NoisePath } from './noised-states.js'

/**
 * Energies along a path, linear in time between its knots, with a free energy at each:
 *
 *     U(x, t) = U_0(x) + Σ_k ψ_k(t) [Σ_a θ_ka φ_a(x) - kT F_k],   ψ_k the hat function of knot k
 *
 * so that log p_t(x) = -U(x, t)/kT up to one constant.
 */
export interface PathEnergy {
  readonly potential: Potential
  readonly path: NoisePath
  readonly kT: number
}

/** Where a knot's parameters stand in the flat array [knots, size + 1]: θ_k, then F_k. */
export function knotSlice({ potential, path }: PathEnergy, theta: Float64Array, knot: number) {
  const width = potential.size + 1
  const start = (knot < 0 ? knot + path.knots.length : knot) * width
  return { theta: theta.subarray(start, start + potential.size), offset: theta[start + potential.size]! }
}

/** How much each part of the loss counts. */
export interface LossShares {
  readonly score: number
  readonly classes: number
}

/** The parts of a loss, averaged over the states. */
export interface Losses {
  score: number
  classes: number
}

/**
 * The gradient of
 *
 *     L = a ½⟨s²|F(x, t)/kT + ε/s|²⟩ - b ⟨log softmax_c(-U(x, t_c)/kT) at the true time⟩
 *
 * The first part, denoising score matching, knows the slopes of each p_t and nothing of the weight of what lies apart; the
 * second, which of several times a state was noised to, knows ratios of the p_t and nothing of a factor that all have in
 * common. Together they know p_t. With U linear in θ both are convex.
 *
 * Three-factor: per knot ∂L/∂θ_ka = -a⟨ψ_k (s²/kT)(F/kT + ε/s)·∇φ_a⟩ + (b/kT)⟨w_k φ_a⟩, with
 * w_k = Σ_c ψ_k(t_c)([c is true] - softmax_c): one number for each state and knot, the same for all its parameters; F_k
 * takes the mean of -w_k.
 *
 * @param theta - [knots, size + 1]
 * @param rows - φ and ∇φ of the same states
 * @param out - [knots, size + 1]; overwritten
 *
 * Cost: two products of each state's features with the parameters of the knots about its times.
 * Source: DSM: Vincent, Neural Comput. 23, 1661 (2011); the sum: OuYang et al., 2601.21025, and Aggarwal et al., 2507.00846.
 */
export function scoreAndClassGradient(
  { potential, path, kT }: PathEnergy,
  theta: Float64Array,
  states: NoisedStates,
  rows: FeatureRows,
  shares: LossShares,
  out: Float64Array,
): Losses {
  const { size } = potential
  const { units } = potential.network
  const { batch, candidates, times, truth } = states
  const stride = size + 1
  const knots = path.knots.length
  const losses: Losses = { score: 0, classes: 0 }
  const energies = new Float64Array(knots)
  const known = new Uint8Array(knots)
  const weights = new Float64Array(knots)
  const logits = new Float64Array(candidates)
  const place = hatFunctions(path)
  out.fill(0)
  for (let b = 0; b < batch; b++) {
    const here = place(times[b * candidates + truth[b]!]!)
    if (shares.score > 0)
      for (let i = 0; i < units; i++) {
        const n = i * batch + b
        const start = n * size
        let force = rows.fixedForce[n]!
        for (const [k, psi] of here) {
          if (psi === 0) continue
          const own = k * stride
          for (let a = 0; a < size; a++) force -= psi * theta[own + a]! * rows.slopes[start + a]!
        }
        const off = force / kT - states.score[n]!
        const weight = states.width[b]! ** 2 / batch
        losses.score += (weight * off * off) / 2
        for (const [k, psi] of here) {
          const factor = (-shares.score * psi * weight * off) / kT
          if (factor === 0) continue
          const own = k * stride
          for (let a = 0; a < size; a++) out[own + a]! += factor * rows.slopes[start + a]!
        }
      }
    if (shares.classes === 0) continue
    known.fill(0)
    const first = b * size
    const energy = (k: number) => {
      if (known[k] === 1) return energies[k]!
      let u = -kT * theta[k * stride + size]!
      for (let a = 0; a < size; a++) u += theta[k * stride + a]! * rows.values[first + a]!
      known[k] = 1
      energies[k] = u
      return u
    }
    let largest = -Infinity
    for (let c = 0; c < candidates; c++) {
      let u = 0
      for (const [k, psi] of place(times[b * candidates + c]!)) if (psi !== 0) u += psi * energy(k)
      logits[c] = -u / kT
      largest = Math.max(largest, logits[c]!)
    }
    let total = 0
    for (let c = 0; c < candidates; c++) total += Math.exp(logits[c]! - largest)
    losses.classes += (largest + Math.log(total) - logits[truth[b]!]!) / batch
    weights.fill(0)
    for (let c = 0; c < candidates; c++) {
      const w = (c === truth[b] ? 1 : 0) - Math.exp(logits[c]! - largest) / total
      for (const [k, psi] of place(times[b * candidates + c]!)) weights[k]! += psi * w
    }
    for (let k = 0; k < knots; k++) {
      if (weights[k] === 0) continue
      const factor = (shares.classes * weights[k]!) / batch
      const own = k * stride
      for (let a = 0; a < size; a++) out[own + a]! += (factor / kT) * rows.values[first + a]!
      out[own + size]! -= factor
    }
  }
  return losses
}

/** The two knots about a time, each with its ψ; a knot itself has ψ = 1 alone. */
function hatFunctions({ knots }: NoisePath): (t: number) => [[number, number], [number, number]] {
  return (t) => {
    let k = 0
    while (k < knots.length - 2 && t >= knots[k + 1]!) k++
    const share = (t - knots[k]!) / (knots[k + 1]! - knots[k]!)
    return [
      [k, 1 - share],
      [k + 1, share],
    ]
  }
}
