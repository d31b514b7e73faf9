import { langevinStep } from '../../physics/dynamics/euler-maruyama.js'
import { arrays } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { normalised } from '../../physics/observe/log-weights.js'
import type { Noising } from '../../physics/protocol/noising.js'
import { keyedNormals } from './arithmetic.js'
import type { Cost } from './landscape.js'
import { noiseOfChains } from './moves.js'
import type { NoisedLaw } from './noised-law.js'
import { resampleBelow, type Walkers } from './walkers.js'

/** p ∝ Π_i q_i^(b_i), to be generated from the laws q_i as the noise is taken away. */
export interface Composition {
  /** the laws q_i and their exponents b_i */
  readonly parts: readonly { readonly law: NoisedLaw; readonly exponent: number }[]
  /** the path along which the noise is taken away */
  readonly noising: Noising
  /** ζ: the noise has the amplitude ζ sqrt(2μkT); ζ² > 1 - 1/Σb, or finite numbers of walkers converge to a wrong state */
  readonly noise: number
}

/** What it costs beside forces and energies; totals over the walkers. */
export interface GuidedCost extends Cost {
  work: number
  heat: number
  /** energy of the landscape that resampling adds by setting walkers to the states of others, in kT */
  copying: number
  /** Σ over resamplings of n Σ_m w_m log(n w_m): relative entropy of what was taken from what there was, in nats */
  selection: number
}

/** Nothing asked yet. */
export function noCost(): GuidedCost {
  return { forces: 0, energies: 0, work: 0, heat: 0, copying: 0, selection: 0 }
}

/**
 * Times at which the noise over the signal, s²/m² ∝ e^(2μk0t) - 1, falls by equal factors from the first knot to the last:
 * even in t while the noise dominates, even in log t at the end.
 *
 * @returns [steps + 1], descending
 */
export function evenTimes({ stiffness, bath, knots }: Noising, steps: number): number[] {
  const rate = 2 * bath.mobility * stiffness
  const [first, last] = [knots[0]!, knots.at(-1)!].map((t) => Math.log(Math.expm1(rate * t))) as [number, number]
  return Array.from({ length: steps + 1 }, (_, k) => Math.log1p(Math.exp(first + ((last - first) * k) / steps)) / rate)
}

/** Draws from the composition at the noisiest time, where each law is that of the trap: N(0, kT/(k0 Σb)). */
export function fillNoise({ parts, noising }: Composition, { x, batch }: Walkers, seed: number): void {
  const width = Math.sqrt(noising.bath.kT / (noising.stiffness * sumOf(parts)))
  fillNormals(seed, stream.initial, 0, x.length / batch, 0, batch, x)
  for (let n = 0; n < x.length; n++) x[n]! *= width
}

/**
 * One Euler step of guided generation, from noise time t down to t - dt, with the weight that corrects it. For
 * scores s_i = ∇log q_i, S = Σ b_i s_i, forward drift f = -μ k0 x and σ² = 2μkT:
 *
 *     dx = [-f + ½σ²(1 + ζ²) S] dt + ζσ dW
 *     d log w = { (Σb - 1) ∇·f + ½σ² [|S|² - Σ b_i |s_i|²] } dt
 *
 * The second line is what ∂_t log Π q_i^(b_i) and the Fokker–Planck equation of the first disagree by. With one law it is
 * (β-1)∇·f + ½σ²β(β-1)|s|², with the product ∇·f + σ² s1·s2, with the geometric average ½σ² b(b-1)|s1 - s2|². ∇·s is in
 * none of them. Without weights the same steps sample something else than p.
 *
 * The motion is that of the landscape V = -k0|x|²/2 + (1+ζ²) Σ b_i U_i(x, t) in a bath at ζ²T, to which it gives the heat
 * V(x, t) - V(x', t), in kT.
 *
 * Cost: one force of each law for each walker. (Energies are for the heat, and not counted.)
 * Source: Skreta et al., arXiv 2503.02819 (2025), who treat the three cases one by one.
 */
export function guidedStep(
  composition: Composition,
  walkers: Walkers,
  [from, to]: readonly [number, number],
  seed: number,
  step: number,
  cost: GuidedCost,
): void {
  const { parts, noising, noise } = composition
  const { stiffness: k0, bath } = noising
  const { mobility, kT } = bath
  const { x, batch, logWeights } = walkers
  const units = x.length / batch
  const dt = from - to
  const [force, total] = arrays(2, x.length)
  const energy = new Float64Array(batch)
  const rate = new Float64Array(batch).fill(-(sumOf(parts) - 1) * mobility * k0 * units)
  let before = trapEnergy(composition, walkers)
  // ½σ² s² = μ F²/kT for F = kT s
  for (const { law, exponent } of parts) {
    law.evaluate(from, x, batch, force, energy)
    for (let n = 0; n < x.length; n++) {
      total[n]! += exponent * force[n]!
      rate[n % batch]! -= (mobility * exponent * force[n]! ** 2) / kT
    }
    for (let b = 0; b < batch; b++) before += ((1 + noise ** 2) * exponent * energy[b]!) / kT
    cost.forces += batch
  }
  for (let n = 0; n < x.length; n++) rate[n % batch]! += (mobility * total[n]! ** 2) / kT
  for (let b = 0; b < batch; b++) logWeights[b]! += rate[b]! * dt

  // The force of V, in a bath at ζ²T.
  for (let n = 0; n < x.length; n++) force[n] = k0 * x[n]! + (1 + noise ** 2) * total[n]!
  const quiet = { mobility, kT: noise ** 2 * kT }
  const drive = { units }
  const { forth } = langevinStep().start({
    drive,
    bath: quiet,
    batch,
    seed,
    first: 0,
    ...noiseOfChains(keyedNormals, seed, batch),
  })
  forth({ step, dt, kT: quiet.kT, x, force, energy }, total)
  x.set(total)
  cost.heat += before - landscapeEnergy(composition, walkers, from)
}

/** Resamples at noise time t and counts what that takes. */
export function select(
  composition: Composition,
  walkers: Walkers,
  t: number,
  seed: number,
  step: number,
  cost: GuidedCost,
): void {
  const { batch } = walkers
  const before = landscapeEnergy(composition, walkers, t)
  for (const w of normalised(walkers.logWeights)) if (w > 0) cost.selection += batch * w * Math.log(batch * w)
  resampleBelow(walkers, Number.POSITIVE_INFINITY, seed, step)
  cost.copying += landscapeEnergy(composition, walkers, t) - before
}

/** Σ over walkers of V(x, t)/kT. */
export function landscapeEnergy(composition: Composition, walkers: Walkers, t: number): number {
  const { parts, noising, noise } = composition
  const energy = new Float64Array(walkers.batch)
  let sum = trapEnergy(composition, walkers)
  for (const { law, exponent } of parts) {
    law.evaluate(t, walkers.x, walkers.batch, null, energy)
    for (const value of energy) sum += ((1 + noise ** 2) * exponent * value) / noising.bath.kT
  }
  return sum
}

/** -k0|x|²/2kT, the trap of the noising turned over. */
function trapEnergy({ noising }: Composition, { x }: Walkers): number {
  let squares = 0
  for (const value of x) squares += value * value
  return (-noising.stiffness * squares) / (2 * noising.bath.kT)
}

function sumOf(parts: Composition['parts']): number {
  return parts.reduce((sum, { exponent }) => sum + exponent, 0)
}
