import { OverdampedError } from '../../errors.js'
import type { Driven } from '../../physics/dynamics/step-judge.js'
import { planSteps } from '../../physics/dynamics/step-plan.js'
import { type Protocol, reversedTimes, scheduledProtocol, timedProtocol } from '../../physics/protocol/protocol.js'
import { createProblem, type Problem } from '../system/problem.js'
import { initialStates } from '../system/start.js'

/** Initial states that a time step is chosen for, at most. */
const mostStates = 64

/** A plain simulation as its time steps are chosen for. */
function drivenOf({ scenario, potential, bath, given }: Problem): Driven {
  if (given === undefined || scenario.protocol === undefined) throw new Error('a plain simulation has a protocol')
  const { theta, scheduled, kT, kTBounds, start } = given
  const { duration } = scenario.protocol
  const initial = new Float64Array(potential.network.units * Math.min(mostStates, scenario.sampling.trajectories))
  initialStates(start, scenario.seed)(initial, 0, initial.length / potential.network.units)
  const heat = kT === null ? null : { value: kT, ...(kTBounds === null ? {} : { bounds: kTBounds }) }
  return { potential, theta, scheduled, kT: heat, bath, initial, duration }
}

/** The protocol of a plain simulation; without a given dt, in steps that resolve the landscapes and schedules on its way. */
export function simulationProtocol(problem: Problem): Protocol {
  const driven = drivenOf(problem)
  const { theta, scheduled, kT, duration } = driven
  const { dt } = problem.scenario.protocol!
  if (dt !== undefined) return scheduledProtocol(theta, scheduled, duration, dt, kT?.value)
  return timedProtocol(theta, scheduled, planSteps(driven, problem.generation.longestStep ?? Infinity), kT?.value)
}

/**
 * Times so close that no feature of a schedule is between two of them, whatever the steps of the run: those of the default steps;
 * the run's own where there are none that resolve everything.
 */
export function resolvedTimes(problem: Problem, { clock }: Protocol): Float64Array {
  if (problem.scenario.protocol?.dt === undefined) return clock
  try {
    return planSteps(drivenOf(problem), Infinity).clock
  } catch (error) {
    if (error instanceof OverdampedError) return clock
    throw error
  }
}

/**
 * The same simulation with its protocol run backwards, in the same steps, from the equilibrium of its own first landscape and
 * on random numbers of its own; it measures the work.
 */
export function reversedSimulation(
  { scenario }: Problem,
  forwards: Protocol,
): { problem: Problem; protocol: Protocol } {
  const { protocol, seed } = scenario
  if (protocol === undefined) throw new Error('a plain simulation has a protocol')
  const problem = createProblem({
    ...scenario,
    // The mirror image of a seed is one that nobody chooses.
    seed: Number.MAX_SAFE_INTEGER - seed,
    protocol: { ...protocol, reversed: !protocol.reversed },
    firstPassage: undefined,
    observe: ['work'],
  })
  const { theta, scheduled, kT } = problem.given!
  return { problem, protocol: timedProtocol(theta, scheduled, reversedTimes(forwards), kT ?? undefined) }
}
