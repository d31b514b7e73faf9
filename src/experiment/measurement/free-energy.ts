import { type BennettEstimate, bennett } from '../../physics/observe/bennett.js'
import { type CrooksFit, crooksFit } from '../../physics/observe/crooks.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import { type JarzynskiEstimate, jarzynski } from '../../physics/observe/jarzynski.js'
import { hasDriving } from '../../physics/potential/potential.js'
import { scheduledAt } from '../../physics/protocol/protocol.js'
import { knownLogPartition } from '../../physics/truth/partition.js'
import { isAtRest, type Problem } from '../system/problem.js'
import { startsInEquilibrium } from '../system/start.js'

/**
 * The free-energy difference between the ends of a protocol, in units of kT: from its own works, and with
 * `protocol.bothWays` from those of the reversed one too.
 */
export interface FreeEnergyResults {
  /** where both landscapes have a log Z that is known */
  readonly exact?: number
  readonly jarzynski: Omit<JarzynskiEstimate, 'warning'>
  readonly bennett?: Omit<BennettEstimate, 'warning'>
  /** null where the works of both directions do not overlap */
  readonly crooks?: CrooksFit | null
  /** mean work of the reversed protocol */
  readonly reverseWork?: Estimate
  /** what is wrong with the estimates and what mends it; null when nothing is known to be */
  readonly warning: string | null
}

/** Sums that a bootstrap takes over all runs, at most: resamples are fewer for very many runs, whose errors are small. */
const mostSums = 1e7
const resamplesOf = (runs: number) => Math.max(50, Math.min(200, Math.round(mostSums / runs)))

/**
 * Free-energy difference of a driven simulation that starts in equilibrium, in units of kT: Jarzynski's average and, with the
 * works of the reversed protocol, Bennett's and Crooks'. They hold where forces without a potential do a part of the work (integral
 * fluctuation theorem with the equilibrium of U at both ends; Seifert, Rep. Prog. Phys. 75, 126001 (2012), §3.1), ΔF then being that of U.
 *
 * @param work - of the protocol, and `reverseWork` of its reverse, [trajectories] each; null where it was not measured
 * @returns null where no free energy can be had: from other starts, at a changing temperature or several, in a landscape at rest
 */
export function measureFreeEnergy(
  problem: Problem,
  work: Float64Array | null,
  reverseWork: Float64Array | null,
): FreeEnergyResults | null {
  const { scenario, bath, given } = problem
  const { seed, observe } = scenario
  const { potential } = problem
  // An active force that counts as bath does no work, and its bath has no temperature.
  const isOneBath = potential.network.temperature === null && !hasDriving(potential, 'bath') && given?.kT === null
  const driven = given !== undefined && !isAtRest(problem) && isOneBath
  if (work === null || !driven || !startsInEquilibrium(scenario) || !observe.includes('work')) return null
  const inKT = (energy: Float64Array) => energy.map((value) => value / bath.kT)
  const forward = inKT(work)
  const found = freeEnergyFrom(forward, reverseWork === null ? null : inKT(reverseWork), seed)
  const exact = freeEnergyDifference(problem)
  return {
    ...(exact === null ? {} : { exact }),
    ...found,
    warning: joined(found.warning, brokenSecondLaw(exact, forward)),
  }
}

/**
 * The estimates of a free-energy difference from works alone.
 *
 * @param forward - works over kT of a protocol from equilibrium, [runs]; `reverse`: of its reverse, [others], null without them
 * @param seed - of the bootstrap
 */
export function freeEnergyFrom(forward: Float64Array, reverse: Float64Array | null, seed: number): FreeEnergyResults {
  const options = { seed, resamples: resamplesOf(forward.length) }
  const { warning: unsure, ...average } = jarzynski(forward, 1, options)
  if (reverse === null) return { jarzynski: average, warning: unsure }
  const { warning, ...ratio } = bennett(forward, reverse, 1, options)
  return {
    jarzynski: average,
    bennett: ratio,
    crooks: crooksFit(forward, reverse, 1),
    reverseWork: meanOf(reverse),
    warning: joined(unsure, warning),
  }
}

const joined = (...texts: (string | null)[]) => texts.filter((text) => text !== null).join(' ') || null

/** A share of the free energy that the works of a discrete scheme may fall short of. */
const allowedShare = 0.05

/** A warning where the mean work is below a free-energy difference that is known; null elsewhere. */
function brokenSecondLaw(known: number | null, work: Float64Array): string | null {
  const { value, standardError } = meanOf(work)
  // Of a single work the error is not known, and it proves nothing.
  if (known === null || !(value + 4 * standardError < known - allowedShare * (1 + Math.abs(known)))) return null
  return `The mean work is below the free-energy difference, ${known.toPrecision(4)} kT, which the second law forbids: the time step is too long.`
}

/**
 * ΔF/kT between the ends of a simulation that starts in equilibrium, where both landscapes have a known log Z: harmonic ones and those of
 * few joint states, of units that are not coupled (there), of two that are, of a chain; null elsewhere.
 */
export function freeEnergyDifference({ potential, bath, given, scenario }: Problem): number | null {
  if (given === undefined || given.kT !== null || !startsInEquilibrium(scenario)) return null
  const at = (t: number) => knownLogPartition(potential, scheduledAt(given.theta, given.scheduled, t), bath)
  const [before, after] = [at(0), at(scenario.protocol!.duration)]
  return before === null || after === null ? null : before - after
}
