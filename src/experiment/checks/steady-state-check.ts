import type { Matrix } from 'ml-matrix'
import { hasStates } from '../../physics/network/unit-states.js'
import { barCheck, type Check, statisticalCheck } from '../../physics/observe/check.js'
import { meanOf } from '../../physics/observe/estimate.js'
import { gaussianFit } from '../../physics/observe/moments.js'
import { linearSystemOf } from '../../physics/truth/linear-system.js'
import {
  type LinearExchange,
  type LinearSystem,
  linearSteps,
  steadyCovariance,
  steadyExchange,
} from '../../physics/truth/steady-state.js'
import { startMoments } from '../sampling/trajectories.js'
import { isAtRest, type Problem } from '../system/problem.js'
import { type CheckContext, equalSteps, eulerMaruyama, mostUnits, type RunCheck, subscript } from './run-check.js'

/** What the run's own law may be off the one at rest in continuous time by, as a share. */
const allowedShare = 0.05
/** Up to so many units every covariance is a row, beyond only the variances. */
const fewUnits = 4

/**
 * Covariances at the end, and heat and work per unit of time, of a linear system that need not be in equilibrium, against the exact law of
 * Euler–Maruyama's steps from the run's own start; and how far that is from the law at rest in continuous time, which no step and no
 * start enters.
 */
export const steadyStateCheck: RunCheck = {
  needs: [
    [
      (problem) => isAtRest(problem) && problem.potential.network.units <= mostUnits && linearOf(problem) !== null,
      `a plain simulation of at most ${mostUnits} units with forces that are linear in x, without schedules, walls or periods`,
    ],
    eulerMaruyama,
    equalSteps,
  ],
  run(context) {
    const { problem, protocol } = context
    const system = linearOf(problem)!
    const [h, steps] = [protocol.dt[0]!, protocol.dt.length]
    const law = linearSteps(system, h, steps, startMoments(problem))
    const atRest = steadyCovariance(system)
    const duration = h * steps
    return [
      ...covarianceChecks(context, law.covariance, atRest),
      ...exchangeChecks(context, system, law.exchange, duration),
    ]
  },
}

/** Its units in linear forces; null where they are not, or something else confines them. */
function linearOf({ potential, given, bath }: Problem): LinearSystem | null {
  if (given === undefined || potential.network.coordinates !== null || hasStates(potential.network)) return null
  return linearSystemOf(potential, given.theta, bath)
}

/** Variances of the visible units, of few all their covariances: √((S_ii S_jj + S_ij²)/(n - 1)) is the standard error of one. */
function covarianceChecks({ observed }: CheckContext, law: Matrix, atRest: Matrix): Check[] {
  const { final } = observed.ensemble
  const { units, count } = final
  const measured = gaussianFit(final).covariance
  const rows: Check[] = []
  let farthest = 1
  for (let i = 0; i < units; i++)
    for (let j = units <= fewUnits ? 0 : i; j <= i; j++) {
      const error = Math.sqrt((law.get(i, i) * law.get(j, j) + law.get(i, j) ** 2) / (count - 1))
      const name = i === j ? `variance of x${subscript(i)}` : `covariance of x${subscript(j)} and x${subscript(i)}`
      rows.push(statisticalCheck(name, measured[i * units + j]!, law.get(i, j), error))
      const ratio = law.get(i, i) / atRest.get(i, i)
      if (Math.abs(ratio - 1) > Math.abs(farthest - 1)) farthest = ratio
    }
  const bar = Math.max(allowedShare, 4 * Math.sqrt(2 / (count - 1)))
  return [...rows, barCheck('time step and start: variance over that at rest', farthest, 1, bar)]
}

/** Heat to each bath, entropy production of several and work of forces without a potential, in units of kT of the bath and of time. */
function exchangeChecks(
  { observed, problem }: CheckContext,
  system: LinearSystem,
  law: LinearExchange,
  duration: number,
): Check[] {
  if (observed.workAndHeat === null) return []
  const { work, heat, heatOfBath } = observed.workAndHeat
  const { kT } = problem.bath
  const row = (name: string, values: Float64Array, truth: number, unit = kT) => {
    const { value, standardError } = meanOf(values)
    return statisticalCheck(name, value / unit / duration, truth / unit / duration, standardError / unit / duration)
  }
  const total = law.heat.reduce((sum, q) => sum + q, 0)
  const temperatures = [...new Set(system.kT)].sort((a, b) => a - b)
  const toBath = (temperature: number) =>
    law.heat.reduce((sum, q, i) => sum + (system.kT[i] === temperature ? q : 0), 0)
  const baths =
    heatOfBath === undefined || temperatures.length === 1
      ? []
      : [
          ...temperatures.map((own, b) => row(`heat to the bath at kT = ${own} per time`, heatOfBath[b]!, toBath(own))),
          row(
            'entropy production of the baths per time',
            work.map((_, n) => temperatures.reduce((sum, own, b) => sum + heatOfBath[b]![n]! / own, 0)),
            temperatures.reduce((sum, own) => sum + toBath(own) / own, 0),
            1,
          ),
        ]
  const rest = steadyExchange(system).work
  return [
    row('heat per time', heat, total),
    ...baths,
    ...(law.work === 0
      ? []
      : [
          row('work per time', work, law.work),
          barCheck(
            'time step and start: work per time over that at rest',
            law.work / duration / rest,
            1,
            Math.max(allowedShare, (4 * meanOf(work).standardError) / Math.abs(law.work)),
          ),
        ]),
  ]
}
