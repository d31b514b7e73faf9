import type { Backend, Demand } from '../../backend/backend.js'
import type { Check } from '../../physics/observe/check.js'
import { seedOf, type Topic } from './claim.js'
import { controls } from './controls.js'
import { drivenTraps } from './driven.js'
import { drives } from './drives.js'
import { equilibrium } from './equilibrium.js'
import { escapeTimes } from './escape.js'
import { farFromOrigin } from './far-from-origin.js'
import { harmonicNetwork } from './harmonic-network.js'
import { pathIdentities } from './identities.js'
import { everyTerm, learning } from './learning.js'
import { mixture } from './mixture.js'
import { ornsteinUhlenbeck } from './ornstein-uhlenbeck.js'
import { reverseNoising } from './reverse-noising.js'
import { states } from './states.js'
import { timeSteps } from './time-steps.js'
import { twoBaths } from './two-baths.js'

/** Everything that is exactly known, then the negative controls. */
export const topics: readonly Topic[] = [
  ornsteinUhlenbeck,
  harmonicNetwork,
  farFromOrigin,
  equilibrium,
  escapeTimes,
  drivenTraps,
  drives,
  timeSteps,
  reverseNoising,
  learning,
  pathIdentities,
  mixture,
  states,
  twoBaths,
  controls,
]

/** What the backend must be able to run. */
export const needs: Demand = { potential: everyTerm, rule: 'nudged-force-matching', integrator: 'leimkuhler-matthews' }

/** A check of one of the topics. */
export interface VerifiedCheck extends Check {
  readonly topic: string
  /** spent on the claim that the row belongs to; rows of one claim share its simulations */
  readonly seconds: number
}

/** How the truths are put to the test. */
export interface VerifyOptions {
  /** one that meets `needs`; the caller closes it */
  readonly backend: Backend
  readonly seed: number
  /** ten times as many trajectories */
  readonly thorough?: boolean
  /** all by default */
  readonly topics?: readonly Topic[]
  /** called before each claim */
  readonly onClaim?: (topic: string, claim: string) => void
}

/**
 * Compares simulations and learning rules with what is exactly known of them. The rows depend on seed, backend and thoroughness
 * only (but for their seconds).
 */
export async function verify(options: VerifyOptions): Promise<VerifiedCheck[]> {
  const { backend, seed, thorough = false, onClaim } = options
  const rows: VerifiedCheck[] = []
  for (const { name: topic, claims } of options.topics ?? topics)
    for (const claim of claims) {
      onClaim?.(topic, claim.name)
      const start = performance.now()
      const checks = await claim.check({ backend, seed: seedOf(seed, claim.name), effort: thorough ? 10 : 1 })
      const seconds = (performance.now() - start) / 1000
      rows.push(...checks.map((check) => ({ ...check, topic, seconds })))
    }
  return rows
}
