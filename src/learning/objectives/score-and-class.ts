import type { Potential } from '../../physics/potential/potential.js'
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
  /** U_k at a knot, with parameters of its own there */
  readonly potential: Potential
  /** from data to noise, with the knots */
  readonly path: NoisePath
  /** temperature */
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
  /** a, of the score's part */
  readonly score: number
  /** b, of the part that tells times apart */
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
  energy: PathEnergy,
  theta: Float64Array,
  states: NoisedStates,
  rows: FeatureRows,
  shares: LossShares,
  out: Float64Array,
): Losses {
  out.fill(0)
  return {
    score: shares.score === 0 ? 0 : addScoreGradient(energy, theta, states, rows, shares.score, out),
    classes: shares.classes === 0 ? 0 : addClassGradient(energy, theta, states, rows, shares.classes, out),
  }
}

function addScoreGradient(
  { potential, kT }: PathEnergy,
  theta: Float64Array,
  { batch, candidates, below, share, truth, width, score }: NoisedStates,
  { slopes, fixedForce }: FeatureRows,
  strength: number,
  out: Float64Array,
): number {
  const { size } = potential
  const stride = size + 1
  let loss = 0
  for (let n = 0; n < score.length; n++) {
    const b = n % batch
    const place = b * candidates + truth[b]!
    const near = below[place]! * stride
    const far = near + stride
    const [stay, go] = [1 - share[place]!, share[place]!]
    const start = n * size
    let force = fixedForce[n]!
    for (let a = 0; a < size; a++) force -= (stay * theta[near + a]! + go * theta[far + a]!) * slopes[start + a]!
    const off = force / kT - score[n]!
    const weight = width[b]! ** 2 / batch
    loss += (weight * off * off) / 2
    const factor = (-strength * weight * off) / kT
    for (let a = 0; a < size; a++) {
      const push = factor * slopes[start + a]!
      out[near + a]! += stay * push
      out[far + a]! += go * push
    }
  }
  return loss
}

function addClassGradient(
  { potential, path, kT }: PathEnergy,
  theta: Float64Array,
  { batch, candidates, below, share, truth }: NoisedStates,
  { values }: FeatureRows,
  strength: number,
  out: Float64Array,
): number {
  const { size } = potential
  const stride = size + 1
  const knots = path.knots.length
  const energies = new Float64Array(knots)
  const isAsked = new Uint8Array(knots)
  const weights = new Float64Array(knots)
  const logits = new Float64Array(candidates)
  let loss = 0
  for (let b = 0; b < batch; b++) {
    const first = b * candidates
    const row = b * size
    isAsked.fill(0)
    for (let c = first; c < first + candidates; c++) {
      if (share[c]! < 1) isAsked[below[c]!] = 1
      if (share[c]! > 0) isAsked[below[c]! + 1] = 1
    }
    for (let k = 0; k < knots; k++) {
      if (isAsked[k] === 0) continue
      const own = k * stride
      let u = -kT * theta[own + size]!
      for (let a = 0; a < size; a++) u += theta[own + a]! * values[row + a]!
      energies[k] = u
    }
    let largest = -Infinity
    for (let c = 0; c < candidates; c++) {
      const k = below[first + c]!
      const psi = share[first + c]!
      logits[c] = -((1 - psi) * energies[k]! + psi * energies[k + 1]!) / kT
      largest = Math.max(largest, logits[c]!)
    }
    let total = 0
    for (let c = 0; c < candidates; c++) total += Math.exp(logits[c]! - largest)
    loss += (largest + Math.log(total) - logits[truth[b]!]!) / batch
    weights.fill(0)
    for (let c = 0; c < candidates; c++) {
      const w = (c === truth[b] ? 1 : 0) - Math.exp(logits[c]! - largest) / total
      const k = below[first + c]!
      const psi = share[first + c]!
      weights[k]! += (1 - psi) * w
      weights[k + 1]! += psi * w
    }
    for (let k = 0; k < knots; k++) {
      if (isAsked[k] === 0) continue
      const own = k * stride
      const factor = (strength * weights[k]!) / batch
      for (let a = 0; a < size; a++) out[own + a]! += (factor / kT) * values[row + a]!
      out[own + size]! -= factor
    }
  }
  return loss
}
