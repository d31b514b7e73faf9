import type { Transition } from '../../physics/dynamics/integrator.js'
import { type LogRatio, metropolis, type Trial } from '../../physics/dynamics/metropolis.js'
import { arrays } from '../../physics/network/states.js'
import type { Landscape } from './landscape.js'
import { type Move, moveBy } from './moves.js'

/** Points u in [0, 1] and weights of ∫_0^1 f(u) du. */
interface Quadrature {
  readonly points: readonly number[]
  readonly weights: readonly number[]
}

const offset = 1 / (2 * Math.sqrt(3))

/** Simpson's rule and two Gauss–Legendre points: exact for cubic forces, so for potentials that are quartic along any line. */
export const simpson: Quadrature = { points: [0, 0.5, 1], weights: [1 / 6, 4 / 6, 1 / 6] }
/** Two Gauss–Legendre points, to the same degree without the ends. */
export const gaussLegendre: Quadrature = { points: [0.5 - offset, 0.5 + offset], weights: [0.5, 0.5] }

/** The trapezoidal rule with n intervals, off by (1/12n²) [f'(1) - f'(0)] and smaller terms. */
export function trapezoid(n: number): Quadrature {
  const points = Array.from({ length: n + 1 }, (_, k) => k / n)
  return { points, weights: points.map((_, k) => (k === 0 || k === n ? 0.5 : 1) / n) }
}

/** Rules by name, each for so many intervals; only the trapezoidal one takes them into account. */
export const quadratures = { simpson: () => simpson, 'gauss-legendre': () => gaussLegendre, trapezoid } as const

/**
 * The ratio of two probabilities from forces alone: the work of the force along the straight line between two states,
 *
 *     log p(x')/p(x) = ∫_0^1 F(x + u(x' - x))·(x' - x) du / kT
 *
 * so that a composition of networks whose energies nobody can read is corrected by the forces that they exert.
 *
 * Cost: a force for each point.
 * Source: Sjöberg, Lindqvist, Önnheim, Jirstrand & Svensson, arXiv 2307.14012 (2023).
 */
export function lineIntegral({ points, weights }: Quadrature): LogRatio {
  return {
    energy: false,
    start({ drive, batch }) {
      const [state, force] = arrays(2, drive.units * batch)
      return ({ x, kT }, next, _energyThere, out) => {
        out.fill(0)
        points.forEach((u, k) => {
          for (let n = 0; n < x.length; n++) state[n] = x[n]! + u * (next[n]! - x[n]!)
          drive.evaluate(state, batch, force, null)
          for (let n = 0; n < x.length; n++) out[n % batch]! += (weights[k]! * force[n]! * (next[n]! - x[n]!)) / kT
        })
      }
    },
  }
}

/** How states can be proposed. */
export const proposals = ['langevin', 'random-walk'] as const

/** A proposal whose ratio is left out: a known mistake. */
export function forgetful(proposal: Transition): Transition {
  return { ...proposal, symmetric: true }
}

/**
 * Metropolis–Hastings in a landscape. Where a proposal is taken, log p(x')/p(x) goes to the bath: heat. A refused one is carried
 * along the line and back: `work` is what carrying it there takes, which the way back returns.
 *
 * @param h - length of a step, for proposals that have one
 */
export function metropolisMove(
  landscape: Landscape,
  h: number,
  proposal: Transition,
  logRatio: LogRatio,
  watch?: (trial: Trial) => void,
): Move {
  const { cost } = landscape
  const scheme = metropolis('metropolis', proposal, logRatio, (trial) => {
    watch?.(trial)
    trial.logRatio.forEach((value, b) => {
      if (trial.taken[b] === 0 && Number.isFinite(value)) cost.work = (cost.work ?? 0) - value
    })
  })
  return moveBy(scheme, landscape, h)
}
