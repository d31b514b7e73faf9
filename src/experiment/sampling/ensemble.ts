import type { Backend, Simulation } from '../../backend/backend.js'
import type { Hooks, Keeper } from '../../backend/hooks.js'
import { createReference } from '../../backend/reference.js'
import type { SimulationState } from '../../backend/resume.js'
import type { BandVariances } from '../../learning/evaluation/band-variances.js'
import type { PrincipalBands } from '../../learning/evaluation/principal-bands.js'
import type { Ensemble } from '../../physics/dynamics/ensemble.js'
import { wholeSpan } from '../../physics/dynamics/span.js'
import type { WorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { firstUnits } from '../../physics/network/states.js'
import type { EnsembleCurves } from '../../physics/observe/ensemble-curves.js'
import type { EntropyProduction } from '../../physics/observe/entropy-production.js'
import type { FirstPassageTimes } from '../../physics/observe/first-passage.js'
import type { HiddenHeat } from '../../physics/observe/hidden-heat.js'
import type { KnotStates } from '../../physics/observe/knots.js'
import type { ObservableResult } from '../../physics/observe/observables.js'
import { type RecordedTrajectories, recordedForces } from '../../physics/observe/trajectories.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import type { Problem } from '../system/problem.js'
import { asRead } from './device.js'
import { startNotes } from './drive-notes.js'
import { entropyOf, ofVisibleAlone, whyUnknown } from './entropy.js'
import { hasOwnBath } from './hidden-heat.js'
import { observersOf } from './observers.js'
import { type Division, present, simulateInShards } from './shards.js'
import { ensembleSimulation } from './trajectories.js'

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
  /** states of some trajectories at the knots of generation, where entropy production is measured */
  readonly knotStates: KnotStates | null
  /** forces at the recorded states, in the landscape of their step, [recorded, frames, units] */
  readonly forces: Float64Array | null
  /** null where the start or the final states have no density */
  readonly entropyProduction: EntropyProduction | null
}

/**
 * Runs the scenario's trajectories and observes what `observe` names.
 *
 * @param auto - the user named no backend: where the digits of this one do not suffice, the reference runs them
 * @param keeper - of each attempt
 * @param components - of the data that a learned network was trained on: variances along them are measured at the knots
 * @param division - who carries out the shards of a large ensemble; it runs here, whole, without one
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
  division: Division | null,
): Promise<ObservedEnsemble> {
  return whereDigitsSuffice(backend, hooks, auto, (on, within, attempt) =>
    observeOn(problem, protocol, on, components, within, (simulation) =>
      division === null
        ? on.simulate(simulation, { ...within, keeper: keeper(attempt) })
        : simulateInShards(
            problem,
            simulation,
            on,
            division,
            { number: attempt === '' ? 0 : 1, endsImprecise: auto && on.name !== 'reference' },
            within,
          ),
    ),
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
  components: PrincipalBands | null,
  hooks: Hooks,
  simulate: (simulation: Simulation) => Promise<Ensemble>,
): Promise<ObservedEnsemble> {
  const { potential } = problem.generation
  const { visible } = potential.network
  const { observe } = problem.scenario
  const { simulation, start, classes } = ensembleSimulation(problem, protocol)
  const span = wholeSpan(simulation.trajectories)
  const { workAndHeat, observers, notes: ofObservers } = observersOf(problem, protocol, components, span)
  const { trajectories, cloud, formulas, curves, firstPassage, bandVariances, hiddenHeat, knotStates } = observers
  const reached = await simulate({ ...simulation, workAndHeat, observers: present(observers) })
  const states = { ...reached, final: asRead(problem, reached.final, visible) }
  const ensemble = { initial: firstUnits(states.initial, visible), final: firstUnits(states.final, visible) }
  const entropy = entropyOf(problem, protocol, start, ensemble, workAndHeat)
  const forces =
    observe.includes('force') && trajectories !== null ? recordedForces(potential, protocol, trajectories) : null
  const unknown = entropy === null && observe.includes('entropy-production') ? whyUnknown(problem, start) : []
  for (const note of unknown) hooks.onNote?.(note)
  const notes = [
    ...startNotes(problem),
    ...unknown,
    ...ofObservers,
    ...(entropy !== null && hasOwnBath(problem) ? [ofVisibleAlone] : []),
  ]
  return {
    ...{ backend: backend.name, roundoff: backend.roundoff, notes, ensemble, states, classes },
    ...{ workAndHeat, hiddenHeat, trajectories, cloud, forces, firstPassage, bandVariances, knotStates },
    ...{ observables: formulas?.results() ?? [], curves: curves?.curves() ?? null },
    entropyProduction: entropy,
  }
}
