import { wholeSteps } from '../protocol/protocol.js'
import type { Driven } from './driven.js'
import { baseStep, looks, looksOf } from './looks.js'
import { createJudge } from './step-judge.js'
import { keyOf } from './step-limits.js'
import { type NarrowFeature, resolution } from './timestep.js'

/** Equal steps that were asked for, beside those that resolve the system. */
export interface Outrun {
  /** μ·dt·curvature at the stiffest place that is known of, and when */
  readonly steepness: number
  readonly at: number
  /** the first time at which a schedule goes too far within a step, and the schedule's key; null where none does */
  readonly missed: { readonly t: number; readonly name: string } | null
  /** the longest step that the default steps would have */
  readonly resolved: number
  /** the feature of the potential that asks for it, where it is narrower than a look at the landscape sees */
  readonly narrow: NarrowFeature | null
}

/** How many times more than default steps others may be off before it is said: variances by about 14 %, forces by .1 thermal widths. */
export const slack = 10

/**
 * Judgements of a system of one unit, after which nobody looks for worse: of about a millisecond each, and the longer the more units
 * there are.
 */
const mostJudged = 2000
/** Judgements of any system, at least. */
const leastJudged = 64

/**
 * What equal steps miss of a system, with the eyes of `planSteps`.
 *
 * Cost: O(log steps) judgements for each feature of a schedule, one for each step that misses one; at most `mostJudged`/units.
 */
export function outrun(driven: Driven, dt: number): Outrun {
  const { duration, bath } = driven
  const seen = looksOf(driven)
  const base = baseStep(seen.curvature, bath.mobility)
  const steps = wholeSteps(duration, dt)
  const step = duration / steps
  const time = (n: number) => (duration * n) / steps
  const stiffest = seen.curvature.reduce((best, of, n) => (of > seen.curvature[best]! ? n : best), 0)
  const narrow = seen.narrow[stiffest]!
  const known = { steepness: bath.mobility * seen.curvature[stiffest]! * step, at: (duration * stiffest) / looks }
  if (driven.scheduled.length === 0 && driven.kT === null) return { ...known, missed: null, resolved: base, narrow }
  const judge = createJudge(driven, seen, base, step, slack)
  let [missed, stiff]: [Outrun['missed'], Pick<Outrun, 'steepness' | 'at'>] = [null, known]
  let left = Math.max(leastJudged, mostJudged / driven.potential.network.units)
  const look = (from: number, to: number): void => {
    if (left-- <= 0) return
    const { kind, cause, steepness } = judge(time(from), time(to), step, Infinity)
    if (kind !== 'finer') return
    const middle = (from + to) >> 1
    if (to - from > 1) {
      look(from, middle)
      look(middle, to)
      return
    }
    missed ??= { t: time(from), name: keyOf(driven, cause) }
    if (steepness > stiff.steepness) stiff = { steepness, at: time(from) }
  }
  look(0, steps)
  return { ...stiff, missed, resolved: base, narrow }
}

/** Steps whose variances are off so far that it is said. */
export const steepest = slack * 1.25 * resolution
