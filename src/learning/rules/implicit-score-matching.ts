import { scratch } from '../../physics/potential/term.js'
import type { Rule } from './rule.js'

/**
 * Implicit score matching: force matching with its target integrated away by parts,
 *
 *     dL/dθ_a = -w⟨(F - trap·x)·∇φ_a⟩ - w·scale·⟨∇²φ_a⟩
 *
 * with trap = 0, scale = kT for the quasi-static drive and trap = k0, scale = 2kT for the reverse one: for a stiffness
 * -w⟨F x⟩ - w kT, for a bias w⟨F⟩, for a coupling -w⟨F_i x_j + F_j x_i⟩. Nobody needs to know the injected noise: the fixed
 * point is equilibrium in the noised data, -⟨F_i x_i⟩ = kT, ⟨F_i x_j⟩ + ⟨F_j x_i⟩ = 0. Same gradient as force matching in the
 * mean over ε, with less variance where the noise is weak.
 *
 * The ∇²φ̄ of hidden units holds susceptibilities and their slopes, which no measurement here gives: visible units only.
 * Source: Hyvärinen, J. Mach. Learn. Res. 6, 695 (2005), eq. 4.
 *
 * Cost: one force, one correlation and one sum of curvatures, O(edges·batch).
 */
export function implicitScoreMatching(): Rule {
  const [forces, curvatures] = [scratch(), scratch()]
  return {
    name: 'implicit-score-matching',
    equation: '-w⟨(F - trap·x)·∇φ(x)⟩ - w·scale·⟨∇²φ(x)⟩',
    measures: 'positions and forces',
    locality: 'local',
    hidden: null,
    bias: 'none',
    trains: ['reverse', 'quasi-static'],
    gradient({ force, electronics }, { x, target, batch, weight, trap, scale }, gradient) {
      const [score, curvature] = [forces(x.length), curvatures(gradient.length)]
      force(x, batch, score)
      for (let n = 0; n < target.length; n++) score[n]! -= trap * x[n]!
      electronics.directional(x, score, batch, gradient)
      electronics.laplacian(x, batch, curvature)
      const factor = -weight / batch
      for (let a = 0; a < gradient.length; a++) gradient[a] = factor * (gradient[a]! + scale * curvature[a]!)
      return null
    },
  }
}
