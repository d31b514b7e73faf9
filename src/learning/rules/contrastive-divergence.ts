import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { scratch } from '../../physics/potential/term.js'
import type { Bath } from '../../physics/protocol/bath.js'
import type { NoisedBatch, Rule } from './rule.js'

/** How long the network runs, and how. */
export interface ContrastOptions {
  /** h in units of the slice's relaxation time s²/(μkT) */
  readonly time?: number | undefined
  /** Euler–Maruyama steps that h is cut into */
  readonly substeps?: number | undefined
  /** average over runs with the noise +ξ and -ξ: a simulator can, a device can't */
  readonly antithetic?: boolean | undefined
}

/** With one step of time .05 a stiffness is found at most about .05/2 = 2.5 % too large: K(1 - μhK/2) = kTΣ⁻¹, K ≤ kT/s². */
export const defaultContrast = { time: 0.05, substeps: 1, antithetic: true } as const

/**
 * Contrastive divergence: the network is let go from the noised data for a time h, and each parameter compares its own
 * statistic before and after,
 *
 *     dL/dθ_a = (w/μh) ⟨φ̄_a(x) - φ̄_a(x')⟩
 *
 * It needs no force, no target and no derivative, and holds for hidden units, whose φ̄ is what they are seen to do. As h → 0 it
 * is implicit score matching for the quasi-static drive, by ⟨φ(x')⟩ = ⟨φ⟩ + h⟨𝓛φ⟩, 𝓛 = μ(F·∇ + kT∇²). It can't train the
 * reverse drive, whose force leaves the noised data no equilibrium.
 *
 * Bias, over w: one Euler–Maruyama step -(μh/2)⟨F²⟩ for a stiffness, -μh⟨F_iF_j⟩ for a coupling, none for a bias force; many
 * substeps -(h/2μ)⟨𝓛²φ⟩. Variance: it grows as 1/h, since φ(x') - φ(x) is mostly noise ∝ √h; antithetic noise removes that.
 * Source: Hinton, Neural Comput. 14, 1771 (2002), with Langevin steps.
 *
 * Cost: substeps forces and two statistics, O(edges·batch); twice the forces and one more statistic with antithetic noise.
 */
export function contrastiveDivergence(options: ContrastOptions = {}): Rule {
  const substeps = options.substeps ?? defaultContrast.substeps
  const antithetic = options.antithetic ?? defaultContrast.antithetic
  const [states, statistics] = [scratch(), scratch()]
  return {
    name: 'contrastive-divergence',
    equation: '(w/μh)⟨φ̄(x) - φ̄(x′)⟩, x′ after a run of length h',
    measures: 'the response of each parameter before and after a free run',
    locality: 'local',
    hidden: 'local',
    bias: 'O(h)',
    trains: ['quasi-static'],
    gradient(device, noised, gradient) {
      const { x, batch, weight, draw } = noised
      const { seed, step } = draw
      const [after, moved] = [states(x.length), statistics(gradient.length)]
      const { mobility } = device.bath
      const h = contrastTime(noised, device.bath, options)
      const normals = (substep: number, out: Float64Array) =>
        fillNormals(seed, stream.contrast, step * substeps + substep, x.length / batch, 0, batch, out)
      device.statistic(x, batch, gradient)
      const signs = antithetic ? [false, true] : [false]
      const share = 1 / signs.length
      for (const opposite of signs) {
        device.run(x, batch, { time: h, substeps, normals, opposite }, after)
        device.statistic(after, batch, moved)
        for (let a = 0; a < gradient.length; a++) gradient[a]! -= share * moved[a]!
      }
      const factor = weight / (mobility * h * batch)
      for (let a = 0; a < gradient.length; a++) gradient[a]! *= factor
      return null
    },
  }
}

/** h: the length of the free run that starts from a batch, in units of time. */
export function contrastTime({ weight }: NoisedBatch, { kT, mobility }: Bath, { time }: ContrastOptions = {}): number {
  return ((time ?? defaultContrast.time) * weight) / (mobility * kT)
}
