import type { Backend, Demand } from '../../backend/backend.js'
import { betweenPieces, type Hooks, type Keeper } from '../../backend/hooks.js'
import { createReference } from '../../backend/reference.js'
import { StoppedError } from '../../errors.js'
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
  /** what it is about; see `topics` */
  readonly topic: string
  /** spent on the claim that the row belongs to; rows of one claim share its simulations */
  readonly seconds: number
}

/** How the truths are put to the test. */
export interface VerifyOptions extends Hooks {
  /** one that meets `needs`, which the caller closes; the reference when absent */
  readonly backend?: Backend | undefined
  /** 1 when absent */
  readonly seed?: number | undefined
  /** ten times as many trajectories */
  readonly thorough?: boolean | undefined
  /** all by default */
  readonly topics?: readonly Topic[] | undefined
  /** called before each claim */
  readonly onClaim?: ((topic: string, claim: string) => void) | undefined
  /** called when a topic is done, with its rows */
  readonly onTopic?: ((topic: Topic, rows: readonly VerifiedCheck[]) => void) | undefined
  /** keeps the claims that are done */
  readonly keeper?: Keeper<readonly DoneClaim[]> | undefined
}

/** A claim, and what became of it. */
export interface DoneClaim {
  readonly topic: string
  readonly claim: string
  readonly rows: readonly VerifiedCheck[]
}

/**
 * Compares simulations and learning rules with what is exactly known of them. The rows depend on seed, backend and thoroughness
 * only (but for their seconds). `(await verify()).every(({ pass }) => pass)`
 *
 * @throws StoppedError when `signal` stopped it, the claims that were done kept
 */
export async function verify(options: VerifyOptions = {}): Promise<VerifiedCheck[]> {
  const { seed = 1, thorough = false, onClaim, onTopic, keeper, onNote, signal } = options
  const own = options.backend ?? createReference()
  const backend: Backend = {
    ...own,
    simulate: (simulation, hooks) => own.simulate(simulation, { onNote, ...hooks, signal }),
  }
  const done = [...(keeper?.found ?? [])]
  const chosen = options.topics ?? topics
  const total = chosen.reduce((sum, { claims }) => sum + claims.length, 0)
  let looked = 0
  const rowsOf = async (topic: string, { name, check }: Topic['claims'][number]) => {
    const known = done.find((one) => one.topic === topic && one.claim === name)
    if (known !== undefined) return known.rows
    onClaim?.(topic, name)
    const start = performance.now()
    const checks = await check({ backend, seed: seedOf(seed, name), effort: thorough ? 10 : 1 })
    if (signal?.aborted === true) throw new StoppedError()
    const seconds = (performance.now() - start) / 1000
    const rows = checks.map((row) => ({ ...row, topic, seconds }))
    done.push({ topic, claim: name, rows })
    if (keeper?.isDue() === true) keeper.keep(done)
    return rows
  }
  const all: VerifiedCheck[] = []
  try {
    for (const topic of chosen) {
      const rows: VerifiedCheck[] = []
      for (const claim of topic.claims) {
        rows.push(...(await rowsOf(topic.name, claim)))
        await betweenPieces(options, { phase: 'measure', done: ++looked, total })
      }
      onTopic?.(topic, rows)
      all.push(...rows)
    }
  } catch (error) {
    if (error instanceof StoppedError) keeper?.keep(done)
    throw error
  }
  return all
}
