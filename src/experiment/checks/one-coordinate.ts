import { hasWalls } from '../../physics/network/network.js'
import { hasStates } from '../../physics/network/unit-states.js'
import { ownBaths } from '../../physics/protocol/bath.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import { scheduledAt } from '../../physics/protocol/protocol.js'
import { type DriftDiffusion, driftDiffusionOf } from '../../physics/truth/drift-diffusion.js'
import { gaussianLineStart, type LineStart } from '../../physics/truth/fokker-planck-line.js'
import type { UnitLaw } from '../../physics/truth/unit-law.js'
import { startMoments } from '../sampling/trajectories.js'
import { isUncoupled, type Problem } from '../system/problem.js'
import type { Need } from './run-check.js'

/** Most units whose law is followed one by one. */
const mostFollowed = 16

/** Units that move each by itself, whatever drives them. */
export const uncoupledUnits: Need = [
  (problem) => {
    const { network } = problem.potential
    const { coordinates, correlationTime } = network
    const isPlain = correlationTime === null && !hasWalls(coordinates) && !hasStates(network)
    return problem.given !== undefined && isPlain && network.units <= mostFollowed && isUncoupled(problem)
  },
  `a plain simulation of at most ${mostFollowed} units without couplings, walls or active forces`,
]

/** Drift and diffusion of a unit that moves by itself, in its landscape and at its temperature at any time. */
export function processOf({ potential, given, bath }: Problem, unit: number): DriftDiffusion {
  const { theta, scheduled, kT } = given!
  const own = ownBaths(bath, potential.network)
  return driftDiffusionOf({
    ...{ potential, unit },
    mobility: own.mobility[unit]!,
    kT: (t) => ((kT?.(t) ?? bath.kT) / bath.kT) * own.kT[unit]!,
    theta: (t) => (scheduled.length === 0 ? theta : scheduledAt(theta, scheduled, t)),
    isSteady: scheduled.length === 0 && kT === null,
  })
}

/** The length of the step under way at a time: one number where all are equal. */
export function stepAt({ dt, clock }: Protocol): number | ((t: number) => number) {
  if (dt.every((h) => h === dt[0])) return dt[0]!
  return (t) => {
    let [before, after] = [0, dt.length - 1]
    while (before < after) {
      const middle = (before + after) >> 1
      if (clock[middle + 1]! < t) before = middle + 1
      else after = middle
    }
    return dt[before]!
  }
}

/** Where a unit starts. */
export function lineStartOf(problem: Problem, unit: number): LineStart {
  const { start } = problem.given!
  if (start.kind === 'uncoupled') return boltzmannStart(start.law.units[unit]!)
  const { mean, covariance } = startMoments(problem)
  return gaussianLineStart({ mean: mean[unit]!, variance: covariance[unit * mean.length + unit]! })
}

function boltzmannStart({ x: ends, density }: UnitLaw): LineStart {
  return {
    lower: ends[0]!,
    upper: ends.at(-1)!,
    mass(x) {
      let cell = 0
      const mass = x.map((at) => {
        if (at < ends[0]! || at > ends.at(-1)!) return 0
        while (cell < ends.length - 2 && ends[cell + 1]! < at) cell++
        const share = (at - ends[cell]!) / (ends[cell + 1]! - ends[cell]!)
        return density[cell]! + share * (density[cell + 1]! - density[cell]!)
      })
      const total = mass.reduce((sum, p) => sum + p, 0)
      return mass.map((p) => p / total)
    },
  }
}
