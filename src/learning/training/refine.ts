import type { Backend } from '../../backend/backend.js'
import type { Hooks, Keeper } from '../../backend/hooks.js'
import { createReference } from '../../backend/reference.js'
import { simulationOf } from '../../backend/simulation.js'
import { exitCode, OverdampedError, StoppedError } from '../../errors.js'
import { gaussianStart, type InitialStates } from '../../physics/dynamics/ensemble.js'
import type { Observer } from '../../physics/dynamics/observer.js'
import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'
import { observeKnots } from '../../physics/observe/knots.js'
import type { Potential } from '../../physics/potential/potential.js'
import { type GenerationOptions, generationProtocol } from '../../physics/protocol/generation-protocol.js'
import { noiseWidth, signal } from '../../physics/protocol/noising.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import type { MetricLine } from './losses.js'
import { momentsOf } from './moments.js'
import { type TrainingTask, type WholeTask, wholeTask } from './task.js'

/** How a trained protocol is refined (see `refine`); `defaultRefinement` where absent. */
export interface RefineOptions {
  /** generations, each of which moves the parameters once; what the last two thirds of them leave is averaged */
  readonly passes?: number | undefined
  /** in each generation */
  readonly trajectories?: number | undefined
  /**
   * noise times between which knots are refined: above there is little that could be off, and below a slice is too short to mend what
   * those before it left
   */
  readonly from?: number | undefined
  /** the least noisy of these times */
  readonly until?: number | undefined
  /** part β of a slice's error that a pass takes away: at the first pass, and at the last */
  readonly rate?: number | undefined
  /** β at the last pass */
  readonly finalRate?: number | undefined
}

/** How it is refined where nothing is said. */
export const defaultRefinement = {
  ...{ passes: 10, trajectories: 2000, from: 0.02, until: 1.2, rate: 0.3, finalRate: 0.1 },
} as const satisfies RefineOptions

/** How the protocol is run meanwhile. */
export interface RefineRun extends GenerationOptions {
  /** trajectories that advance together; simulationOf's when absent */
  readonly batch?: number | undefined
  /** what is driven, and how, by a clock; the learned network in its own time when absent */
  readonly clocked?: {
    readonly potential: Potential
    readonly protocol: (knots: readonly Float64Array[]) => Protocol
    /** in the place of the duration of the slice before knot k, for a direction of that variance */
    readonly answeringTime: (protocol: Protocol, k: number, variance: number) => number
  }
}

/** Refinement between two passes. */
export interface RefineState {
  /** passes that are done */
  readonly pass: number
  /** parameters, and their sums over the passes that count, [K + 1][parameters] */
  readonly present: readonly Float64Array[]
  readonly sums: readonly Float64Array[]
}

/** What a caller may pass into refinement. */
export interface RefineHooks extends Hooks {
  readonly record?: ((line: MetricLine) => void) | undefined
  readonly keeper?: Keeper<RefineState> | undefined
}

/** Passes before those that are averaged, as a part of all. */
const warming = 1 / 3

/**
 * Boltzmann learning at every knot: the network generates, and where its states have other moments than the noised data, the
 * parameters that are their conjugates move,
 *
 *     Δθ_a = η_a (⟨φ_a⟩_generated - ⟨φ_a⟩_noised data),   η_J = η,   η_k = η_f = η_L = 2η,   η = β/(2μ Δt (m²λ + s²))
 *
 * for stiffness, bilinear, bias and label couplings, in displacements from the mean of the noised data. λ is the largest variance of the
 * data, Δt how long the slice before the knot takes: with β = 1 one slice would take away the whole error of that direction. No pass
 * changes a knot by more than a quarter of the stiffness of its score (see momentsOf). What the
 * parameters were is averaged over the last passes, the noise of whose generations is independent.
 *
 * Force matching finds each force where the data are. What is left off there adds up on the way from slice to slice, and only
 * generation shows it: samples vary too little along the principal axes. Local: a coupling needs the correlation of its own two
 * units, and the running means of both.
 *
 * @param knots - learned parameters, [K + 1][parameters], as `train` returns them
 * @param backend - the reference when absent
 * @returns refined ones, [K + 1][parameters]
 * @throws E_INVALID_VALUE for a potential without any of these terms; E_DIVERGED where generation runs away
 *
 * Cost: `passes` generations, and units² multiply-adds for each trajectory and knot.
 * Source of the rule: Ackley, Hinton & Sejnowski, Cognitive Science 9, 147 (1985), eq. 7.
 */
