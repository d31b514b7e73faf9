import type { Backend } from '../backend/backend.js'
import type { Hooks } from '../backend/hooks.js'
import type { Ensemble } from '../dynamics/ensemble.js'
import { createWorkAndHeat, type WorkAndHeat } from '../dynamics/work-and-heat.js'
import { StoppedError } from '../errors.js'
import { entropyProduction } from '../observe/entropy-production.js'
import { type FirstPassageTimes, observeFirstPassage } from '../observe/first-passage-times.js'
import { fittedGaussianDensity } from '../observe/gaussian-fit.js'
import { observeTrajectories, type RecordedTrajectories } from '../observe/trajectories.js'
import type { Protocol } from '../protocol/protocol.js'
import type { Problem } from './problem.js'
import { initialStates, type Start, startDensity } from './start.js'

/** An ensemble run through its drive, with all that the scenario asked to observe. */
export interface ObservedEnsemble {
  readonly ensemble: Ensemble
  readonly workAndHeat: WorkAndHeat | null
  readonly trajectories: RecordedTrajectories | null
  readonly firstPassage: FirstPassageTimes | null
  /** in units of k_B, with the Gaussian estimate of the final density; null where that or the start has no density */
  readonly entropyProduction: Float64Array | null
}

/** Frames kept of each recorded trajectory, at most about this many. */
const mostFrames = 600

/** The start of a scenario's trajectories: its own, or the equilibrium of the trap that generation begins in. */
export function startOf({ scenario: { initial }, bath, noising, given }: Problem): Start {
  if (given !== undefined) return given.start
  if (initial === undefined || initial.kind === 'equilibrium')
    return { kind: 'independent', mean: 0, variance: bath.kT / noising.stiffness }
  return initial.kind === 'point'
    ? { kind: 'independent', mean: initial.x, variance: 0 }
    : { kind: 'independent', mean: initial.mean, variance: initial.variance }
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
  const { scenario, potential, bath } = problem
  const { sampling, observe, seed, firstPassage: watched } = scenario
  const start = startOf(problem)
  const energies = observe.includes('work') || observe.includes('heat') || observe.includes('entropy-production')
  const workAndHeat = energies ? createWorkAndHeat(sampling.trajectories) : null
  const recorded = Math.min(sampling.record, sampling.trajectories)
  const trajectories =
    observe.includes('trajectories') && recorded > 0
      ? observeTrajectories(recorded, potential.network.units, protocol.dt.length, mostFrames)
      : null
  const firstPassage =
    watched === undefined ? null : observeFirstPassage(sampling.trajectories, watched.unit, watched.to)
  const ensemble = await backend.simulate(
    {
      potential,
      protocol,
      bath,
      start: initialStates(start, seed),
      seed,
      ...sampling,
      workAndHeat,
      observers: [trajectories, firstPassage].filter((observer) => observer !== null),
    },
    hooks,
  )
  if (ensemble === null) throw new StoppedError(directory)

  const before = startDensity(start)
  let entropy: Float64Array | null = null
  if (workAndHeat !== null && observe.includes('entropy-production') && before !== null) {
    const after = fittedGaussianDensity(ensemble.final)
    if (after !== null)
      entropy = entropyProduction(workAndHeat.heat, bath.kT, ensemble.initial, ensemble.final, before, () => after)
  }
  return { ensemble, workAndHeat, trajectories, firstPassage, entropyProduction: entropy }
}
