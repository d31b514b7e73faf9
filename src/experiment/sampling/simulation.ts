import { stableTimeStep } from '../../physics/dynamics/timestep.js'
import { type Protocol, scheduledAt, scheduledProtocol } from '../../physics/protocol/protocol.js'
import { createProblem, type Problem } from '../system/problem.js'
import { initialStates } from '../system/start.js'

/** Landscapes on the way that a time step is chosen for. */
const looks = 20
/** Initial states that it is chosen for, at most. */
const mostStates = 64

/** The protocol of a plain simulation; without a given dt, one that resolves the stiffest landscape on its way. */
export function simulationProtocol(problem: Problem): Protocol {
  const { scenario, potential, bath, given, generation } = problem
  if (given === undefined || scenario.protocol === undefined) throw new Error('a plain simulation has a protocol')
  const { theta, scheduled, kT, start } = given
  const { duration, dt } = scenario.protocol
  const resolved = () => {
    const states = new Float64Array(potential.network.units * Math.min(mostStates, scenario.sampling.trajectories))
    initialStates(start, scenario.seed)(states, 0, states.length / potential.network.units)
    const still = scheduled.length === 0 && kT === null
    const times = still ? [0] : Array.from({ length: looks + 1 }, (_, n) => (duration * n) / looks)
    const steps = times.map((t) =>
      stableTimeStep(potential, scheduledAt(theta, scheduled, t), { ...bath, kT: kT?.(t) ?? bath.kT }, states),
    )
    return Math.min(...steps)
  }
  const step = dt ?? Math.min(resolved(), generation.longestStep ?? Infinity)
  return scheduledProtocol(theta, scheduled, duration, step, kT ?? undefined)
}

/**
 * The same simulation with its protocol run backwards, in the same steps, from the equilibrium of its own first landscape and
 * on random numbers of its own; it measures the work.
 */
export function reversedProblem({ scenario }: Problem, { dt }: Protocol): Problem {
  const { protocol, seed } = scenario
  if (protocol === undefined) throw new Error('a plain simulation has a protocol')
  return createProblem({
    ...scenario,
    // The mirror image of a seed is one that nobody chooses.
    seed: Number.MAX_SAFE_INTEGER - seed,
    protocol: { ...protocol, reversed: !protocol.reversed, dt: dt[0] },
    firstPassage: undefined,
    observe: ['work'],
  })
}
