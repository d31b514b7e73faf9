import { EigenvalueDecomposition } from 'ml-matrix'
import { invalidValue, OverdampedError } from '../../errors.js'
import { entriesOf, isSparse } from '../../physics/dynamics/curvature.js'
import type { Driven } from '../../physics/dynamics/driven.js'
import { longestOfUnits } from '../../physics/dynamics/longest-steps.js'
import { outrun, slack, steepest } from '../../physics/dynamics/outrun.js'
import { withOwnStart } from '../../physics/dynamics/own-start.js'
import { planSteps } from '../../physics/dynamics/step-plan.js'
import type { Network } from '../../physics/network/network.js'
import { squareMatrix } from '../../physics/observe/moments.js'
import { hessian } from '../../physics/potential/potential.js'
import {
  type Protocol,
  reversedTimes,
  scheduledAt,
  scheduledProtocol,
  timedProtocol,
  wholeSteps,
} from '../../physics/protocol/protocol.js'
import { createProblem, type Problem } from '../system/problem.js'
import { initialStates } from '../system/start.js'
import { type ChosenProtocol, chosenByPlan } from './steps.js'

/** Initial coordinates that a time step is chosen for: all of small systems, since what falls farthest is an outlier. */
const mostCoordinates = 2 ** 17
/** Initial states, at least. */
const fewestStates = 64

/** A plain simulation as its time steps are chosen for. */
function drivenOf({ scenario, potential, bath, given }: Problem): Driven {
  if (given === undefined || scenario.protocol === undefined) throw new Error('a plain simulation has a protocol')
  const { theta, scheduled, kT, kTBounds, start } = given
  const { duration } = scenario.protocol
  const { network } = potential
  const { units } = network
  const states = Math.max(fewestStates, Math.floor(mostCoordinates / units))
  const initial = new Float64Array(units * Math.min(states, scenario.sampling.trajectories))
  withOwnStart(initialStates(start, scenario.seed), scenario.seed, network)(initial, 0, initial.length / units)
  const heat = kT === null ? null : { value: kT, ...(kTBounds === null ? {} : { bounds: kTBounds }) }
  return { potential, theta, scheduled, kT: heat, bath, initial, duration }
}

/** The protocol of a plain simulation; without a given dt, in steps that resolve the landscapes and schedules on its way. */
export function simulationProtocol(problem: Problem): ChosenProtocol {
  const driven = drivenOf(problem)
  const { theta, scheduled, duration } = driven
  // That of the bath, which the plan may know by its hottest units.
  const kT = problem.given?.kT ?? undefined
  const { dt } = problem.scenario.protocol!
  const ofFile = problem.given?.steps ?? null
  if (ofFile !== null)
    return { ...timedProtocol(theta, scheduled, ofFile, kT), chosenBy: 'by the times of protocol.schedule' }
  if (dt !== undefined) {
    requireStable(problem, driven, dt)
    return { ...scheduledProtocol(theta, scheduled, duration, dt, kT), chosenBy: 'by protocol.dt' }
  }
  const longest = Math.min(problem.generation.longestStep ?? Infinity, longestOfUnits(driven))
  // Flips alone have no curvature that a step must resolve.
  if (isStill(problem)) {
    const protocol = scheduledProtocol(theta, scheduled, duration, Math.min(longest, duration), kT)
    return { ...protocol, chosenBy: 'chosen by the rates of the units' }
  }
  const steps = planSteps(driven, longest)
  const { limits } = steps
  return { ...timedProtocol(theta, scheduled, steps, kT), limits, chosenBy: chosenByPlan(limits) }
}

/** Whether no unit moves but by flips. */
function isStill({ generation }: Problem): boolean {
  return generation.potential.network.mobility?.every((relative) => relative === 0) ?? false
}

/** Schemes whose harmonic steps x' = (1 - z)x + …, z = μκdt, grow where z > 2; and z from which their own error is said. */
const explicitSchemes: ReadonlyMap<string, number> = new Map([
  ['euler-maruyama', steepest],
  ['heun', 1],
  ['leimkuhler-matthews', 1],
])
/** Largest network whose stiffest direction is looked for; the stiffest unit's own curvature beyond it. */
const mostDirections = 64

