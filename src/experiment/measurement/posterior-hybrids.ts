import type { Backend } from '../../backend/backend.js'
import type { Hooks } from '../../backend/hooks.js'
import { integrate } from '../../backend/integrate.js'
import { type PosteriorScore, posteriorScore } from '../../learning/data/posterior.js'
import { drivePosterior } from '../../learning/data/posterior-drive.js'
import { frechetDistance, frechetReference } from '../../learning/evaluation/frechet.js'
import { oneNearestNeighbour } from '../../learning/evaluation/nearest-neighbour.js'
import { nearestDistance } from '../../learning/evaluation/nearest-training.js'
import { clipped } from '../../learning/evaluation/points.js'
import { denoised, networkScore } from '../../learning/generation/denoised.js'
import { driveNetwork } from '../../physics/dynamics/drive.js'
import type { InitialStates } from '../../physics/dynamics/ensemble.js'
import { eulerMaruyama } from '../../physics/dynamics/euler-maruyama.js'
import { firstUnits, type PointSet, pickRows } from '../../physics/network/states.js'
import type { Estimate } from '../../physics/observe/estimate.js'
import { searchSet } from '../../physics/observe/search-set.js'
import { noiseWidth, signal } from '../../physics/protocol/noising.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import { generationOf } from '../sampling/generate.js'
import { ensembleSimulation } from '../sampling/trajectories.js'
import type { LearningData, Problem } from '../system/problem.js'

/** Where the quality of samples is lost: generation in which the posterior of the training data takes the network's place for a while. */
export interface PosteriorHybrids {
  readonly trajectories: number
  /** of as many training data */
  readonly floor: HybridMetrics
  readonly hybrids: readonly Hybrid[]
}

/** Where the posterior acts: at noise times above t, below it, at all or at none. */
interface Hybrid extends HybridMetrics {
  readonly posterior: 'above' | 'below' | 'everywhere' | 'nowhere'
  readonly t?: number
}

/** Of samples after the last, noiseless step; images are clipped. */
interface HybridMetrics {
  readonly oneNearestNeighbour: Estimate
  readonly frechetDistance: Estimate
  /** mean distance to the nearest training datum: below that of held-out data where the posterior copies */
  readonly nearestTraining: Estimate
}

/** Where the force changes hands, in relaxation times of the trap, 1/(μk0). */
const changes = [1, 0.5, 0.25, 0.12]
/** Multiply-adds of all posteriors: some eight minutes of float64. Fewer trajectories take the rest, and at least so many. */
const products = 1e12
const fewest = 200

/**
 * Generates with the posterior of the training data (within a state's class, with label units) above each of four noise times, and the
 * network below, and the other way round. What a hybrid gains on the network is lost by the network where the posterior acts.
 *
 * All run through the same sections of time with the same noise, so a section is run once for all that come to it with the same
 * states. The posterior moves states by Euler–Maruyama in float64; the network is the backend's.
 *
 * @throws StoppedError when `signal` stopped it
 *
 * Cost: 2·points·units multiply-adds (by the number of classes) a trajectory and step of a posterior, some 570 steps in all: ten
 * minutes of one core for 1,000 trajectories and 12,665 digits of 144 pixels.
 */
export async function posteriorHybrids(
  problem: Problem,
  data: LearningData,
  knots: readonly Float64Array[],
  backend: Backend,
  hooks: Hooks,
): Promise<PosteriorHybrids> {
  const { potential } = problem
  const { visible } = potential.network
  const protocol = generationOf(problem, knots)
  const sections = sectionsOf(problem, protocol)
  const posterior = posteriorScore(data.states.train, visible)
  const trajectories = affordable(problem, data, sections)
  const run = runner(problem, protocol, trajectories, posterior, backend, hooks)
  /** The final states of those that come to a section, when the posterior acts in the sections that `acts` names. */
  const through = async (from: PointSet | null, first: number, acts: boolean) => {
    let states = from
    for (const section of sections.slice(first)) states = await run(section, states, acts)
    return states!
  }
  const measured = measuring(problem, data, trajectories)
  const clean = cleaning(problem, knots, posterior)
  const hybrids: Hybrid[] = []
  const add = (posterior: Hybrid['posterior'], final: PointSet, isPosterior: boolean, t?: number) =>
    hybrids.push({ posterior, ...(t === undefined ? {} : { t }), ...measured(clean(final, isPosterior)) })
  let [byPosterior, byNetwork]: (PointSet | null)[] = [null, null]
  for (const [n, section] of sections.entries()) {
    hooks.onProgress?.({ phase: 'measure', done: n, total: sections.length })
    if (n > 0) {
      add('above', await through(byPosterior!, n, false), false, section.t)
      add('below', await through(byNetwork!, n, true), true, section.t)
    }
    byPosterior = await run(section, byPosterior!, true)
    byNetwork = await run(section, byNetwork!, false)
  }
  add('everywhere', byPosterior!, true)
  add('nowhere', byNetwork!, false)
  return { trajectories, floor: measured(null), hybrids }
}

