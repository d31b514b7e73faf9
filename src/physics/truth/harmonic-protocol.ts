import { Matrix } from 'ml-matrix'
import type { GaussianLaw } from '../observe/moments.js'
import type { Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import type { Protocol } from '../protocol/protocol.js'
import { eulerMaruyamaMap, type HarmonicLandscape, harmonicSteps, inner } from './harmonic-steps.js'

/** What is exactly known of a harmonic network driven by a protocol in steps of Euler–Maruyama. */
export interface HarmonicProtocolLaw extends GaussianLaw {
  /** ∏(1 - μhK), how the initial state is remembered: Cov(x_end, x_0) = memory·Cov(x_0); [units, units] row-major */
  readonly memory: Float64Array
  /** mean and variance of the work */
  readonly work: { readonly mean: number; readonly variance: number }
  /** mean heat to the bath, ⟨W⟩ - Δ⟨U⟩ */
  readonly heat: number
}

/**
 * The exact law of Euler–Maruyama in a harmonic landscape U = xᵀKx/2 - f·x that jumps before every step, not of its
 * continuum limit. With A = 1 - μhK, mean m and covariance S of x, work W, c = Cov(W, x) and C = Cov(W, (x-m)(x-m)ᵀ):
 *
 *     jump: g = ΔK m - Δf,  ⟨W⟩ += mᵀΔK m/2 - Δf·m,  Var W += 2g·c + tr(ΔK C) + gᵀS g + tr(ΔK S ΔK S)/2,
 *           c += S g,  C += S ΔK S
 *     step: m' = A m + μh f,  S' = A S Aᵀ + 2μkTh (μ and kT diagonal matrices),  c' = A c,  C' = A C Aᵀ
 *
 * (Gaussian moments: Cov(yᵀΔK y/2, yyᵀ) = SΔK S, and odd ones vanish.)
 *
 * @param potential one whose terms are all harmonic
 * @param start law of the initial states; covariance 0 for a point
 *
 * Cost: O(steps·units³).
 */
export function harmonicProtocolLaw(
  potential: Potential,
  protocol: Protocol,
  bath: Bath,
  start: GaussianLaw,
): HarmonicProtocolLaw {
  const { units } = potential.network
  let m = Matrix.columnVector(start.mean)
  let S = Matrix.from1DArray(units, units, start.covariance)
  let memory = Matrix.eye(units)
  let c = Matrix.zeros(units, 1)
  let C = Matrix.zeros(units, units)
  let mean = 0
  let variance = 0
  const meanEnergy = ({ K, f, constant }: HarmonicLandscape) =>
    (inner(m, K.mmul(m)) + K.mmul(S).trace()) / 2 - inner(f, m) + constant
  const stepOf = eulerMaruyamaMap(bath, potential.network)
  let initialEnergy = 0
  let landscape: HarmonicLandscape | null = null
  for (const { h, before, after } of harmonicSteps(potential, protocol)) {
    if (landscape === null) initialEnergy = meanEnergy(before)
    landscape = after
    if (after !== before) {
      const dK = Matrix.sub(after.K, before.K)
      const g = dK.mmul(m).sub(Matrix.sub(after.f, before.f))
      const SdK = S.mmul(dK)
      mean += meanEnergy(after) - meanEnergy(before)
      variance += 2 * inner(g, c) + dK.mmul(C).trace() + inner(g, S.mmul(g)) + SdK.mmul(SdK).trace() / 2
      c = Matrix.add(c, S.mmul(g))
      C = Matrix.add(C, SdK.mmul(S))
    }
    const { A, At, push, noise } = stepOf(after, h)
    m = A.mmul(m).add(push)
    S = A.mmul(S).mmul(At).add(noise)
    if (variance > 0) {
      c = A.mmul(c)
      C = A.mmul(C).mmul(At)
    }
    memory = A.mmul(memory)
  }
  return {
    mean: Float64Array.from(m.to1DArray()),
    covariance: Float64Array.from(S.to1DArray()),
    memory: Float64Array.from(memory.to1DArray()),
    work: { mean, variance },
    heat: landscape === null ? 0 : mean - (meanEnergy(landscape) - initialEnergy),
  }
}