/** @throws E_INVALID_VALUE for a given dt at which a harmonic system runs away in all its landscapes */
function requireStable(
  { scenario }: Problem,
  { potential, theta, scheduled, bath, duration }: Driven,
  dt: number,
): void {
  if (!explicitSchemes.has(scenario.sampling.integrator) || potential.terms.some(({ harmonic }) => !harmonic)) return
  const { units } = potential.network
  const stiffest = (t: number) => {
    const [at, origin] = [scheduledAt(theta, scheduled, t), new Float64Array(units)]
    if (units > mostDirections && isSparse(potential))
      return entriesOf(potential, at, origin).diagonal.reduce(
        (most, k, i) => Math.max(most, (potential.network.mobility?.[i] ?? 1) * k),
        0,
      )
    const K = relativeTo(potential.network, hessian(potential, at, origin))
    const largest = K.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    // Where squares overflow there are no eigenvalues.
    if (!(largest < 1e150)) return largest
    return units <= mostDirections
      ? Math.max(...new EigenvalueDecomposition(squareMatrix(K, units), { assumeSymmetric: true }).realEigenvalues)
      : Math.max(...Array.from({ length: units }, (_, i) => K[i * units + i]!))
  }
  const softest = Math.min(...[0, 0.25, 0.5, 0.75, 1].map((share) => stiffest(share * duration)))
  if (bath.mobility * softest * (duration / wholeSteps(duration, dt)) < 2) return
  throw invalidValue(
    `${dt} is ${Number((bath.mobility * softest * dt).toPrecision(3))} relaxation times of the stiffest direction, and from 2 on every step ` +
      `throws it farther out; expected less than ${Number((2 / (bath.mobility * softest)).toPrecision(2))}. Leave it out for a step that resolves it.`,
    'protocol.dt',
  )
}

/** √μ K √μ with the mobilities of the units relative to the bath's: its eigenvalues are how fast the directions relax. */
function relativeTo({ mobility, units }: Network, K: Float64Array): Float64Array {
  if (mobility === null) return K
  return K.map((value, n) => value * Math.sqrt(mobility[Math.floor(n / units)]! * mobility[n % units]!))
}

/** What a given dt misses, and what mends it; empty without one. */
export function stepWarnings(problem: Problem): string[] {
  const { protocol, sampling } = problem.scenario
  const dt = protocol?.dt
  if (problem.given === undefined || dt === undefined || isStill(problem)) return []
  const driven = drivenOf(problem)
  const { steepness, at, missed, resolved, narrow } = outrun(driven, dt)
  const longest = longestOfUnits(driven)
  const short = (value: number) => String(Number(value.toPrecision(3)))
  const step = short(protocol!.duration / wholeSteps(protocol!.duration, dt))
  const given = `protocol.dt ${dt}${step === short(dt) ? '' : `, in whole steps ${step},`}`
  const bar = explicitSchemes.get(sampling.integrator) ?? Infinity
  const consequence =
    steepness >= 2
      ? 'from 2 on a harmonic trajectory is thrown farther out by every step'
      : `in a harmonic trap Euler–Maruyama's variance is off by ${short((50 * steepness) / (1 - steepness / 2))} %`
  return [
    ...(steepness > bar
      ? [
          `${given} is ${short(steepness)} relaxation times of the stiffest place that is visited, near t = ${short(at)}` +
            `${narrow === null ? '' : ` and x = ${short(narrow.x)}, where ${narrow.term} bends`}: ` +
            `${consequence}. Give ${short(resolved)} or less, or leave it out.`,
        ]
      : []),
    ...(dt > slack * longest
      ? [
          `${given} is long for the walls or active forces of the units, whose own times it must resolve. Give ${short(longest)} or less, or leave it out.`,
        ]
      : []),
    ...(missed === null
      ? []
      : [
          `${given} outruns ${missed.name} near t = ${Number(missed.t.toPrecision(6))}: it changes more in one step than ` +
            'the trajectories can tell. Leave protocol.dt out, and the steps are shorter there.',
        ]),
  ]
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
