import type { Backend } from '../../backend/backend.js'
import type { Hooks, Keeper } from '../../backend/hooks.js'
import { createReference } from '../../backend/reference.js'
import type { SimulationHooks, SimulationState } from '../../backend/resume.js'
import { simulationOf } from '../../backend/simulation.js'
import { invalidValue } from '../../errors.js'
import { drawClasses } from '../../learning/data/classes.js'
import { type BandVariances, observeBandVariances } from '../../learning/evaluation/band-variances.js'
import type { PrincipalBands } from '../../learning/evaluation/principal-bands.js'
import type { Ensemble, InitialStates } from '../../physics/dynamics/ensemble.js'
import { withOwnStart } from '../../physics/dynamics/own-start.js'
import { createWorkAndHeat, type WorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { clampedTo } from '../../physics/network/labels.js'
import type { Network } from '../../physics/network/network.js'
import { evenRows, firstUnits } from '../../physics/network/states.js'
import { isPlane } from '../../physics/network/unit-states.js'
import { type EnsembleCurves, observeEnsemble } from '../../physics/observe/ensemble-curves.js'
import type { EntropyProduction } from '../../physics/observe/entropy-production.js'
import { type FirstPassageTimes, observeFirstPassage } from '../../physics/observe/first-passage.js'
import type { HiddenHeat } from '../../physics/observe/hidden-heat.js'
import type { GaussianLaw } from '../../physics/observe/moments.js'
import { type ObservableResult, observeFormulas } from '../../physics/observe/observables.js'
import { recordedTimes, thinnedTimes } from '../../physics/observe/recorded-steps.js'
import { fewestFrames } from '../../physics/observe/time-averages.js'
import { observeTrajectories, type RecordedTrajectories, recordedForces } from '../../physics/observe/trajectories.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import type { Scenario } from '../scenario/schema.js'
import type { Problem } from '../system/problem.js'
import { initialStates, momentsOf, pointStart, type Start, startOf } from '../system/start.js'
import { startNotes } from './drive-notes.js'
import { entropyOf, ofVisibleAlone, whyUnknown } from './entropy.js'
import { hasOwnBath, hiddenHeatOf } from './hidden-heat.js'
import { curveTimes, observablesOf, timesOf } from './observables.js'

/** An ensemble run through its drive, with all that the scenario asked to observe. */
export interface ObservedEnsemble {
  readonly backend: string
  /** unit roundoff of its arithmetic */
  readonly roundoff: number
  /** what is not as it was asked for, and why: the backend, entropy production */
  readonly notes: readonly string[]
  /** the visible units */
  readonly ensemble: Ensemble
  /** all units that have a state */
  readonly states: Ensemble
  /** class that each trajectory's label units were clamped to, [trajectories]; null without label units */
  readonly classes: Int32Array | null
  readonly workAndHeat: WorkAndHeat | null
  /** of a few trajectories, where hidden units have a bath of their own and work and heat are measured */
  readonly hiddenHeat: HiddenHeat | null
  readonly trajectories: RecordedTrajectories | null
  /** some hundreds of trajectories at the times of a film, of two units in a plane */
  readonly cloud: RecordedTrajectories | null
  /** observables with formulas, in the order of the scenario */
  readonly observables: readonly ObservableResult[]
  /** units, work and heat over time, of a plain simulation */
  readonly curves: EnsembleCurves | null
  readonly firstPassage: FirstPassageTimes | null
  /** at the knots of generation, along the components asked for */
  readonly bandVariances: BandVariances | null
  /** forces at the recorded states, in the landscape of their step, [recorded, frames, units] */
  readonly forces: Float64Array | null
  /** null where the start or the final states have no density */
  readonly entropyProduction: EntropyProduction | null
}

/** The start of a scenario's trajectories: its own, or the equilibrium of the trap that generation begins in. */
function ownStart({ scenario: { initial }, bath, noising, given }: Problem): Start {
  const trapped: Start = { kind: 'independent', mean: 0, variance: bath.kT / noising.stiffness }
  const start = () => trapped
  return given?.start ?? startOf(initial ?? { kind: 'equilibrium' }, start, start)
}

/** Mean and covariance of the start: [units], [units, units] row-major. */
export function startMoments(problem: Problem): GaussianLaw {
  const { units, correlationTime } = problem.potential.network
  const told = correlationTime === null ? units : correlationTime.findIndex((time) => time > 0)
  const law = momentsOf(ownStart(problem), told)
  if (told === units) return law
  // Active units are in the last rows, and in their own stationary law.
  const mean = new Float64Array(units)
  const covariance = new Float64Array(units * units)
  mean.set(law.mean)
  for (let i = 0; i < units; i++) {
    if (i < told) covariance.set(law.covariance.subarray(i * told, (i + 1) * told), i * units)
    else covariance[i * (units + 1)] = 1
  }
  return { mean, covariance }
}

/** The class of each trajectory: the one that the scenario names, or drawn in the data's shares; null without label units. */
export function clampedClasses({ scenario: { sampling, seed }, data }: Problem): Int32Array | null {
  const classes = data?.classes
  if (classes === undefined) return null
  const { names, train } = classes
  return sampling.label === undefined
    ? drawClasses(train, names.length, sampling.trajectories, seed)
    : new Int32Array(sampling.trajectories).fill(names.indexOf(sampling.label))
}

/** Initial states with the label units clamped: rows after the visible ones, [units, batch]. */
export function withClamped(
  start: InitialStates,
  { visible, labels }: Network,
  classes: Int32Array | null,
  { data }: Problem,
): InitialStates {
  if (classes === null) return start
  const count = data?.classes?.names.length ?? 0
  return (x, first, batch) => {
    start(x.subarray(0, visible * batch), first, batch)
    for (let b = 0; b < batch; b++) {
      const states = clampedTo(classes[first + b]!, count)
      for (let l = 0; l < labels; l++) x[(visible + l) * batch + b] = states[l]!
    }
  }
}

/** Whether work and heat are measured. */
export function measuresEnergies({ observe }: Pick<Scenario, 'observe'>): boolean {
  return observe.includes('work') || observe.includes('heat') || observe.includes('entropy-production')
}

/** Multiply-adds that the variances at all knots may take, half a second, and the fewest trajectories that tell something. */
const bandProducts = 1e9

const fewestInBands = 200

/** Looks at the variances along components at the knots of generation; null without components, or for a single trajectory. */
function bandVariancesOf(
  { scenario: { sampling }, noising }: Problem,
  { clock }: Protocol,
  components: PrincipalBands | null,
): BandVariances | null {
  if (components === null || sampling.trajectories < 2) return null
  const affordable = Math.floor(bandProducts / (noising.knots.length * components.units ** 2))
  const trajectories = Math.min(sampling.trajectories, Math.max(fewestInBands, affordable))
  return observeBandVariances(components, noising, clock, trajectories)
}

/** Trajectories of a cloud, and frames of its film, at most about. */
const [mostInCloud, mostCloudFrames] = [200, 40]

/** Units whose mean and variance are followed, at most. */
const mostFollowed = 16

/** What is filled along the way, as far as `observe` names it. @throws E_INVALID_VALUE for an autocorrelation of too few frames */
function observersOf(problem: Problem, protocol: Protocol) {
  const { scenario, generation, given } = problem
  const { sampling, record, observe, firstPassage: watched } = scenario
  const times = timesOf(problem, protocol)
  const recorded = Math.min(record.trajectories, sampling.trajectories)
  const { units, visible } = generation.potential.network
  const trajectories =
    observe.includes('trajectories') && recorded > 0 ? observeTrajectories(recorded, units, times.step) : null
  if (observe.includes('autocorrelation') && trajectories !== null && trajectories.frames < fewestFrames)
    throw invalidValue(
      `autocorrelation needs trajectories of ${fewestFrames} frames; these have ${trajectories.frames}. Lower protocol.dt.`,
      'observe',
    )
  const cloud =
    trajectories !== null && isPlane(generation.potential.network)
      ? observeTrajectories(
          Math.min(mostInCloud, sampling.trajectories),
          units,
          thinnedTimes(recordedTimes(protocol), mostCloudFrames).step,
        )
      : null
  const observables = observablesOf(problem, times)
  const followed = Int32Array.from(evenRows(visible, mostFollowed))
  return {
    workAndHeat: measuresEnergies(scenario)
      ? createWorkAndHeat(sampling.trajectories, generation.potential.network)
      : null,
    trajectories,
    cloud,
    formulas: observables.length === 0 ? null : observeFormulas(observables, times, sampling.trajectories),
    curves:
      given === undefined ? null : observeEnsemble(curveTimes(problem, protocol), followed, sampling.trajectories),
    firstPassage:
      watched === undefined
        ? null
        : observeFirstPassage(sampling.trajectories, watched.unit, watched.to, pointStart(scenario, watched.unit)),
  }
}

/** The simulation of the scenario's trajectories, which measures nothing yet, and the law of its start. */
export function ensembleSimulation(problem: Problem, protocol: Protocol) {
  const { scenario, bath, generation } = problem
  const { potential } = generation
  const { sampling, seed } = scenario
  const start = ownStart(problem)
  const classes = clampedClasses(problem)
  const told = withClamped(initialStates(start, seed), potential.network, classes, problem)
  const states = withOwnStart(told, seed, potential.network)
  const simulation = simulationOf({ potential, protocol, bath, start: states, seed, ...sampling })
  return { simulation, start, classes }
}

/**
 * Runs the scenario's trajectories and observes what `observe` names.
 *
 * @param auto - the user named no backend: where the digits of this one do not suffice, the reference runs them
 * @param keeper - of each attempt
 * @param components - of the data that a learned network was trained on: variances along them are measured at the knots
 * @throws StoppedError when the signal stopped it; E_DIVERGED as the integrator does
 */
export function runEnsemble(
  problem: Problem,
  protocol: Protocol,
  backend: Backend,
  hooks: Hooks,
  auto: boolean,
  keeper: (attempt: string) => Keeper<SimulationState>,
  components: PrincipalBands | null,
): Promise<ObservedEnsemble> {
  return whereDigitsSuffice(backend, hooks, auto, (on, within, attempt) =>
    observeOn(problem, protocol, on, { ...within, keeper: keeper(attempt) }, components),
  )
}

/**
 * Draws on a backend.
 *
 * @param auto - the user named no backend: where the digits of this one do not suffice, the reference draws
 * @param draw - is told which attempt it is: '', or the end of the name of a second one
 */
export async function whereDigitsSuffice<Drawn extends ObservedEnsemble>(
  backend: Backend,
  hooks: Hooks,
  auto: boolean,
  draw: (backend: Backend, hooks: Hooks, attempt: string) => Promise<Drawn>,
): Promise<Drawn> {
  if (!auto || backend.name === 'reference') return draw(backend, hooks, '')
  let tooCoarse: string | null = null
  const onImprecise = (why: string) => {
    tooCoarse = why
    throw new Error(why)
  }
  try {
    return await draw(backend, { ...hooks, onImprecise }, '')
  } catch (error) {
    if (tooCoarse === null) throw error
    const instead = `sampled on the reference in place of ${backend.name}: ${tooCoarse}`
    hooks.onNote?.(instead)
    const observed = await draw(createReference(), hooks, '-float64')
    return { ...observed, notes: [instead, ...observed.notes] }
  }
}

async function observeOn(
  problem: Problem,
  protocol: Protocol,
  backend: Backend,
  hooks: SimulationHooks,
  components: PrincipalBands | null,
): Promise<ObservedEnsemble> {
  const { potential } = problem.generation
  const { visible } = potential.network
  const { observe } = problem.scenario
  const { workAndHeat, trajectories, cloud, formulas, curves, firstPassage } = observersOf(problem, protocol)
  const { simulation, start, classes } = ensembleSimulation(problem, protocol)
  const bandVariances = bandVariancesOf(problem, protocol, components)
  const exchanged =
    workAndHeat === null ? { hiddenHeat: null, notes: [] } : hiddenHeatOf(problem, protocol, simulation.trajectories)
  const { hiddenHeat } = exchanged
  const observers = [trajectories, formulas, curves, firstPassage, bandVariances, hiddenHeat, cloud].filter(
    (observer) => observer !== null,
  )
  const states = await backend.simulate({ ...simulation, workAndHeat, observers }, hooks)
  const ensemble = { initial: firstUnits(states.initial, visible), final: firstUnits(states.final, visible) }
  const entropy = entropyOf(problem, protocol, start, ensemble, workAndHeat)
  const forces =
    observe.includes('force') && trajectories !== null ? recordedForces(potential, protocol, trajectories) : null
  const unknown = entropy === null && observe.includes('entropy-production') ? whyUnknown(problem, start) : []
  for (const note of unknown) hooks.onNote?.(note)
  const notes = [
    ...startNotes(problem),
    ...unknown,
    ...exchanged.notes,
    ...(entropy !== null && hasOwnBath(problem) ? [ofVisibleAlone] : []),
  ]
  return {
    ...{ backend: backend.name, roundoff: backend.roundoff, notes, ensemble, states, classes },
    ...{ workAndHeat, hiddenHeat, trajectories, cloud, forces, firstPassage, bandVariances },
    ...{ observables: formulas?.results() ?? [], curves: curves?.curves() ?? null },
    entropyProduction: entropy,
  }
}
