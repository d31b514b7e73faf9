import type { Landscape } from './landscape.js'
import { actionGradient, pathAction } from './path-action.js'
import type { Paths } from './paths.js'

/** Where units are to be when they are read, and those that are held. */
export interface Goal {
  /** of held units their states, of others those at t_f, [units, paths] */
  readonly x: Float64Array
  readonly paths: number
  /** 1 where a unit is held, [units] */
  readonly held: Uint8Array
}

/** Idealised trajectories: held units stay, and each of the others goes from 0 to its goal at constant speed, x*(t) = x*(t_f) t/t_f. */
export function idealisedPaths({ x: goal, paths, held }: Goal, steps: number): Paths {
  const units = held.length
  const frames = steps + 1
  const x = new Float64Array(units * frames * paths)
  for (let i = 0; i < units; i++)
    for (let t = 0; t < frames; t++)
      for (let n = 0; n < paths; n++)
        x[(i * frames + t) * paths + n] = goal[i * paths + n]! * (held[i] === 1 ? 1 : t / steps)
  return { x, units, frames, paths }
}

/**
 * Mean action of idealised trajectories, -log of the probability of their Euler–Maruyama steps up to a constant, and its gradient,
 *
 *     A = ⟨Σ_t Σ_i r_i²⟩/(4μkTh),   r = dx* - μhF(x*; θ),   ∂A/∂J_ij = ⟨Σ_t (r_i x*_j + r_j x*_i)⟩/2kT
 *
 * over the units that move (r = 0 for held ones). F is linear in θ, so that A is quadratic and has one minimum; each parameter
 * needs what its own units do.
 *
 * Source: after Whitelam, arXiv:2509.15324, whose idealised trajectories end in the activations of a digital network.
 */
export function idealisedAction(
  landscape: Landscape,
  theta: Float64Array,
  goal: Goal,
  dt: number,
  steps: number,
): { readonly action: number; readonly gradient: Float64Array } {
  const { bath, units } = landscape
  const paths = idealisedPaths(goal, steps)
  const { residual } = pathAction(landscape, theta, bath, paths, dt)
  const perUnit = paths.frames * paths.paths
  for (let i = 0; i < units; i++) if (goal.held[i] === 1) residual.fill(0, i * perUnit, (i + 1) * perUnit)
  const action = residual.reduce((sum, r) => sum + r * r, 0) / (4 * bath.mobility * bath.kT * dt * paths.paths)
  return { action, gradient: actionGradient(landscape, theta, paths, { residual }, null) }
}
