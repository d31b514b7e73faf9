import { scratch } from '../../physics/potential/term.js'
import type { NoisedBatch, PathOptions, Rule } from './rule.js'

/** The paths that it learns from; absent ones have their defaults. */
export interface PathSettings {
  readonly dt?: number | undefined
  readonly steps?: number | undefined
  /** apply the gradient of every step of a path at once */
  readonly online?: boolean | undefined
}

/** Paths of noising where none are asked for: .4 of a relaxation time, centred on the knot. */
export const defaultPath = { dt: 0.05, steps: 8, online: false } as const satisfies PathSettings

/** The paths that the rule learns from. */
export function pathOptions({ dt, steps }: PathSettings = {}): PathOptions {
  return { dt: dt ?? defaultPath.dt, steps: steps ?? defaultPath.steps }
}

/**
 * The reverse-path rule: the gradient of the Onsager–Machlup action ⟨|-dx - μF(x′)h|²⟩/(4μkTh) of noising steps dx = x′ - x run
 * backwards under the force F, which is ⟨ρ·∇φ_a(x′)⟩ with ρ = (-dx - μF(x′)h)/(2kT), times 2kT w/(μh):
 *
 *     dL/dθ_a = -w⟨r·∇φ_a(x′)⟩,   r = F(x′) + dx/(μh)
 *
 * averaged over the steps of a path. It is force matching whose target is the velocity of the noising run backwards, -dx/(μh):
 * nothing is needed but the positions of that run and the force where it has gone; nobody knows ε. It trains the reverse drive,
 * the time reversal of the noising.
 *
 * Bias: O(h), and O(L²) for a path of length L about the slice's time (see createNoiser). The target's variance is that of
 * force matching times (s²/μkT)/2h. Visible units only: with hidden ones it would carry residuals through couplings, as force
 * matching does.
 *
 * @param at - "after" x′, as it must be; "before" x is the time-forward path, and learns the noising instead: a control
 *
 * Cost: for each step of the path one force and one correlation, O(edges·batch).
 * Source: Onsager and Machlup, Phys. Rev. 91, 1505 (1953), for the action; Whitelam, arXiv 2506.15121, for the rule.
 */
export function reversePath({
  at = 'after',
  path,
}: {
  readonly at?: 'after' | 'before'
  readonly path?: PathSettings | undefined
} = {}): Rule {
  const [residuals, parts] = [scratch(), scratch()]
  return {
    name: 'reverse-path',
    equation: '-w⟨r·∇φ(x′)⟩, r = F(x′) + dx/(μh), dx = x′ - x of noising',
    measures: 'positions along a noising run, and forces there',
    locality: 'local',
    hidden: null,
    bias: 'O(h)',
    trains: ['reverse'],
    path: { ...pathOptions(path), online: path?.online ?? defaultPath.online },
    gradient({ bath, force, electronics }, noised, gradient) {
      const { batch, weight } = noised
      const path = pathOf(noised)
      const [residual, part] = [residuals(noised.x.length), parts(gradient.length)]
      gradient.fill(0)
      for (const step of path) {
        const { before, after } = step
        const x = step[at]
        const mobile = bath.mobility * step.dt
        force(x, batch, residual)
        for (let n = 0; n < residual.length; n++) residual[n]! += (after[n]! - before[n]!) / mobile
        electronics.directional(x, residual, batch, part)
        for (let a = 0; a < gradient.length; a++) gradient[a]! += part[a]!
      }
      const factor = -weight / (batch * path.length)
      for (let a = 0; a < gradient.length; a++) gradient[a]! *= factor
      return null
    },
  }
}

/** The noising steps of a batch as batches of one step each, for learning online. */
export function stepsOf(batch: NoisedBatch): NoisedBatch[] {
  return pathOf(batch).map((step) => ({ ...batch, path: [step] }))
}

function pathOf({ path }: NoisedBatch) {
  if (path === undefined || path.length === 0)
    throw new Error('the reverse-path rule learns from noising steps: give createNoiser a path')
  return path
}
