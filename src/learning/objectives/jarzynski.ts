import { arrays, type States } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { normalised } from '../../physics/observe/log-weights.js'
import { forceAndEnergy } from '../../physics/potential/potential.js'
import { addHeat, addWork, type Landscape } from './landscape.js'
import type { Move } from './moves.js'
import type { Objective, Phase } from './objective.js'
import { pickWalkers, resampleBelow, type Walkers } from './walkers.js'

/**
 * A step of the walkers as the parameters go from `before` to `after`: moves x and changes A, in place, so that the weighted
 * walkers are samples of e^(-U(·; after)/kT).
 */
export type WeightedMove = (
  walkers: Walkers,
  before: Float64Array,
  after: Float64Array,
  seed: number,
  step: number,
) => void

/** A displacement that carries the states of one potential towards those of another: writes d(x) to `out`, [units, batch]. */
export type Transport = (from: Float64Array, to: Float64Array, states: States, out: Float64Array) => void

/**
 * Any Gaussian step x' = x + D + sqrt(2μkTh) ξ with D = d(x) + μhF_k(x), weighed against its way back D' from x' at k+1:
 *
 *     A' = A + [U_k(x) - U_{k+1}(x')]/kT + (|x' - x - D|² - |x - x' - D'|²)/(4μkTh)
 *
 * Exact at every h. Without a transport d this is unadjusted Langevin,
 * A' = A - α_{k+1}(x', x) + α_k(x, x'), α_k(x, y) = [U_k(x) + ½(y - x)·∇U_k(x) + (μh/4)|∇U_k(x)|²]/kT;
 * with the velocity of a stochastic interpolant it is the interpolant's step, whose error in h the weights remove.
 *
 * Cost: two forces and two energies.
 * Source: Carbone, Hua, Coste, Vanden-Eijnden, arXiv 2305.19414 (2023), for d = 0; Carbone, arXiv 2506.07843 (2025), on moves.
 */
export function weightedLangevin(landscape: Landscape, h: number, transport: Transport | null = null): WeightedMove {
  const { mobility, kT } = landscape.bath
  const variance = 2 * mobility * kT * h
  return ({ x, batch, logWeights }, before, after, seed, step) => {
    const [next, forth, back, force, normals] = arrays(5, x.length)
    const energy = new Float64Array(batch)
    fillNormals(seed, stream.dynamics, step, landscape.units, 0, batch, normals)

    landscape.evaluate(before, x, batch, force, energy)
    transport?.(before, after, { x, batch }, forth)
    for (let n = 0; n < x.length; n++) {
      forth[n]! += mobility * h * force[n]!
      next[n] = x[n]! + forth[n]! + Math.sqrt(variance) * normals[n]!
    }
    for (let b = 0; b < batch; b++) logWeights[b]! += energy[b]! / kT
    if (transport === null) addExchange(landscape, before, after, { x, next, batch })
    landscape.evaluate(after, next, batch, force, energy)
    transport?.(after, before, { x: next, batch }, back)
    for (let b = 0; b < batch; b++) {
      let exponent = -energy[b]! / kT
      for (let n = b; n < x.length; n += batch) {
        const wayBack = x[n]! - next[n]! - back[n]! - mobility * h * force[n]!
        exponent += (normals[n]! ** 2 - wayBack ** 2 / variance) / 2
      }
      logWeights[b]! += exponent
    }
    x.set(next)
  }
}

/** Adds the heat of a step in U_k and the work of the jump that follows it; a measurement, whose energies are not counted. */
function addExchange(
  landscape: Landscape,
  before: Float64Array,
  after: Float64Array,
  { x, next, batch }: { x: Float64Array; next: Float64Array; batch: number },
): void {
  const { potential } = landscape
  const [start, moved, jumped] = arrays(3, batch)
  forceAndEnergy(potential, before, x, batch, null, start)
  forceAndEnergy(potential, before, next, batch, null, moved)
  forceAndEnergy(potential, after, next, batch, null, jumped)
  addHeat(landscape, start, moved)
  addWork(landscape, moved, jumped)
}

/**
 * The potential jumps, then walkers move in the new one: A' = A - W/kT, W = U_{k+1}(x) - U_k(x). Exact for a move that
 * leaves its target invariant; an unadjusted one makes it the uncorrected work, which is biased by O(h). The order matters:
 * moving by the old potential after the jump is biased too (`wrongOrder`, for showing it).
 *
 * Cost: two energies and the move.
 */
export function weightedByWork(landscape: Landscape, move: Move, wrongOrder = false): WeightedMove {
  return (walkers, before, after, seed, step) => {
    jump(landscape, walkers, before, after)
    move(wrongOrder ? before : after, walkers, seed, step)
  }
}

/** A' = A - [U_{k+1}(x) - U_k(x)]/kT for walkers that stay where they are. */
function jump(
  landscape: Landscape,
  { x, batch, logWeights }: Walkers,
  before: Float64Array,
  after: Float64Array,
): void {
  const [old, changed] = arrays(2, batch)
  landscape.evaluate(before, x, batch, null, old)
  landscape.evaluate(after, x, batch, null, changed)
  for (let b = 0; b < batch; b++) logWeights[b]! -= (changed[b]! - old[b]!) / landscape.bath.kT
  addWork(landscape, old, changed)
}

/** Only a share of the walkers moves, another at each step; the others take the jump where they are, which is exact too. */
export function minibatch(landscape: Landscape, move: WeightedMove, share: number): WeightedMove {
  return (walkers, before, after, seed, step) => {
    const { batch, x, logWeights } = walkers
    const size = Math.max(1, Math.round(share * batch))
    const first = (step * size) % batch
    const isMoved = (b: number) => (b - first + batch) % batch < size
    const numbers = Int32Array.from({ length: batch }, (_, b) => b)
    const [going, staying] = [numbers.filter(isMoved), numbers.filter((b) => !isMoved(b))]
    const [moved, resting] = [pickWalkers(walkers, going), pickWalkers(walkers, staying)]
    move(moved, before, after, seed, step)
    jump(landscape, resting, before, after)
    for (const [part, chosen] of [[moved, going] as const, [resting, staying] as const])
      chosen.forEach((b, n) => {
        logWeights[b] = part.logWeights[n]!
        for (let to = b, from = n; to < x.length; to += batch, from += part.batch) x[to] = part.x[from]!
      })
  }
}

/** How the walkers of `jarzynskiObjective` go along. */
export interface JarzynskiOptions {
  readonly walkers: Walkers
  readonly move: WeightedMove
  /** see resampleBelow */
  readonly resampling: number
  readonly seed: number
  /** the data of an iteration */
  readonly data: (iteration: number) => Phase
}

/**
 * Maximum likelihood with walkers that are exact at every step of learning: the gradient is ⟨φ⟩_data - Σ_n w_n φ(x_n) with
 * w ∝ e^A. Three-factor: w is one scalar for each replica, the accumulated work.
 */
export function jarzynskiObjective({ walkers, move, resampling, seed, data }: JarzynskiOptions): Objective {
  return {
    name: 'jarzynski',
    locality: 'three-factor',
    phases: (_theta, iteration) => [
      data(iteration),
      { ...walkers, name: 'walkers', scale: -1, weights: normalised(walkers.logWeights) },
    ],
    follow(before, after, iteration) {
      move(walkers, before, after, seed, iteration)
      resampleBelow(walkers, resampling, seed, iteration)
    },
  }
}
