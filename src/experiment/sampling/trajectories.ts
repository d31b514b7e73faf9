import { simulationOf } from '../../backend/simulation.js'
import { drawClasses } from '../../learning/data/classes.js'
import type { InitialStates } from '../../physics/dynamics/ensemble.js'
import { withOwnStart } from '../../physics/dynamics/own-start.js'
import { type Span, wholeSpan } from '../../physics/dynamics/span.js'
import { clampedTo } from '../../physics/network/labels.js'
import type { Network } from '../../physics/network/network.js'
import type { GaussianLaw } from '../../physics/observe/moments.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import type { Problem } from '../system/problem.js'
import { initialStates, momentsOf, type Start, startOf } from '../system/start.js'

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

/** The simulation of the scenario's trajectories, or of a span of them, which measures nothing yet, and the law of their start. */
export function ensembleSimulation(
  problem: Problem,
  protocol: Protocol,
  span: Span = wholeSpan(problem.scenario.sampling.trajectories),
) {
  const { scenario, bath, generation } = problem
  const { potential } = generation
  const { sampling, seed } = scenario
  const start = ownStart(problem)
  const classes = clampedClasses(problem)
  const told = withClamped(initialStates(start, seed), potential.network, classes, problem)
  const states = withOwnStart(told, seed, potential.network)
  const { trajectories } = span
  const simulation = simulationOf({ ...sampling, potential, protocol, bath, start: states, seed, span, trajectories })
  return { simulation, start, classes }
}