/** Steps `from` … `to` - 1 of generation, which begin at noise time t. */
interface Section {
  readonly index: number
  readonly t: number
  readonly from: number
  readonly to: number
}

/** Generation cut at the steps that end nearest to the times of change. */
function sectionsOf({ noising }: Problem, { clock, dt }: Protocol): Section[] {
  const relaxation = 1 / (noising.bath.mobility * noising.stiffness)
  const cuts = changes
    .map((change) => clock.findIndex((t) => t <= change * relaxation))
    .filter((step) => step > 0 && step < dt.length)
  const ends = [0, ...new Set(cuts), dt.length]
  return ends.slice(1).map((to, index) => ({ index, t: clock[ends[index]!]!, from: ends[index]!, to }))
}

/** How many trajectories all posteriors together can be paid for. */
function affordable({ scenario, potential }: Problem, data: LearningData, sections: readonly Section[]): number {
  // Of a section the posterior takes all that came by it, and those that came by the network to it or to an earlier one.
  const steps = sections.reduce((sum, { from, to }, n) => sum + (n + 1) * (to - from), 0)
  const each = (2 * data.train.count * potential.network.visible) / (data.classes?.names.length ?? 1)
  return Math.min(scenario.sampling.trajectories, Math.max(fewest, Math.floor(products / (steps * each))))
}

/** What takes states through a section, by the posterior or by the network; those of the start when they are null. */
function runner(
  problem: Problem,
  protocol: Protocol,
  trajectories: number,
  posterior: PosteriorScore,
  backend: Backend,
  hooks: Hooks,
) {
  const { bath, noising, scenario, generation } = problem
  const { visible } = problem.potential.network
  const whole = ensembleSimulation(problem, protocol).simulation
  // Progress is told section by section.
  const quiet: Hooks = { ...hooks, onProgress: undefined }
  return async (section: Section, from: PointSet | null, acts: boolean): Promise<PointSet> => {
    const part = partOf(protocol, section)
    const start: InitialStates = from === null ? whole.start : startFrom(from)
    // The noise is keyed by the step in its section: that of another must not be the same.
    const seed = (scenario.seed + section.index * 1_000_003) % Number.MAX_SAFE_INTEGER
    if (!acts) return (await backend.simulate({ ...whole, protocol: part, start, seed, trajectories }, quiet)).final
    const { drive } = scenario.sampling
    const driven = drivePosterior(driveNetwork(generation.potential, part), posterior, noising, drive, visible)
    const options = { seed, trajectories, batch: whole.batch }
    return (await integrate(driven, bath, eulerMaruyama, start, options, { workAndHeat: null, observers: [] }, quiet))
      .final
  }
}

/** A part of a protocol, its steps counted from 0. */
function partOf(protocol: Protocol, { from, to }: Section): Protocol {
  return {
    dt: protocol.dt.slice(from, to),
    clock: protocol.clock.slice(from, to + 1),
    parameters: (step, theta) => protocol.parameters(step < 0 ? from - 1 : from + step, theta) || step <= 0,
  }
}

/** The rows of a table as initial states. */
function startFrom({ points, units }: PointSet): InitialStates {
  return (x, first, batch) => {
    for (let b = 0; b < batch; b++) for (let i = 0; i < units; i++) x[i * batch + b] = points[(first + b) * units + i]!
  }
}

/** The last, noiseless step by whoever acted last, where the scenario has one. */
function cleaning(
  { potential, noising, drive, scenario }: Problem,
  knots: readonly Float64Array[],
  best: PosteriorScore,
) {
  const { units, visible } = potential.network
  const t = noising.knots.at(-1)!
  const ofNetwork = networkScore(potential, noising, knots.at(-1)!, drive)
  const ofPosterior: typeof ofNetwork = (x, batch, out) =>
    best(x, batch, signal(noising, t), noiseWidth(noising, t), out)
  return (final: PointSet, byPosterior: boolean): PointSet =>
    scenario.sampling.denoise
      ? denoised(firstUnits(final, units), noising, byPosterior ? ofPosterior : ofNetwork, visible)
      : firstUnits(final, visible)
}

/** The metrics of samples, or of as many training data when they are null. */
function measuring({ scenario: { seed } }: Problem, data: LearningData, count: number) {
  const { train, heldOut } = data
  const shown = 'digits' in data ? clipped : (set: PointSet) => set
  const reference = frechetReference(heldOut)
  const searched = searchSet(train)
  const few = Math.min(count, train.count)
  const real = pickRows(
    train,
    Array.from({ length: few }, (_, n) => Math.floor((n * train.count) / few)),
  )
  return (samples: PointSet | null): HybridMetrics => {
    const set = samples === null ? real : shown(samples)
    return {
      oneNearestNeighbour: oneNearestNeighbour(set, heldOut, seed),
      frechetDistance: frechetDistance(set, reference),
      nearestTraining: nearestDistance(samples === null ? heldOut : set, searched),
    }
  }
}
