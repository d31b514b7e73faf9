import { exitCode, OverdampedError } from '../../errors.js'
import { barsAndStripes } from '../../learning/data/bars-and-stripes.js'
import { clampedData, withMeanHidden } from '../../learning/objectives/clamped-data.js'
import { chainObjective } from '../../learning/objectives/contrastive-divergence.js'
import { descend } from '../../learning/objectives/descend.js'
import { jarzynskiObjective, weightedByWork } from '../../learning/objectives/jarzynski.js'
import { createLandscape, type Landscape } from '../../learning/objectives/landscape.js'
import { moveBy } from '../../learning/objectives/moves.js'
import { type DataPhase, dataPhase, meansObjective, type Objective } from '../../learning/objectives/objective.js'
import { randomMagnetisations, tapObjective } from '../../learning/objectives/tap.js'
import { uncoupledWalkers } from '../../learning/objectives/uncoupled-walkers.js'
import { gibbs } from '../../physics/dynamics/gibbs.js'
import { columnsOf, rowsOf, type States, thinned } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { barCheck, type Check, statisticalCheck } from '../../physics/observe/check.js'
import { type MachineParameters, machineParameters } from '../../physics/potential/machine-parameters.js'
import { groupSlice } from '../../physics/potential/potential.js'
import { restrictedEquilibrium } from '../../physics/truth/restricted-boltzmann.js'
import type { SettingsOf } from '../scenario/objective.js'
import { isPersistent, orderOf } from '../scenario/objectives/tap.js'
import { type MachineLikelihood, machineLikelihood } from './machine-likelihood.js'
import { drawData, type StudyProblem } from './problem.js'
import { armByArm, exchangeOf, type RunStudy } from './study.js'
import { ordersStudy } from './tap-orders.js'

type Settings = SettingsOf<'tap'>
type Problem = StudyProblem<Settings>
type ArmName = Settings['arms'][number]

/** Held-out images that a model is judged on: their scatter of some nats leaves the mean to .1. */
const mostJudged = 1000
/** Independent states that are drawn of a model, and sweeps of block Gibbs on the way to them. */
const drawn = { states: 64, sweeps: 500 }

/** @throws E_INVALID_VALUE where the potential is no restricted Boltzmann machine */
export function requireMachine({ potential }: Problem): void {
  machineParameters(potential)
}

/** Learns a machine in every way, judged by its likelihood; or measures the orders of the expansion on given machines. */
export const tapStudy: RunStudy<Settings> = (problem, seed, hooks) =>
  (problem.settings.orders === undefined ? machineStudy : ordersStudy)(problem, seed, hooks)

const machineStudy: RunStudy<Settings> = (problem, seed, hooks) => {
  const { settings, potential, bath, frozen } = problem
  const parameters = machineParameters(potential)
  const learned = drawData(problem, seed)
  const judged = judgedData(problem, learned, seed)
  const data = clampedData(parameters, bath, dataPhase(learned, settings.batch, seed), seed)
  const start = startAt(problem, learned, seed)
  const { iterations, annealing, points } = settings
  const plans = settings.arms.map((name) => ({ name, expected: 'succeeds' }) as const)
  const leading = ['negativeLogLikelihood', 'logPseudoLikelihood']
  return armByArm(plans, leading, hooks, async ({ name }, { record, progress, landscape: landscapeOf }) => {
    const landscape = landscapeOf(potential, bath)
    const theta = start.slice()
    const objective = objectiveOf(name, problem, { landscape, parameters, data, start, seed })
    const measured = (always: boolean) => {
      const own = annealing === undefined ? null : { ...annealing, always }
      return machineLikelihood(potential, bath, parameters, theta, judged, own, seed)
    }
    let lowest = Number.POSITIVE_INFINITY
    const keep = (done: number, { figures }: MachineLikelihood) => {
      lowest = Math.min(lowest, figures.negativeLogLikelihood ?? lowest)
      record(done, figures)
      return progress(done / iterations)
    }
    for (const done of descend(landscape, objective, theta, frozen, settings)) {
      if (done % Math.ceil(iterations / points) !== 0 && done !== iterations) continue
      requireFinite(theta, `${name}, seed ${seed}, iteration ${done}`)
      if (done < iterations) await keep(done, measured(false))
    }
    const last = measured(true)
    await keep(iterations, last)
    const { negativeLogLikelihood } = last.figures
    const floor = floorOf(problem)
    const aboveFloor =
      floor === null || negativeLogLikelihood === undefined ? {} : { aboveFloor: negativeLogLikelihood - floor }
    return {
      locality: objective.locality,
      figures: {
        ...last.figures,
        ...aboveFloor,
        ...(Number.isFinite(lowest) ? { lowestNegativeLogLikelihood: lowest } : {}),
        ...exchangeOf(landscape.cost, name === 'short-run' ? (settings.batch ?? learned.batch) : settings.walkers),
      },
      cost: landscape.cost,
      checks: [...barChecks(problem, name, negativeLogLikelihood), ...annealingChecks(name, last)],
      samples: () => samplesOf(problem, parameters, theta, seed),
    }
  })
}

