import { invalidValue } from '../../errors.js'
import { eulerMaruyama, langevinStep } from '../../physics/dynamics/euler-maruyama.js'
import type { Integrator, Transition } from '../../physics/dynamics/integrator.js'
import { arrays, type States } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { normalised } from '../../physics/observe/log-weights.js'
import type { KnownStep, WeighedStep } from './arithmetic.js'
import { addHeat, addWork, type Landscape } from './landscape.js'
import { type Move, moveBy, noiseOfChains } from './moves.js'
import type { DataPhase, Objective } from './objective.js'
import { memoryOfWalkers, pickWalkers, resampleBelow, type Walkers } from './walkers.js'

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
 * Walkers that a scheme moves, weighed: against its way back where its transition is known (weightedLangevin), by the work of the jump
 * before it where it leaves e^(-U/kT) as it is (weightedByWork).
 *
 * @throws E_INVALID_VALUE for a scheme that neither is known of
 */
export function weightedMove(scheme: Integrator, landscape: Landscape, h: number): WeightedMove {
  if (scheme.transition !== undefined) return weightedTransition(landscape, h, scheme.transition, true)
  if (!scheme.dynamical) return weightedByWork(landscape, moveBy(scheme, landscape, h))
  throw invalidValue(
    `walkers moved by ${scheme.name} have no weight: its steps have no known density, and change e^(-U/kT).`,
    'objective.kernels',
  )
}

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
  if (transport === null) return weightedMove(eulerMaruyama, landscape, h)
  let from: Float64Array
  let to: Float64Array
  const step = langevinStep({
    forth: (states, out) => transport(from, to, states, out),
    back: (states, out) => transport(to, from, states, out),
  })
  const move = weightedTransition(landscape, h, step, false)
  return (walkers, before, after, ...key) => {
    ;[from, to] = [before, after]
    move(walkers, before, after, ...key)
  }
}

/**
 * Any step of known density q_k, weighed against its way back: A' = A + [U_k(x) - U_{k+1}(x')]/kT + log q_{k+1}(x|x')/q_k(x'|x).
 *
 * @param isMotion - of the network in its bath, so that it has a heat and the jump after it a work
 * @throws E_INVALID_VALUE where units flip too: what weighs the step knows nothing of that
 */
function weightedTransition(landscape: Landscape, h: number, transition: Transition, isMotion: boolean): WeightedMove {
  const { bath, arithmetic, cost } = landscape
  return (walkers, before, after, seed, from) => {
    const { batch, logWeights } = walkers
    if (landscape.at(before).discrete !== undefined)
      throw invalidValue(
        'walkers whose units flip beside it have no weight by their step alone. Move them by mala, whose weight is the work.',
        'objective.kernels',
      )
    const step: KnownStep = { transition, bath, dt: h, from, seed, stream: stream.dynamics }
    const found = arithmetic.weigh?.(before, after, walkers, step) ?? null
    if (found !== null) {
      cost.forces += 2 * batch
      cost.energies += 2 * batch
    }
    const { energy, moved, jumped, exponent } = found ?? takeStep(landscape, before, after, walkers, step, isMotion)
    for (let b = 0; b < batch; b++) {
      logWeights[b]! += energy[b]! / bath.kT
      logWeights[b]! += exponent[b]!
    }
    if (isMotion) {
      addHeat(landscape, energy, moved)
      addWork(landscape, moved, jumped)
    }
  }
}

/** Takes a step x → x' of known density, in place, and measures what weighs it; U(x'; before) only for a motion, which has a heat. */
function takeStep(
  landscape: Landscape,
  before: Float64Array,
  after: Float64Array,
  { x, batch }: States,
  { transition, bath, dt, from: step, seed }: KnownStep,
  isMotion: boolean,
): WeighedStep {
  const { arithmetic } = landscape
  const { kT } = bath
  const [next, force] = arrays(2, x.length)
  const [energy, moved, jumped, exponent] = arrays(4, batch)
  const noise = noiseOfChains(arithmetic, seed, batch)
  const drive = landscape.at(before)
  const { forth, addRatio } = transition.start({ drive, bath, batch, seed, first: 0, ...noise })
  landscape.evaluate(before, x, batch, force, energy)
  const input = { step, dt, kT, x, force, energy }
  forth(input, next)
  landscape.evaluate(after, next, batch, force, jumped)
  for (let b = 0; b < batch; b++) exponent[b] = -jumped[b]! / kT
  addRatio(input, next, force, exponent)
  // A measurement, whose energies are not counted.
  if (isMotion) arithmetic.forceAndEnergy(before, next, batch, null, moved)
  x.set(next)
  return { energy, moved, jumped, exponent }
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
  landscape.cost.energies += 2 * batch
  landscape.arithmetic.energies(before, after, x, batch, old, changed)
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
  /** states with the logarithms of their weights; changed in place */
  readonly walkers: Walkers
  /** what moves them */
  readonly move: WeightedMove
  /** see resampleBelow */
  readonly resampling: number
  /** of its random numbers */
  readonly seed: number
  /** states of the data phase */
  readonly data: DataPhase
}

/**
 * Maximum likelihood with walkers that are exact at every step of learning: the gradient is ⟨φ⟩_data - Σ_n w_n φ(x_n) with
 * w ∝ e^A. Three-factor: w is one scalar for each replica, the accumulated work.
 */
export function jarzynskiObjective({ walkers, move, resampling, seed, data }: JarzynskiOptions): Objective {
  return {
    name: 'jarzynski',
    locality: 'three-factor',
    memory: memoryOfWalkers(walkers),
    phases: (theta, iteration) => [
      data(iteration, theta),
      { ...walkers, name: 'walkers', scale: -1, weights: normalised(walkers.logWeights) },
    ],
    follow(before, after, iteration) {
      move(walkers, before, after, seed, iteration)
      resampleBelow(walkers, resampling, seed, iteration)
    },
  }
}
