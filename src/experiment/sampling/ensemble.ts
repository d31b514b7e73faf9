import type { Backend } from '../../backend/backend.js'
import type { Hooks } from '../../backend/hooks.js'
import { OverdampedError, StoppedError } from '../../errors.js'
import { drawClasses } from '../../learning/data/classes.js'
import type { Ensemble, InitialStates } from '../../physics/dynamics/ensemble.js'
import { withHiddenStart } from '../../physics/dynamics/hidden-start.js'
import { createWorkAndHeat, type WorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { clampedTo } from '../../physics/network/labels.js'
import type { Network } from '../../physics/network/network.js'
import { firstUnits } from '../../physics/network/states.js'
import { type EntropyProduction, entropyProduction } from '../../physics/observe/entropy-production.js'
import { type FirstPassageTimes, observeFirstPassage } from '../../physics/observe/first-passage-times.js'
import { recordedForces } from '../../physics/observe/recorded-forces.js'
import { boundaryEntropy, exactDensity } from '../../physics/observe/state-density.js'
import { fewestFrames } from '../../physics/observe/time-averages.js'
import { observeTrajectories, type RecordedTrajectories } from '../../physics/observe/trajectories.js'
import { barrierOf, hiddenMoves } from '../../physics/potential/hidden-kind.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import type { Problem } from '../system/problem.js'
import { independentStart, initialStates, type Start, startDensity } from '../system/start.js'
import { finalDensity } from './boundary.js'

/** An ensemble run through its drive, with all that the scenario asked to observe. */
export interface ObservedEnsemble {
  /** the visible units */
  readonly ensemble: Ensemble
  /** all units that have a state */
  readonly states: Ensemble
  /** class that each trajectory's label units were clamped to, [trajectories]; null without label units */
  readonly classes: Int32Array | null
  readonly workAndHeat: WorkAndHeat | null
  readonly trajectories: RecordedTrajectories | null
  readonly firstPassage: FirstPassageTimes | null
  /** forces at the recorded states, in the landscape of their step, [recorded, frames, units] */
  readonly forces: Float32Array | null
  /** null where the start or the final states have no density */
  readonly entropyProduction: EntropyProduction | null
}

/** Frames kept of each recorded trajectory, at most about this many. */
const mostFrames = 600

/** The start of a scenario's trajectories: its own, or the equilibrium of the trap that generation begins in. */
export function startOf({ scenario: { initial }, bath, noising, given }: Problem): Start {
  if (given !== undefined) return given.start
  if (initial === undefined || initial.kind === 'equilibrium')
    return { kind: 'independent', mean: 0, variance: bath.kT / noising.stiffness }
  return independentStart(initial)
}

/** The class of each trajectory: the one that the scenario names, or drawn in the data's shares; null without label units. */
function clampedClasses({ scenario: { sampling, seed }, data }: Problem): Int32Array | null {
  const classes = data?.classes
  if (classes === undefined) return null
  const { names, train } = classes
  return sampling.label === undefined
    ? drawClasses(train, names.length, sampling.trajectories, seed)
    : new Int32Array(sampling.trajectories).fill(names.indexOf(sampling.label))
}

/** Initial states with the label units clamped: rows after the visible ones, [units, batch]. */
function withClamped(
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

/**
 * Runs the scenario's trajectories and observes what `observe` names.
 *
 * @throws StoppedError when the signal stopped it; E_DIVERGED as the integrator does
 */
export async function runEnsemble(
  problem: Problem,
  protocol: Protocol,
  backend: Backend,
  directory: string,
  hooks: Hooks,
): Promise<ObservedEnsemble> {
  const { scenario, bath, generation } = problem
  const { potential } = generation
  const { visible } = potential.network
  const { sampling, observe, seed, firstPassage: watched } = scenario
  const { hidden } = scenario.network
  const start = startOf(problem)
  const energies = observe.includes('work') || observe.includes('heat') || observe.includes('entropy-production')
  const workAndHeat = energies ? createWorkAndHeat(sampling.trajectories) : null
  const recorded = Math.min(sampling.record, sampling.trajectories)
  const trajectories =
    observe.includes('trajectories') && recorded > 0
      ? observeTrajectories(recorded, potential.network.units, protocol.dt.length, mostFrames)
      : null
  if (observe.includes('autocorrelation') && trajectories !== null && trajectories.frames < fewestFrames)
    throw new OverdampedError(
      'E_INVALID_VALUE',
      `autocorrelation needs trajectories of ${fewestFrames} frames; these have ${trajectories.frames}. Lower protocol.dt.`,
      'observe',
    )
  const firstPassage =
    watched === undefined ? null : observeFirstPassage(sampling.trajectories, watched.unit, watched.to)
  const classes = clampedClasses(problem)
  const others = withClamped(initialStates(start, seed), potential.network, classes, problem)
  const states = await backend.simulate(
    {
      potential,
      protocol,
      bath,
      start:
        hidden !== undefined && hiddenMoves(hidden)
          ? withHiddenStart(others, seed, potential.network.hidden, barrierOf(hidden))
          : others,
      seed,
      ...sampling,
      workAndHeat,
      observers: [trajectories, firstPassage].filter((observer) => observer !== null),
    },
    hooks,
  )
  if (states === null) throw new StoppedError(directory)
  const ensemble = { initial: firstUnits(states.initial, visible), final: firstUnits(states.final, visible) }

  const before = startDensity(start)
  const after =
    workAndHeat !== null && observe.includes('entropy-production') && before !== null
      ? finalDensity(problem, protocol, start, ensemble.final)
      : null
  const entropy =
    workAndHeat === null || before === null || after === null
      ? null
      : entropyProduction(workAndHeat.heat, bath.kT, boundaryEntropy(exactDensity(ensemble.initial, before), after))
  const forces =
    observe.includes('force') && trajectories !== null ? recordedForces(potential, protocol, trajectories) : null
  return { ensemble, states, classes, workAndHeat, trajectories, forces, firstPassage, entropyProduction: entropy }
}
