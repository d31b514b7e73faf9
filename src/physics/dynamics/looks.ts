import { scheduledAt } from '../protocol/protocol.js'
import type { Driven, Looks } from './driven.js'
import { type Fall, fallOf } from './falls.js'
import { resolution, visited } from './timestep.js'

/** Landscapes on the way that the longest step is chosen for; bounds of the schedules see what is between. */
export const looks = 20

/** Where the steps that the stiffest look asks for would be more than this many times those that all looks ask for, it is a spike. */
const spike = 12

/** The landscapes at equally spaced times, and the times that steps end at which follow the start. */
export function looksOf({
  potential,
  theta,
  scheduled,
  kT,
  bath,
  initial,
  duration,
}: Driven): Looks & Pick<Fall, 'ends'> {
  const still = scheduled.length === 0 && kT === null
  const times = still ? [0] : Array.from({ length: looks + 1 }, (_, n) => (duration * n) / looks)
  const at = times.map((t) => scheduledAt(theta, scheduled, t))
  const temperature = times.map((t) => kT?.value(t) ?? bath.kT)
  const seen = at.map((of, n) => visited(potential, of, { kT: temperature[n]! }, initial))
  const { ends, rest } = fallOf(
    potential,
    at[0]!,
    { ...bath, kT: temperature[0]! },
    initial,
    Math.max(1, seen[0]!.curvature),
  )
  const curvature = seen.map((of) => Math.max(1, of.curvature, rest))
  return {
    theta: at,
    kT: temperature,
    curvature,
    narrow: seen.map(({ narrow }) => narrow),
    x: seen.map(({ x }) => x),
    reach: seen.map(({ reach }) => reach),
    ends,
  }
}

/** The look that the step of most of the way is that of: the stiffest, or the middle one where the stiffest is a spike. */
export function decisive(curvature: readonly number[]): number {
  const sorted = [...curvature.keys()].sort((a, b) => curvature[a]! - curvature[b]!)
  const stiffest = sorted.at(-1)!
  const mean = curvature.reduce((sum, of) => sum + of, 0) / curvature.length
  return curvature[stiffest]! > spike * mean ? sorted[sorted.length >> 1]! : stiffest
}

export function baseStep(curvature: readonly number[], mobility: number): number {
  return resolution / (mobility * curvature[decisive(curvature)]!)
}
