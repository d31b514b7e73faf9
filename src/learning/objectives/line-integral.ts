import { arrays, type States } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { fillUniform } from '../../physics/noise/uniform.js'
import type { Landscape } from './landscape.js'
import type { Move } from './moves.js'

/** log p(x') - log p(x) for each column, written to `out` [batch]. */
export type LogRatio = (theta: Float64Array, from: States, to: Float64Array, out: Float64Array) => void

/** Points u in [0, 1] and weights of ∫_0^1 f(u) du. */
interface Quadrature {
  readonly points: readonly number[]
  readonly weights: readonly number[]
}

const offset = 1 / (2 * Math.sqrt(3))

/** Simpson's rule and two Gauss–Legendre points: exact for cubic forces, so for potentials that are quartic along any line. */
export const simpson: Quadrature = { points: [0, 0.5, 1], weights: [1 / 6, 4 / 6, 1 / 6] }
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
export function lineIntegral(landscape: Landscape, { points, weights }: Quadrature): LogRatio {
  return (theta, { x, batch }, to, out) => {
    const [state, force] = arrays(2, x.length)
    out.fill(0)
    points.forEach((u, k) => {
      for (let n = 0; n < x.length; n++) state[n] = x[n]! + u * (to[n]! - x[n]!)
      landscape.evaluate(theta, state, batch, force, null)
      for (let n = 0; n < x.length; n++)
        out[n % batch]! += (weights[k]! * force[n]! * (to[n]! - x[n]!)) / landscape.bath.kT
    })
  }
}

/** The same from energies, [U(x) - U(x')]/kT. Cost: two energies. */
export function energyDifference(landscape: Landscape): LogRatio {
  return (theta, { x, batch }, to, out) => {
    const there = new Float64Array(batch)
    landscape.evaluate(theta, x, batch, null, out)
    landscape.evaluate(theta, to, batch, null, there)
    for (let b = 0; b < batch; b++) out[b] = (out[b]! - there[b]!) / landscape.bath.kT
  }
}

/** Writes proposals x' to `to` and log q(x|x')/q(x'|x) to `ratio` [batch], 0 where the proposal is symmetric. */
export type Proposal = (
  theta: Float64Array,
  from: States,
  normals: Float64Array,
  to: Float64Array,
  ratio: Float64Array,
) => void

/** x' = x + width ξ, which is symmetric. */
export function randomWalk(width: number): Proposal {
  return (_theta, { x }, normals, to, ratio) => {
    for (let n = 0; n < x.length; n++) to[n] = x[n]! + width * normals[n]!
    ratio.fill(0)
  }
}

/**
 * A Langevin step x' = x + μhF(x) + sqrt(2μkTh) ξ, with the ratio that its drift makes necessary. Cost: two forces, or one
 * with `forgetful`, which leaves the ratio out: a known mistake.
 */
export function langevinStep(landscape: Landscape, h: number, forgetful = false): Proposal {
  const { mobility, kT } = landscape.bath
  const kick = Math.sqrt(2 * mobility * kT * h)
  return (theta, { x, batch }, normals, to, ratio) => {
    const force = new Float64Array(x.length)
    landscape.evaluate(theta, x, batch, force, null)
    for (let n = 0; n < x.length; n++) to[n] = x[n]! + mobility * h * force[n]! + kick * normals[n]!
    ratio.fill(0)
    if (forgetful) return
    landscape.evaluate(theta, to, batch, force, null)
    for (let n = 0; n < x.length; n++) {
      const back = x[n]! - to[n]! - mobility * h * force[n]!
      ratio[n % batch]! += (normals[n]! ** 2 - (back / kick) ** 2) / 2
    }
  }
}

/** How states can be proposed. */
export const proposals = ['langevin', 'random-walk'] as const

/** What was proposed in a step, and with what exponent; called before anything moves. */
type Watch = (theta: Float64Array, from: States, to: Float64Array, logRatio: Float64Array, ratio: Float64Array) => void

/**
 * Metropolis–Hastings: x' is taken with probability min(1, e^a), a = log p(x')/p(x) + log q(x|x')/q(x'|x).
 *
 * log p(x')/p(x) is the energy over kT that a state has less at x'. Where it is taken, it goes to the bath: heat. A refused
 * proposal is carried along the line and back: `work` is what carrying it there takes, which the way back returns.
 *
 * Source: Metropolis et al., J. Chem. Phys. 21, 1087 (1953); Hastings, Biometrika 57, 97 (1970).
 */
export function metropolis(landscape: Landscape, propose: Proposal, logRatioOf: LogRatio, watch?: Watch): Move {
  const { cost, units } = landscape
  return (theta, states, seed, step) => {
    const { x, batch } = states
    const [normals, to] = arrays(2, x.length)
    const [uniform, ratio, logRatio] = arrays(3, batch)
    fillNormals(seed, stream.dynamics, step, units, 0, batch, normals)
    fillUniform({ seed, stream: stream.acceptance, step }, uniform)
    propose(theta, states, normals, to, ratio)
    logRatioOf(theta, states, to, logRatio)
    watch?.(theta, states, to, logRatio, ratio)
    for (let b = 0; b < batch; b++) {
      // A proposal that is not finite is refused too: its exponent is not greater than anything.
      if (Math.log(uniform[b]! + 2 ** -33) < logRatio[b]! + ratio[b]!) {
        cost.heat = (cost.heat ?? 0) + logRatio[b]!
        for (let n = b; n < x.length; n += batch) x[n] = to[n]!
      } else if (Number.isFinite(logRatio[b]!)) cost.work = (cost.work ?? 0) - logRatio[b]!
    }
  }
}
