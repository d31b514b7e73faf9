import { type BennettEstimate, bennett } from '../../physics/observe/bennett.js'
import { type CrooksFit, crooksFit } from '../../physics/observe/crooks.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import { type JarzynskiEstimate, jarzynski } from '../../physics/observe/jarzynski.js'
import type { Problem } from '../system/problem.js'

/**
 * The free-energy difference between the ends of a protocol, in units of kT: from its own works, and with
 * `protocol.bothWays` from those of the reversed one too.
 */
export interface FreeEnergyResults {
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
 * works of the reversed protocol, Bennett's and Crooks'.
 *
 * @param work - of the protocol, and `reverseWork` of its reverse, [trajectories] each; null where it was not measured
 * @returns null where no free energy can be had: from other starts, at a changing temperature, in a landscape at rest
 */
export function measureFreeEnergy(
  { scenario, bath, given }: Problem,
  work: Float64Array | null,
  reverseWork: Float64Array | null,
): FreeEnergyResults | null {
  const { seed, initial, observe } = scenario
  const driven = given !== undefined && given.scheduled.length > 0 && given.kT === null
  if (work === null || !driven || initial?.kind !== 'equilibrium' || !observe.includes('work')) return null
  const inKT = (energy: Float64Array) => energy.map((value) => value / bath.kT)
  const forward = inKT(work)
  const options = { seed, resamples: resamplesOf(forward.length) }
  const { warning: doubt, ...average } = jarzynski(forward, 1, options)
  if (reverseWork === null) return { jarzynski: average, warning: doubt }
  const reverse = inKT(reverseWork)
  const { warning, ...ratio } = bennett(forward, reverse, 1, options)
  return {
    jarzynski: average,
    bennett: ratio,
    crooks: crooksFit(forward, reverse, 1),
    reverseWork: meanOf(reverse),
    warning: [doubt, warning].filter((text) => text !== null).join(' ') || null,
  }
}