/** What an arm is made of. */
interface Material {
  readonly landscape: Landscape
  readonly parameters: MachineParameters
  readonly data: DataPhase
  readonly start: Float64Array
  readonly seed: number
}

function objectiveOf(name: ArmName, { settings, bath }: Problem, material: Material): Objective {
  const { landscape, parameters, data, start, seed } = material
  const { walkers: count, steps, sweeps, damping, resampling } = settings
  if (name === 'exact') {
    const means = (theta: Float64Array) => parameters.statisticsOf(restrictedEquilibrium(parameters.at(theta, bath.kT)))
    return withMeanHidden(meansObjective({ name, data, means }), parameters, bath)
  }
  const order = orderOf(name)
  if (order !== null) {
    const relaxation = { sweeps, damping, tolerance: 0 }
    const going = isPersistent(name) ? { persistent: randomMagnetisations(parameters.layers, count, seed) } : {}
    const tap = tapObjective({ parameters, landscape, order, relaxation, data, ...going })
    return withMeanHidden(tap, parameters, bath)
  }
  const move = moveBy(gibbs, landscape, 1)
  const begun = uncoupledWalkers(parameters, start, bath, count, seed)
  if (name === 'jarzynski') {
    const { walkers, theta } = begun
    const weighted = weightedByWork(landscape, move)
    // From the uncoupled machine, of which the walkers are exact states, to that which learning starts with; numbered past its steps.
    weighted(walkers, theta, start, seed, settings.iterations)
    return withMeanHidden(jarzynskiObjective({ walkers, move: weighted, resampling, seed, data }), parameters, bath)
  }
  const chains = name === 'persistent' ? { chains: begun.walkers } : {}
  return withMeanHidden(chainObjective({ move, steps, seed, data, ...chains }), parameters, bath)
}

/**
 * Where learning begins: couplings drawn at random, so that no two hidden units are alike, and visible units that have the data's means
 * by their biases alone, unless objective.start says it.
 */
function startAt({ potential, start, settings, bath }: Problem, { x, batch }: States, seed: number): Float64Array {
  const theta = start.slice()
  const [bias, bilinear] = ['bias', 'bilinear'].map((name) => potential.groups.find((group) => group.name === name)!)
  if (settings.start.bias === undefined) {
    const biases = groupSlice(bias!, theta)
    for (let i = 0; i < x.length / batch; i++) {
      const up = x.subarray(i * batch, (i + 1) * batch).reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0)
      // One datum more of each kind: a pixel that is never inked has no infinite bias.
      biases[i] = (bath.kT / 2) * Math.log((up + 1) / (batch - up + 1))
    }
  }
  const couplings = groupSlice(bilinear!, theta)
  const normals = new Float64Array(couplings.length)
  fillNormals(seed, stream.start, 0, 1, 0, normals.length, normals)
  for (let e = 0; e < couplings.length; e++) couplings[e]! += settings.scatter * bath.kT * normals[e]!
  return theta
}

/** A list of states is learned and judged whole; of images those held out judge. */
function judgedData(problem: Problem, learned: States, seed: number): States {
  if (floorOf(problem) !== null) return learned
  return columnsOf(thinned(rowsOf(drawData(problem, seed, 1)), mostJudged))
}

/** The entropy of the data, which no negative log-likelihood can be below; null where it is not known. */
function floorOf({ scenario: { data } }: Problem): number | null {
  return data?.source === 'bars-and-stripes' ? barsAndStripes(data.side).entropy : null
}

function barChecks(problem: Problem, name: ArmName, found: number | undefined): Check[] {
  const bar = problem.settings.bars[name]
  if (bar === undefined || found === undefined) return []
  const floor = floorOf(problem) ?? 0
  return [barCheck(`negative log-likelihood, ${name}`, found, floor, bar - floor)]
}

/** Where log Z is known exactly and annealed too. */
function annealingChecks(name: ArmName, { logPartition, annealed }: MachineLikelihood): Check[] {
  if (logPartition === null || annealed === null || logPartition === annealed) return []
  return [statisticalCheck(`log Z by annealing, ${name}`, annealed.value, logPartition.value, annealed.standardError)]
}

/** States of the visible units, each by sweeps of its own from an uncoupled start. */
function samplesOf(
  { potential, bath, settings }: Problem,
  parameters: MachineParameters,
  theta: Float64Array,
  seed: number,
): States {
  const { walkers } = uncoupledWalkers(parameters, theta, bath, drawn.states, seed)
  moveBy(gibbs, createLandscape(potential, bath), 1)(
    theta,
    walkers,
    seed,
    settings.iterations * settings.steps + 1,
    drawn.sweeps,
  )
  return { x: walkers.x.slice(0, parameters.layers.units * drawn.states), batch: drawn.states }
}

/** @throws E_DIVERGED */
function requireFinite(theta: Float64Array, where: string): void {
  if (theta.every(Number.isFinite)) return
  throw new OverdampedError(
    'E_DIVERGED',
    'a parameter is no number any more. Lower objective.optimizer.rate.',
    where,
    exitCode.failed,
  )
}
