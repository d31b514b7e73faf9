import type { Backend } from '../backend/backend.js'
import type { Hooks } from '../backend/hooks.js'
import { type Ensemble, gaussianStart } from '../dynamics/ensemble.js'
import { createWorkAndHeat, type WorkAndHeat } from '../dynamics/work-and-heat.js'
import { StoppedError } from '../errors.js'
import { entropyProduction, gaussianDensity } from '../observe/entropy-production.js'
import { fittedGaussianDensity } from '../observe/gaussian-fit.js'
import { observeTrajectories, type RecordedTrajectories } from '../observe/trajectories.js'
import type { Protocol } from '../protocol/protocol.js'
import type { Problem } from './problem.js'

/** Where an ensemble starts: independent Gaussian coordinates; variance 0 is a point. */
export interface Start {
  readonly mean: readonly number[] | number
  readonly variance: number
}

/** An ensemble run through its drive, with all that the scenario asked to observe. */
export interface ObservedEnsemble {
  readonly ensemble: Ensemble
  readonly workAndHeat: WorkAndHeat | null
  readonly trajectories: RecordedTrajectories | null
  /** in units of k_B, with the Gaussian estimate of the final density; null where that or the start has no density */
  readonly entropyProduction: Float64Array | null
}

/** Frames kept of each recorded trajectory, at most about this many. */
const mostFrames = 600

/** The start of a scenario's trajectories: its own, or the equilibrium of the trap that generation begins in. */
export function startOf({ scenario, bath, noising }: Problem): Start {
  const { initial } = scenario
  if (initial === undefined) return { mean: 0, variance: bath.kT / noising.stiffness }
  return initial.kind === 'point'
    ? { mean: initial.x, variance: 0 }
    : { mean: initial.mean, variance: initial.variance }
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
  const { sampling, observe, seed } = scenario
  const start = startOf(problem)
  const energies = observe.includes('work') || observe.includes('heat') || observe.includes('entropy-production')
  const workAndHeat = energies ? createWorkAndHeat(sampling.trajectories) : null
  const recorded = Math.min(sampling.record, sampling.trajectories)
  const trajectories =
    observe.includes('trajectories') && recorded > 0
      ? observeTrajectories(recorded, potential.network.units, protocol.dt.length, mostFrames)
      : null
  const ensemble = await backend.simulate(
    {
      potential,
      protocol,
      bath,
      start: gaussianStart(seed, start.mean, start.variance),
      seed,
      ...sampling,
      workAndHeat,
      observers: trajectories === null ? [] : [trajectories],
    },
    hooks,
  )
  if (ensemble === null) throw new StoppedError(directory)

  let entropy: Float64Array | null = null
  if (workAndHeat !== null && observe.includes('entropy-production') && start.variance > 0) {
    const after = fittedGaussianDensity(ensemble.final)
    if (after !== null)
      entropy = entropyProduction(
        workAndHeat.heat,
        bath.kT,
        ensemble.initial,
        ensemble.final,
        gaussianDensity(start.mean, start.variance),
        () => after,
      )
  }
  return { ensemble, workAndHeat, trajectories, entropyProduction: entropy }
}