export async function refine(
  given: TrainingTask,
  knots: readonly Float64Array[],
  options: RefineOptions = {},
  run: RefineRun = {},
  backend: Backend = createReference(),
  { keeper, record, ...hooks }: RefineHooks = {},
): Promise<Float64Array[]> {
  const task = wholeTask(given)
  const { passes = defaultRefinement.passes, trajectories = defaultRefinement.trajectories } = options
  const { from = defaultRefinement.from, until = defaultRefinement.until } = options
  const { rate = defaultRefinement.rate, finalRate = defaultRefinement.finalRate } = options
  const { potential, noising, apparatus } = task
  const driven = run.clocked?.potential ?? potential
  const moments = momentsOf(task, backend)
  const present = knots.map((theta) => theta.slice())
  const sums = knots.map((theta) => new Float64Array(theta.length))
  const refined = noising.knots.flatMap((t, k) => (k > 0 && t > from && t < until ? [k] : []))
  const warm = Math.floor(passes * warming)
  const found = keeper?.found ?? null
  found?.present.forEach((theta, k) => void present[k]!.set(theta))
  found?.sums.forEach((sum, k) => void sums[k]!.set(sum))
  for (let pass = found?.pass ?? 0; pass < passes; pass++) {
    const onDevice = apparatus === undefined ? present : present.map((theta) => apparatus.realised(theta))
    const protocol = run.clocked?.protocol(onDevice) ?? generationProtocol(noising, onDevice, run)
    const at = refined.map((k) => noising.knots[k]!)
    const seen = observeKnots(at, protocol.clock, potential.network.units, trajectories)
    const onProgress: Hooks['onProgress'] = ({ done, total }) =>
      hooks.onProgress?.({ phase: 'refine', done: pass * total + done, total: passes * total })
    await generate(task, driven, protocol, run.batch, pass, seen, backend, { ...hooks, onProgress }).catch(
      (error: unknown) => {
        if (error instanceof StoppedError) keeper?.keep({ pass, present, sums })
        throw error
      },
    )
    const beta = rate + ((finalRate - rate) * pass) / Math.max(1, passes - 1)
    let error = 0
    for (const [place, k] of refined.entries()) {
      const t = noising.knots[k]!
      const spread = signal(noising, t) ** 2 * moments.largest + noiseWidth(noising, t) ** 2
      const elapsed =
        run.clocked === undefined
          ? (noising.knots[k - 1]! - t) * (run.slowdown ?? 1)
          : run.clocked.answeringTime(protocol, k, spread)
      const eta = beta / (2 * noising.bath.mobility * elapsed * spread)
      error += moments.move(present[k]!, seen.states[place]!, t, eta)
    }
    record?.({ kind: 'pass', pass, error: error / refined.length })
    if (pass >= warm) for (const [k, sum] of sums.entries()) addTo(sum, present[k]!, 1 / (passes - warm))
    if (keeper?.isDue() === true) keeper.keep({ pass: pass + 1, present, sums })
  }
  // Where nothing was refined the sum is that of equal numbers, to rounding.
  return sums.map((sum, k) => (refined.includes(k) ? sum : knots[k]!.slice()))
}

/** A generation, seen by an observer, with random numbers of its pass. @throws E_DIVERGED where it ran away */
async function generate(
  task: WholeTask,
  potential: Potential,
  protocol: Protocol,
  batch: number | undefined,
  pass: number,
  seen: Observer,
  backend: Backend,
  hooks: Hooks,
): Promise<void> {
  const { noising, seed } = task
  const { trajectories } = seen
  const own = Math.floor(drawUniform({ seed, stream: stream.passes, step: pass }, 1)[0]! * 2 ** 52)
  const start = startOf(task, own, trajectories)
  const { bath } = task.apparatus ?? noising
  const simulation = simulationOf({
    potential,
    protocol,
    bath,
    trajectories,
    batch,
    seed: own,
    start,
    observers: [seen],
  })
  await backend.simulate(simulation, hooks).catch((error: unknown) => {
    throw error instanceof OverdampedError && error.code === 'E_DIVERGED' ? ranAway(pass) : error
  })
}

/** What is said where the corrections of earlier passes made generation run away. */
function ranAway(pass: number): OverdampedError {
  return new OverdampedError(
    'E_DIVERGED',
    `in pass ${pass + 1} the generated states ran away: they were farther from the data's moments than refinement can mend. Train longer (learning.iterations), lower learning.refine.rate, or leave refine out.`,
    'learning.refine',
    exitCode.failed,
  )
}

/** sum += weight·θ */
function addTo(sum: Float64Array, theta: Float64Array, weight: number): void {
  for (let a = 0; a < sum.length; a++) sum[a]! += weight * theta[a]!
}

/** The start of generation: the trap's equilibrium, label units clamped as in data taken evenly from all of them. */
function startOf({ potential, noising, data }: WholeTask, seed: number, trajectories: number): InitialStates {
  const { visible, units } = potential.network
  const trapped = gaussianStart(seed, 0, noising.bath.kT / noising.stiffness)
  const { points, count } = data.train
  return (x, first, batch) => {
    trapped(x.subarray(0, visible * batch), first, batch)
    for (let b = 0; b < batch; b++) {
      const datum = Math.floor(((first + b + 0.5) * count) / trajectories)
      for (let l = visible; l < units; l++) x[l * batch + b] = points[datum * units + l]!
    }
  }
}
